/**
 * Fits series in worker threads, so that the loop never waits for one. Requests queue; a thread that hangs or dies is
 * replaced, and its series is tried once more without the networks before the fit is given up. Idle threads end, because
 * a loaded backend holds memory that a daemon between two refits does not need.
 */
import pLimit from 'p-limit';
import { chooseBackend } from '../../adapters/tensorflow/choose-backend.ts';
import type { FitRequest, FittedSeries, ForecasterName, Trainer } from '../../domain/forecast.ts';
import { type FitOutcome, openThread, type TrainingThread } from './thread.ts';

export interface TrainerOptions {
  /** Number of threads, ≥ 1. */
  readonly workers: number;
  /** A fit that takes longer is ended together with its thread. */
  readonly timeoutMs: number;
  readonly backend: 'auto' | 'wasm' | 'tensorflow';
  readonly log: (level: 'info' | 'warn', message: string) => void;
  /** How long a thread waits for the next fit; 30 s by default. */
  readonly idleMs?: number;
  /** The program of the threads; another one only in tests. */
  readonly program?: URL;
}

const NETWORKS: readonly ForecasterName[] = ['lstm', 'hybrid'];
const IDLE_MS = 30_000;

/** `fit` rejects with an Error that names the series; after `close` with one that says so. */
export function createTrainer(options: TrainerOptions): Trainer & { close(): Promise<void> } {
  const limit = pLimit(options.workers);
  const threads = threadShelf(options);
  let closed = false;

  async function attempt(request: FitRequest, signal?: AbortSignal): Promise<FitOutcome> {
    signal?.throwIfAborted();
    if (closed) return { kind: 'failed', message: `${request.id}: training was closed` };
    const thread = await threads.take();
    const outcome = await thread.fit(request, options.timeoutMs, signal);
    if (outcome.kind !== 'lost') threads.putBack(thread);
    return outcome;
  }

  async function fitOrRetry(request: FitRequest, signal?: AbortSignal): Promise<FittedSeries> {
    const outcome = await attempt(request, signal);
    if (outcome.kind !== 'lost' || closed || signal?.aborted) return settled(request, outcome, signal);
    const simpler = request.candidates.filter((name) => !NETWORKS.includes(name));
    if (simpler.length === request.candidates.length) return settled(request, outcome, signal);
    options.log('warn', `fit of ${request.id}: ${outcome.message}; once more without ${NETWORKS.join(' and ')}`);
    return settled(request, await attempt({ ...request, candidates: simpler }, signal), signal);
  }

  return {
    fit: (request, signal) => limit(() => fitOrRetry(request, signal)),
    async close() {
      closed = true;
      await threads.close();
    },
  };
}

function settled(request: FitRequest, outcome: FitOutcome, signal?: AbortSignal): FittedSeries {
  signal?.throwIfAborted();
  switch (outcome.kind) {
    case 'fitted':
      return outcome.fitted;
    case 'failed':
      throw new Error(outcome.message);
    case 'lost':
      throw new Error(`fit of ${request.id} failed: ${outcome.message}`);
  }
}

interface ThreadShelf {
  take(): Promise<TrainingThread>;
  putBack(thread: TrainingThread): void;
  close(): Promise<void>;
}

/** Threads that wait, newest last; the backend is chosen when the first one is needed. */
function threadShelf(options: TrainerOptions): ThreadShelf {
  const program = options.program ?? new URL('./worker.ts', import.meta.url);
  const waiting = new Map<TrainingThread, NodeJS.Timeout | undefined>();
  const open = new Set<TrainingThread>();
  let choice: ReturnType<typeof chooseBackend> | undefined;

  function drop(thread: TrainingThread): void {
    clearTimeout(waiting.get(thread));
    waiting.delete(thread);
    open.delete(thread);
  }

  return {
    async take() {
      const newest = [...waiting.keys()].at(-1);
      if (newest) {
        clearTimeout(waiting.get(newest));
        waiting.delete(newest);
        return newest;
      }
      choice ??= announced(chooseBackend(options.backend), options.log);
      const { backend } = await choice;
      const thread: TrainingThread = openThread(program, { backend }, () => drop(thread));
      open.add(thread);
      return thread;
    },
    putBack(thread) {
      const timer = setTimeout(() => void thread.close(), options.idleMs ?? IDLE_MS).unref();
      waiting.set(thread, timer);
    },
    async close() {
      const all = [...open];
      for (const thread of all) drop(thread);
      await Promise.all(all.map((thread) => thread.close()));
    },
  };
}

async function announced(
  choosing: ReturnType<typeof chooseBackend>,
  log: TrainerOptions['log'],
): ReturnType<typeof chooseBackend> {
  const choice = await choosing;
  log('info', `training backend: ${choice.message}`);
  return choice;
}
