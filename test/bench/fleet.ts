/**
 * What a training of the fleet takes: node test/bench/fleet.ts [--workloads 400] [--experts boosted-trees,global-lstm]
 *
 * Memory is what the process holds at most beyond what it held before, with the histories of all workloads in its book.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Book, newEntry } from '../../src/app/book.ts';
import { learnFleet } from '../../src/app/fleet.ts';
import { keepHeapSmall } from '../../src/app/small-heap.ts';
import { createTrainer } from '../../src/app/training/trainer.ts';
import type { LoopState, World } from '../../src/app/world.ts';
import { sharedExpertNames } from '../../src/domain/fleet.ts';
import { endMs } from '../../src/domain/time-series.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { template } from '../observe/fixtures.ts';
import { refOf, specOf } from '../pipeline/facts.ts';
import { generateLoad } from '../prior/archetypes.ts';

// As the daemon does.
keepHeapSmall();
const { values: options } = parseArgs({
  options: {
    workloads: { type: 'string', default: '400' },
    experts: { type: 'string', default: sharedExpertNames.join() },
  },
});
const DAYS = 14;
const MINUTES = DAYS * 1440;

const book: Book = new Map();
for (let i = 0; i < Number(options.workloads); i++) {
  // Every fourth index has steps of a minute, for ten days.
  const { series } = generateLoad(7, 4 * i);
  const values = new Float64Array(MINUTES);
  values.set(series.values);
  values.set(series.values.subarray(0, MINUTES - series.values.length), series.values.length);
  const spec = specOf(`w${i}`, { signals: { requests: template } });
  const entry = newEntry(spec);
  entry.series.set('requests', { ...series, values });
  book.set(workloadKey(refOf(`w${i}`)), entry);
}
const nowMs = endMs(book.values().next().value!.series.get('requests')!);
const say = (message: string, { error }: { error?: unknown } = {}) => console.log(`  ${message}`, error ?? '');
const trainer = createTrainer({ workers: 1, timeoutMs: 3_600_000, backend: 'wasm', log: (_, message) => say(message) });
const world = {
  now: () => nowMs,
  metrics: createMetrics(),
  log: { debug: say, info: say, warn: say, error: say },
  models: { saveFleet: async () => undefined },
  trainer,
} as unknown as World;
const loop = {
  book,
  settings: { forecast: { seed: 1, experts: options.experts.split(','), candidates: ['aggregate'] } },
} as unknown as LoopState;

/** In MB; the peak since it was last forgotten. */
function memory(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)![1]) / 1024;
}

globalThis.gc?.();
writeFileSync('/proc/self/clear_refs', '5');
const before = memory('VmRSS');
const cpu = process.cpuUsage();
const begunMs = performance.now();
await learnFleet(world, loop, new AbortController().signal);
const { user, system } = process.cpuUsage(cpu);
console.log(
  `${book.size} workloads: at most ${(memory('VmHWM') - before).toFixed(0)} MB beyond ${before.toFixed(0)}, ` +
    `${((performance.now() - begunMs) / 1000).toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of a core`,
);
await trainer.close();
