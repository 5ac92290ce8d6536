/** A world with the workloads it manages: what `run`, `plan` and `explain` have in common. */
import type { Settings } from '../domain/settings.ts';
import { keepWorkloads } from '../telemetry/keep-workloads.ts';
import { updateBook } from './book.ts';
import { compose, type LiveWorld, type Surroundings } from './compose.ts';
import { loadFleet } from './fleet.ts';
import { createHistoryKeeper } from './keep-history.ts';
import { type Remembered, recall, toRemember } from './memory.ts';
import { observe } from './observe.ts';
import { fitDue, loadModels } from './refit.ts';
import { noteStates, type RoundResult, runRound } from './round.ts';
import { settleWorkloads } from './workloads.ts';
import type { LoopState } from './world.ts';

export interface Session {
  readonly world: LiveWorld;
  readonly loop: LoopState;
  /** Finds the workloads and loads what was learned before: history, memory, models. */
  open(): Promise<void>;
  /** Reads and learns what the fits of a first round need, without deciding anything. */
  readAhead(): Promise<void>;
  /** Fits what has no model yet, or has outgrown it. */
  fitDue(signal: AbortSignal): Promise<void>;
  round(): Promise<RoundResult>;
  saveHistory(): Promise<void>;
  close(): Promise<void>;
}

export async function createSession(
  settings: Settings,
  surroundings: Omit<Surroundings, 'followed'>,
): Promise<Session> {
  const { keep } = surroundings;
  const loop: LoopState = { settings, book: new Map() };
  const world = await compose(settings, { ...surroundings, followed: () => new Set(loop.book.keys()) });
  const history = createHistoryKeeper(world, loop, keep);
  let discoveredMs = Number.NEGATIVE_INFINITY;
  let remembered: Remembered | undefined;

  async function refreshWorkloads(): Promise<void> {
    const nowMs = world.now();
    const every = loop.settings.discovery?.refreshMs ?? Number.POSITIVE_INFINITY;
    if (nowMs - discoveredMs < every) return;
    const added = updateBook(loop.book, await settleWorkloads(world, loop.settings));
    discoveredMs = nowMs;
    const refs = [...loop.book.values()].map((entry) => entry.spec.ref);
    await keepWorkloads(world.metrics, refs);
    if (added.length === 0) return;
    if (remembered) recall(added, remembered);
    await history.load();
    await loadFleet(world, loop);
    await loadModels(world, loop);
  }

  /** A search that fails leaves those that were found before. @throws Error when there never was one that succeeded */
  async function findWorkloads(): Promise<void> {
    try {
      await refreshWorkloads();
    } catch (error) {
      if (discoveredMs === Number.NEGATIVE_INFINITY) throw error;
      world.log.warn('workloads cannot be looked for; those found before stay', { error });
    }
  }

  /** What a restart needs. A disk that is full stops no decision. */
  async function saveRemembered({ round }: RoundResult): Promise<void> {
    if (!keep) return;
    const warn = (error: unknown) => world.log.warn('the memory of decisions cannot be written', { error });
    await world.remembered.save(toRemember(loop.book, round)).catch(warn);
  }

  return {
    world,
    loop,
    async open() {
      await world.start();
      remembered = await world.remembered.load();
      // A cluster that is away now is asked again in the first round, and in each one after it.
      await findWorkloads().catch((error: unknown) => world.log.warn('workloads cannot be looked for yet', { error }));
    },
    async readAhead() {
      const nowMs = world.now();
      await observe(world, loop, nowMs);
      if (world.stop.aborted) return;
      const refs = [...loop.book.values()].map((entry) => entry.spec.ref);
      noteStates(loop, await world.cluster.states(refs), nowMs);
    },
    fitDue: (signal) => fitDue(world, loop, signal),
    async round() {
      await findWorkloads();
      const result = await runRound(world, loop);
      await saveRemembered(result);
      await history.tend();
      return result;
    },
    saveHistory: history.save,
    close: () => world.close(),
  };
}
