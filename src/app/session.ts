/** A world with the workloads it manages: what `run`, `plan` and `explain` have in common. */

import type { Settings } from '../domain/settings.ts';
import { signalNames } from '../domain/workload.ts';
import { updateBook } from './book.ts';
import type { LiveWorld } from './compose.ts';
import { recall, toRemember } from './memory.ts';
import { observe } from './observe.ts';
import { learn, loadModels, refitAll } from './refit.ts';
import { type RoundResult, runRound } from './round.ts';
import { settleWorkloads } from './workloads.ts';
import type { LoopState } from './world.ts';

/** History on disk may lag this far behind memory; a crash asks Prometheus for that much again. */
const SAVE_EVERY_MS = 5 * 60_000;

export interface Session {
  readonly world: LiveWorld;
  readonly loop: LoopState;
  /** Finds the workloads and loads what was learned before: history, memory, models. */
  open(): Promise<void>;
  /** Fits what has no model yet. Needs the history that the first `observe` back-fills. */
  fitMissing(signal: AbortSignal): Promise<void>;
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
  }
}

/** @param keep - whether history and memory are written to disk; a look from outside must not disturb a daemon beside it */
export function createSession(world: LiveWorld, settings: Settings, keep: boolean): Session {
  const loop: LoopState = { settings, book: new Map() };
  const parts = { world, loop };
  let savedMs = 0;
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

  async function saveHistory(): Promise<void> {
    if (!keep) return;
    savedMs = world.now();
    for (const [key, entry] of loop.book) {
      for (const [signal, series] of entry.series) await world.history.save(`${key}/${signal}`, series);
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
    async fitMissing(signal) {
      await observe(world, loop, world.now());
      for (const entry of loop.book.values()) await learn(world, entry);
      await refitAll(world, loop, signal, 'missing');
    },
    async round() {
      await refreshWorkloads();
      const result = await runRound(world, loop);
      if (keep) await world.remembered.save(toRemember(loop.book, result.round));
      if (world.now() - savedMs >= SAVE_EVERY_MS) await saveHistory();
      return result;
    },
    saveHistory,
    close: () => world.close(),
  };
}
