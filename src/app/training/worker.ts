/** Entry of a training thread: composes the engines with the forecast stage and fits what it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { createArimaEngine } from '../../adapters/arima/engine.ts';
import { loadBackend } from '../../adapters/tensorflow/backend.ts';
import { createLstmEngine } from '../../adapters/tensorflow/engine.ts';
import type { LstmEngine } from '../../domain/engines.ts';
import { fitAndReplay } from '../../pipeline/fit.ts';
import type { FitAnswer, FitMessage, WorkerSettings } from './messages.ts';

/** The backend is loaded by the first network that is trained; a failure is that candidate's failure, not the worker's. */
function lazyLstmEngine(backend: WorkerSettings['backend']): LstmEngine {
  const engine = createLstmEngine();
  let loading: Promise<void> | undefined;
  return {
    async train(task) {
      loading ??= loadBackend(backend);
      await loading;
      return engine.train(task);
    },
  };
}

const engines = { arima: createArimaEngine(), lstm: lazyLstmEngine((workerData as WorkerSettings).backend) };

parentPort!.on('message', async ({ request }: FitMessage) => {
  let answer: FitAnswer;
  try {
    answer = {
      kind: 'fitted',
      fitted: await fitAndReplay(request, engines, request.timed ? () => performance.now() : undefined),
    };
  } catch (error) {
    answer = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  parentPort!.postMessage(answer);
});
