/** A world with the workloads it manages: what `run`, `plan` and `explain` have in common. */

import type { Settings } from '../domain/settings.ts';
import { signalNames } from '../domain/workload.ts';
import { keepWorkloads } from '../telemetry/keep-workloads.ts';
import { updateBook } from './book.ts';
import { compose, type LiveWorld, type Surroundings } from './compose.ts';
import { type Remembered, recall, toRemember } from './memory.ts';
import { observe } from './observe.ts';
import { fitDue, loadModels } from './refit.ts';
import { noteStates, type RoundResult, runRound } from './round.ts';
import { sourceOf } from './source.ts';
import { settleWorkloads } from './workloads.ts';
import type { LoopState } from './world.ts';

/** History on disk may lag this far behind memory; a crash asks Prometheus for that much again. */
const SAVE_EVERY_MS = 5 * 60_000;

/** Files of workloads that are gone are looked for this often. */
const SWEEP_EVERY_MS = 24 * 3_600_000;

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

async function loadHistory({ world, loop }: Pick<Session, 'world' | 'loop'>): Promise<void> {
  for (const [key, entry] of loop.book) {
    for (const signal of signalNames) {
      const template = entry.spec.signals[signal];
      if (!template || entry.series.has(signal)) continue;
      const series = await world.history.load(`${key}/${sourceOf(signal, template)}`);
      if (series && series.stepMs === loop.settings.stepMs) entry.series.set(signal, series);
    }
    const replicas = await world.history.load(`${key}/replicas`);
    if (replicas && !entry.replicas) entry.replicas = replicas;
  }
}

export async function createSession(
  settings: Settings,
  surroundings: Omit<Surroundings, 'followed'>,
): Promise<Session> {
  const { keep } = surroundings;
  const loop: LoopState = { settings, book: new Map() };
  const world = await compose(settings, { ...surroundings, followed: () => new Set(loop.book.keys()) });
  const parts = { world, loop };
  let savedMs = 0;
  let sweptMs = world.now();
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
    await loadHistory(parts);
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

  async function sweepHistory(): Promise<void> {
    const nowMs = world.now();
    if (!keep || nowMs - sweptMs < SWEEP_EVERY_MS) return;
    sweptMs = nowMs;
    await world.history.sweep(loop.settings.history.windowMs);
  }

  async function saveHistory(): Promise<void> {
    if (!keep) return;
    savedMs = world.now();
    for (const [key, entry] of loop.book) {
      for (const [signal, series] of entry.series) {
        const template = entry.spec.signals[signal];
        if (template) await world.history.save(`${key}/${sourceOf(signal, template)}`, series);
      }
      if (entry.replicas) await world.history.save(`${key}/replicas`, entry.replicas);
    }
  }

  return {
    ...parts,
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
      if (world.now() - savedMs >= SAVE_EVERY_MS) await saveHistory();
      await sweepHistory();
      return result;
    },
    saveHistory,
    close: () => world.close(),
  };
}
