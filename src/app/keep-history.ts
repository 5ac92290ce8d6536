/** The series on disk: loaded once, saved now and then, swept of workloads that are gone. */
import { signalNames } from '../domain/workload.ts';
import type { LiveWorld } from './compose.ts';
import { sourceOf } from './source.ts';
import type { LoopState } from './world.ts';

/** History on disk may lag this far behind memory; a crash asks Prometheus for that much again. */
const SAVE_EVERY_MS = 5 * 60_000;
/** Files of workloads that are gone are looked for this often. */
const SWEEP_EVERY_MS = 24 * 3_600_000;

export interface HistoryKeeper {
  /** Fills in what the book does not have yet. */
  load(): Promise<void>;
  save(): Promise<void>;
  /** Saves and sweeps when it is time. */
  tend(): Promise<void>;
}

async function load(world: LiveWorld, loop: LoopState): Promise<void> {
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

async function save(world: LiveWorld, loop: LoopState): Promise<void> {
  for (const [key, entry] of loop.book) {
    for (const [signal, series] of entry.series) {
      const template = entry.spec.signals[signal];
      if (template) await world.history.save(`${key}/${sourceOf(signal, template)}`, series);
    }
    if (entry.replicas) await world.history.save(`${key}/replicas`, entry.replicas);
  }
}

/** @param keep - false: nothing is written, because a daemon may own the folder */
export function createHistoryKeeper(world: LiveWorld, loop: LoopState, keep: boolean): HistoryKeeper {
  let savedMs = 0;
  let sweptMs = world.now();
  const saveAll = async () => {
    if (!keep) return;
    savedMs = world.now();
    await save(world, loop);
  };
  return {
    load: () => load(world, loop),
    save: saveAll,
    async tend() {
      if (!keep) return;
      const nowMs = world.now();
      if (nowMs - savedMs >= SAVE_EVERY_MS) await saveAll();
      if (nowMs - sweptMs < SWEEP_EVERY_MS) return;
      sweptMs = nowMs;
      await world.history.sweep(loop.settings.history.windowMs);
    },
  };
}
