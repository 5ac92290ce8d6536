/**
 * Sixty days of minute decisions: how long an HPA, perfect foresight and the ladder of six forescale take, as ratios to
 * the HPA, and the memory that it needs.
 *
 *   node src/launch.mjs --script test/bench/simulate.ts
 *
 * Prints one JSON object. Each run is a process of its own, so that its peak memory is its own; the refits of forescale,
 * in other threads, show in the run with daily refits. Ratios carry over to other machines, seconds do not.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const MINUTES = 60 * 1440;
const main = join(import.meta.dirname, '../../src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'forescale-bench-'));

/** Requests of a minute: days and weeks in waves, a tenth of uneven noise, and a rush now and then. */
function requests(minute: number): number {
  const day = Math.sin((2 * Math.PI * minute) / 1440);
  const week = Math.sin((2 * Math.PI * minute) / 10_080);
  const noise = Math.sin(minute * 12.9898) * Math.cos(minute * 78.233 + minute ** 1.1);
  const rush = minute % 4_321 < 12 ? 1.6 : 1;
  return Math.round(24_000 * (1 + 0.6 * day + 0.15 * week) * (1 + 0.1 * noise) * rush);
}

const trace = join(folder, 'trace.csv');
const lines = Array.from({ length: MINUTES }, (_, i) => `${i * 60},${requests(i)}`);
writeFileSync(trace, `unix_s,requests\n${lines.join('\n')}\n`);

interface Run {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** Peak memory and time come from the process itself: GNU time is not everywhere. */
const probe = join(folder, 'probe.mjs');
writeFileSync(probe, `process.on('exit', () => process.stderr.write('\\npeak ' + process.resourceUsage().maxRSS));\n`);

function simulate(policies: string, ...more: readonly string[]): Run {
  const args = ['--trace', trace, '--column', 'requests', '--per-replica', '25', '--start-up', '120s'];
  const all = ['--import', probe, main, 'simulate', ...args, '--objective', 'wait p95 100ms', '--warm-up', '14d'];
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...all, '--policies', policies, ...more], {
    encoding: 'utf8',
  });
  const seconds = (performance.now() - startedMs) / 1000;
  if (status !== 0) throw new Error(`bench: ${policies}: ${stderr}`);
  return { seconds, peakMegabytes: Math.round(Number(/peak (\d+)/.exec(stderr)![1]) / 1024) };
}

/** The best of three: what else the machine does only adds. */
function best(policies: string): Run {
  const runs = [simulate(policies), simulate(policies), simulate(policies)];
  return runs.reduce((a, b) => (a.seconds < b.seconds ? a : b));
}

const ladder = ['0.01', '0.005', '0.002', '0.001', '0.0003', '0.0001'].map((share) => `forescale:${share}`);

try {
  const hpa = best('hpa:0.5');
  const oracle = best('oracle');
  // One fit and no refit: its time is training, and the decisions of one policy against six tell the rest.
  const one = simulate(ladder[0]!, '--refit-every', '365d');
  const six = simulate(ladder.join(','), '--refit-every', '365d');
  const eachMore = (six.seconds - one.seconds) / 5;
  const round = (value: number) => Number(value.toPrecision(3));
  const overHpa = ({ seconds, peakMegabytes }: Run) => ({
    seconds: round(seconds),
    timesHpa: round(seconds / hpa.seconds),
    peakMegabytes,
  });
  const report = {
    decisions: MINUTES,
    hpa: overHpa(hpa),
    oracle: overHpa(oracle),
    forescaleOneFit: overHpa(one),
    forescaleLadderOfSix: overHpa(six),
    decisionsOfTheLadder: { seconds: round(6 * eachMore), timesHpa: round((6 * eachMore) / hpa.seconds) },
    withDailyRefits: overHpa(simulate(ladder.join(','))),
    decisionsAMillisecond: round(MINUTES / 1000 / eachMore),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
