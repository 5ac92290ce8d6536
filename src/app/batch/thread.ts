/** One worker thread that does one task of a batch at a time. */
import { Worker } from 'node:worker_threads';
import type { TaskMessage, TaskReply } from './messages.ts';

/** `lost`: the thread hung, died or was ended, and cannot be used again. */
export type TaskOutcome = TaskReply | { readonly kind: 'lost'; readonly message: string };

export interface BatchThread {
  /** Never rejects. A task that outlasts `timeoutMs` ends the thread. */
  run(message: TaskMessage, timeoutMs: number): Promise<TaskOutcome>;
  close(): Promise<void>;
}

const HEAP_MB = 768;

export function openThread(program: URL): BatchThread {
  const worker = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  let finish: ((outcome: TaskOutcome) => void) | undefined;
  const lose = (message: string) => {
    finish?.({ kind: 'lost', message });
    void worker.terminate();
  };
  worker.on('message', (reply: TaskReply) => finish?.(reply));
  worker.on('error', (error) => lose(`its worker died: ${error.message}`));
  worker.on('exit', (code) => lose(`its worker ended with code ${code}`));
  return {
    run: (message, timeoutMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => lose(`it did not end within ${timeoutMs} ms`), timeoutMs);
        finish = (outcome) => {
          finish = undefined;
          clearTimeout(timer);
          resolve(outcome);
        };
        worker.postMessage(message);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}
