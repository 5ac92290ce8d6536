/** A training worker that does what the id of its request says. */
import { parentPort } from 'node:worker_threads';
import type { TrainingTask } from '../../../src/app/training/messages.ts';

parentPort!.on('message', (task: TrainingTask) => {
  if (task.kind === 'fleet') {
    const { experts, histories } = task.request;
    if (histories[0]!.id === 'hang always') for (;;);
    if (experts.includes('global-lstm') || histories[0]!.id === 'die always') process.exit(7);
    const notes = experts.map((expert) => ({ expert, learned: true, message: 'well' }));
    parentPort!.postMessage({ kind: 'learned', learned: { fleet: { experts: {} }, notes } });
    return;
  }
  const { request } = task;
  const networks = request.candidates.includes('lstm');
  if (request.id.startsWith('hang') && (networks || request.id === 'hang always')) for (;;);
  if (request.id.startsWith('die') && (networks || request.id === 'die always')) process.exit(7);
  if (request.id === 'throw') throw new Error('out of luck');
  const fitted = { verdict: request.candidates.join(' '), trainedThroughMs: request.history.values.length };
  parentPort!.postMessage(
    request.id === 'fail' ? { kind: 'failed', message: 'fail: no data' } : { kind: 'fitted', fitted },
  );
});
