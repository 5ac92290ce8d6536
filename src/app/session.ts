/** A world with the workloads it manages: what `run`, `plan` and `explain` have in common. */

import type { Settings } from '../domain/settings.ts';
import { signalNames } from '../domain/workload.ts';
import { updateBook } from './book.ts';
import { compose, type LiveWorld, type Surroundings } from './compose.ts';
import { recall, toRemember } from './memory.ts';
import { observe } from './observe.ts';
import { fitDue, loadModels } from './refit.ts';
import { type RoundResult, runRound } from './round.ts';
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
  /** Reads the series without deciding anything: the fits of a first round need them. */
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
      if (!entry.spec.signals[signal] || entry.series.has(signal)) continue;
      const series = await world.history.load(`${key}/${signal}`);
      if (series && series.stepMs === loop.settings.stepMs) entry.series.set(signal, series);
    }
    const replicas = await world.history.load(`${key}/replicas`);
    if (replicas && !entry.replicas) entry.replicas = replicas;
  }
}

/** @param keep - whether history and memory are written to disk; a look from outside must not disturb a daemon beside it */
export async function createSession(
  settings: Settings,
  surroundings: Omit<Surroundings, 'followed'>,
  keep: boolean,
): Promise<Session> {
  const loop: LoopState = { settings, book: new Map() };
  const world = await compose(settings, { ...surroundings, followed: () => new Set(loop.book.keys()) });
  const parts = { world, loop };
  let savedMs = 0;
  let sweptMs = world.now();
  let discoveredMs = Number.NEGATIVE_INFINITY;

  async function refreshWorkloads(): Promise<void> {
    const nowMs = world.now();
    const every = loop.settings.discovery?.refreshMs ?? Number.POSITIVE_INFINITY;
    if (nowMs - discoveredMs < every) return;
    discoveredMs = nowMs;
    const before = new Set(loop.book.keys());
    updateBook(loop.book, await settleWorkloads(world, loop.settings));
    if ([...loop.book.keys()].every((key) => before.has(key))) return;
    await loadHistory(parts);
    await loadModels(world, loop);
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
      for (const [signal, series] of entry.series) await world.history.save(`${key}/${signal}`, series);
      if (entry.replicas) await world.history.save(`${key}/replicas`, entry.replicas);
    }
  }

  return {
    ...parts,
    async open() {
      await world.start();
      await refreshWorkloads();
      const remembered = await world.remembered.load();
      if (remembered) recall(loop.book, remembered);
    },
    readAhead: () => observe(world, loop, world.now()),
    fitDue: (signal) => fitDue(world, loop, signal),
    async round() {
      await refreshWorkloads();
      const result = await runRound(world, loop);
      if (keep) await world.remembered.save(toRemember(loop.book, result.round));
      if (world.now() - savedMs >= SAVE_EVERY_MS) await saveHistory();
      await sweepHistory();
      return result;
    },
    saveHistory,
    close: () => world.close(),
  };
}
