/** One worker thread that does one task at a time. */
import { Worker } from 'node:worker_threads';
import type { FitRequest, FittedSeries } from '../../domain/forecast.ts';
import type { TrainingAnswer, TrainingTask, WorkerSettings } from './messages.ts';

/** `lost`: the thread hung, died or was ended, and cannot be used again. */
export type TrainingOutcome = TrainingAnswer | { readonly kind: 'lost'; readonly message: string };

export interface TrainingThread {
  /** Never rejects. A task that outlasts `timeoutMs`, or is aborted, ends the thread. */
  run(task: TrainingTask, timeoutMs: number, signal?: AbortSignal): Promise<TrainingOutcome>;
  close(): Promise<void>;
}

const HEAP_MB = 512;

/** @param onIdleEnd - called when the thread ended without a task, by itself or because of `close` */
export function openThread(program: URL, settings: WorkerSettings, onIdleEnd: () => void): TrainingThread {
  const worker = new Worker(program, { workerData: settings, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  let finish: ((outcome: TrainingOutcome) => void) | undefined;
  const end = (outcome: TrainingOutcome) => {
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
    run: (task, timeoutMs, signal) =>
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
        worker.postMessage(task.kind === 'series' ? { ...task, request: compact(task.request) } : task);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}

/** Posting a part of a large buffer would copy all of it; of the fit before only the aggregate goes on. */
function compact(request: FitRequest): FitRequest {
  const { previous, history } = request;
  return {
    ...request,
    history: { ...history, values: history.values.slice() },
    ...(previous && { previous: lean(previous) }),
  };
}

function lean({ fleet: _, ...previous }: FittedSeries): FittedSeries {
  const { aggregate } = previous.models;
  return { ...previous, models: aggregate ? { aggregate } : {} };
}
