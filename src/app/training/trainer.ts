/**
 * Fits series, and what the fleet shares, in worker threads, so that the loop never waits for one. Requests queue; a thread
 * that hangs or dies is replaced, and what it did is tried once more without the networks before it is given up. Idle
 * threads end, because a loaded backend holds memory that a daemon between two refits does not need.
 */
import pLimit from 'p-limit';
import { type BackendChoice, chooseBackend } from '../../adapters/tensorflow/choose-backend.ts';
import { type FleetFit, type FleetRequest, type FleetTrainer, sharedNetworkNames } from '../../domain/fleet.ts';
import type { FitRequest, FittedSeries, ForecasterName, Trainer } from '../../domain/forecast.ts';
import type { TrainingTask } from './messages.ts';
import { packFleet } from './packed-fleet.ts';
import { openThread, type TrainingOutcome, type TrainingThread } from './thread.ts';

export interface TrainerOptions {
  /** Number of threads, ≥ 1. */
  readonly workers: number;
  /** A fit that takes longer is ended together with its thread. */
  readonly timeoutMs: number;
  readonly backend: 'auto' | 'wasm' | 'tensorflow';
  readonly log: (level: 'info' | 'warn', message: string) => void;
  /** Threads get the processor when nobody else wants it, where the system lets a thread ask for that. */
  readonly isBehindOthers?: boolean;
  /** The backend, asked for when the first thread is needed; by default chosen by `backend` and logged. */
  readonly choose?: () => Promise<BackendChoice>;
  /** How long a thread waits for the next fit; 30 s by default. */
  readonly idleMs?: number;
  /** The program of the threads; another one only in tests. */
  readonly program?: URL;
}

const NETWORKS: readonly ForecasterName[] = ['lstm', 'hybrid'];
const IDLE_MS = 30_000;

/** `fit` rejects with an Error that names the series, `fitFleet` with one that names the fleet; after `close` with one that says so. */
export function createTrainer(options: TrainerOptions): Trainer & FleetTrainer & { close(): Promise<void> } {
  const limit = pLimit(options.workers);
  const { choose = chosenOnce(options) } = options;
  const threads = threadShelf(options);
  let closed = false;

  async function attempt(task: TrainingTask, timeoutMs: number, signal?: AbortSignal): Promise<TrainingOutcome> {
    signal?.throwIfAborted();
    // The first choice takes up to half a minute.
    const { backend } = await choose();
    signal?.throwIfAborted();
    if (closed) return { kind: 'failed', message: `${nameOf(task)}: training was closed` };
    const thread = threads.take(backend);
    const outcome = await thread.run(task, timeoutMs, signal);
    if (outcome.kind !== 'lost') threads.putBack(thread);
    return outcome;
  }

  async function fitOrRetry(request: FitRequest, signal?: AbortSignal): Promise<FittedSeries> {
    const outcome = await attempt({ kind: 'series', request }, options.timeoutMs, signal);
    if (outcome.kind !== 'lost' || closed || signal?.aborted) return settled(request, outcome, signal);
    const simpler = request.candidates.filter((name) => !NETWORKS.includes(name));
    if (simpler.length === request.candidates.length) return settled(request, outcome, signal);
    options.log('warn', `fit of ${request.id}: ${outcome.message}; once more without ${NETWORKS.join(' and ')}`);
    const task = { kind: 'series', request: { ...request, candidates: simpler } } as const;
    return settled(request, await attempt(task, options.timeoutMs, signal), signal);
  }

  async function fitFleetOrRetry(request: FleetRequest, signal?: AbortSignal): Promise<FleetFit> {
    const attemptWith = (experts: FleetRequest['experts']) => {
      const task = { kind: 'fleet', request: packFleet({ ...request, experts }) } as const;
      return attempt(task, fleetTimeoutMs(options, request), signal);
    };
    const outcome = await attemptWith(request.experts);
    const networks = request.experts.filter((name) => sharedNetworkNames.includes(name));
    const simpler = request.experts.filter((name) => !sharedNetworkNames.includes(name));
    const isHopeless = networks.length === 0 || simpler.length === 0 || closed || signal?.aborted;
    if (outcome.kind !== 'lost' || isHopeless) return learnedBy(outcome, signal);
    options.log('warn', `training of the fleet: ${outcome.message}; once more without ${networks.join(' and ')}`);
    const { fleet, notes } = learnedBy(await attemptWith(simpler), signal);
    const lost = networks.map((expert) => ({ expert, learned: false, message: outcome.message }));
    return { fleet, notes: [...notes, ...lost] };
  }

  return {
    fit: (request, signal) => limit(() => fitOrRetry(request, signal)),
    fitFleet: (request, signal) => limit(() => fitFleetOrRetry(request, signal)),
    async close() {
      closed = true;
      await threads.close();
    },
  };
}

/** What the fleet shares was there before: it does not travel back. */
function settled(request: FitRequest, outcome: TrainingOutcome, signal?: AbortSignal): FittedSeries {
  signal?.throwIfAborted();
  if (outcome.kind === 'fitted') return { ...outcome.fitted, ...(request.fleet && { fleet: request.fleet }) };
  if (outcome.kind === 'failed') throw new Error(outcome.message);
  throw new Error(`fit of ${request.id} failed: ${reasonOf(outcome)}`);
}

function learnedBy(outcome: TrainingOutcome, signal?: AbortSignal): FleetFit {
  signal?.throwIfAborted();
  if (outcome.kind === 'learned') return outcome.learned;
  throw new Error(`training of the fleet failed: ${reasonOf(outcome)}`);
}

function reasonOf(outcome: TrainingOutcome): string {
  return 'message' in outcome ? outcome.message : `its worker answered with ${outcome.kind}`;
}

function nameOf(task: TrainingTask): string {
  return task.kind === 'series' ? task.request.id : 'fleet';
}

/** A fit of one series has its limit; the fleet has twice that, and as much again for every hundred workloads. */
function fleetTimeoutMs({ timeoutMs }: TrainerOptions, { histories }: FleetRequest): number {
  return timeoutMs * (2 + histories.length / 100);
}

interface ThreadShelf {
  take(backend: BackendChoice['backend']): TrainingThread;
  putBack(thread: TrainingThread): void;
  close(): Promise<void>;
}

/** Threads that wait, newest last. */
function threadShelf(options: TrainerOptions): ThreadShelf {
  const { program = new URL('./worker.ts', import.meta.url), isBehindOthers = false } = options;
  const waiting = new Map<TrainingThread, NodeJS.Timeout | undefined>();
  const open = new Set<TrainingThread>();

  function drop(thread: TrainingThread): void {
    clearTimeout(waiting.get(thread));
    waiting.delete(thread);
    open.delete(thread);
  }

  return {
    take(backend) {
      const newest = [...waiting.keys()].at(-1);
      if (newest) {
        clearTimeout(waiting.get(newest));
        waiting.delete(newest);
        return newest;
      }
      const thread: TrainingThread = openThread(program, { backend, isBehindOthers }, () => drop(thread));
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

/** Trainers of one process share it: a second measurement, beside the fits of the first, may have another result. */
export function chosenOnce({ backend, log }: TrainerOptions): () => Promise<BackendChoice> {
  let choice: Promise<BackendChoice> | undefined;
  return () => {
    choice ??= announced(chooseBackend(backend), log);
    return choice;
  };
}

async function announced(choosing: Promise<BackendChoice>, log: TrainerOptions['log']): Promise<BackendChoice> {
  const choice = await choosing;
  log('info', `training backend: ${choice.message}`);
  return choice;
}
