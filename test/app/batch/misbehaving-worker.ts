/** A batch worker that does what the seed of its data says; without a thread it is only the meaning of the seeds. */
import { parentPort } from 'node:worker_threads';
import type { TaskMessage } from '../../../src/app/batch/messages.ts';
import { runTask } from '../../../src/forecast/batch/tasks.ts';

export const HANG_POOLED = 1;
export const DIE_LOCAL = 2;
export const THROW_POOLED = 3;
export const HANG_ALL = 4;

parentPort?.on('message', ({ task, data }: TaskMessage) => {
  const pooled = task.kind === 'pooled' && task.member === 'pooled-change';
  if ((data.seed === HANG_POOLED && pooled) || data.seed === HANG_ALL) for (;;);
  if (data.seed === DIE_LOCAL && task.kind === 'local' && task.from === 0) process.exit(7);
  if (data.seed === THROW_POOLED && pooled) throw new Error('out of luck');
  parentPort?.postMessage({ kind: 'done', answer: runTask(task, data) });
});
