/** One worker thread that fits one series at a time. */
import { Worker } from 'node:worker_threads';
import type { FitRequest } from '../../domain/forecast.ts';
import type { FitAnswer, FitMessage, WorkerSettings } from './messages.ts';

/** `lost`: the thread hung, died or was ended, and cannot be used again. */
export type FitOutcome = FitAnswer | { readonly kind: 'lost'; readonly message: string };

export interface TrainingThread {
  /** Never rejects. A fit that outlasts `timeoutMs`, or is aborted, ends the thread. */
  fit(request: FitRequest, timeoutMs: number, signal?: AbortSignal): Promise<FitOutcome>;
  close(): Promise<void>;
}

const HEAP_MB = 512;

/** @param onIdleEnd - called when the thread ended without a task, by itself or because of `close` */
export function openThread(program: URL, settings: WorkerSettings, onIdleEnd: () => void): TrainingThread {
  const worker = new Worker(program, { workerData: settings, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  let finish: ((outcome: FitOutcome) => void) | undefined;
  const end = (outcome: FitOutcome) => {
    if (finish) finish(outcome);
    else if (outcome.kind === 'lost') onIdleEnd();
  };
  const lose = (message: string) => {
    end({ kind: 'lost', message });
    void worker.terminate();
  };
  worker.on('message', end);
  worker.on('error', (error) => lose(`its worker died: ${error.message}`));
  worker.on('exit', (code) => end({ kind: 'lost', message: `its worker ended with code ${code}` }));
  return {
    fit: (request, timeoutMs, signal) =>
      new Promise((resolve) => {
        const onAbort = () => lose('it was aborted');
        const timer = setTimeout(lose, timeoutMs, `it did not end within ${timeoutMs} ms`);
        finish = (outcome) => {
          finish = undefined;
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          // An idle thread must not keep the process alive.
          worker.unref();
          resolve(outcome);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        worker.ref();
        worker.postMessage({ request: compact(request) } satisfies FitMessage);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}

/** Posting a part of a large buffer would copy all of it; of the fit before only the aggregate goes on. */
function compact(request: FitRequest): FitRequest {
  const { previous, history } = request;
  const aggregate = previous?.models.aggregate;
  return {
    ...request,
    history: { ...history, values: history.values.slice() },
    ...(previous && { previous: { ...previous, models: aggregate ? { aggregate } : {} } }),
  };
}
