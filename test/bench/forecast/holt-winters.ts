/**
 * The Holt-Winters that goes on with each sample against one that is fitted each night: how much more absolute error it has,
 * in percent, on the scored part of each case of one or more lists.
 *
 *   node src/launch.mjs --script test/bench/forecast/holt-winters.ts FILE.csv … [--ahead 15m,1h]
 *
 * Lists are those of `npm run skill`. Both stand on the same scale and are cut at the same ceiling; neither is calibrated.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { startCeiling } from '../../../src/forecast/ceiling.ts';
import { startHoltWintersDouble } from '../../../src/forecast/experts/holt-winters-double.ts';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import { fitHoltWinters, startHoltWinters } from '../../../src/forecast/holt-winters.ts';
import { fitTransform, fromZ, transformValues } from '../../../src/forecast/transform.ts';
import { readCases } from '../../proof/cases.ts';
import { courseOf } from './courses.ts';
import type { Course } from './follow.ts';
import { median } from './summary.ts';

const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { ahead: { type: 'string', default: '15m,1h' } },
});
const typed = { ahead: options.ahead, models: '', candidates: '', refit: '1d' };
const DAY_MS = 86_400_000;

interface Follower {
  observe(z: number): void;
  /** Forecasts at the horizons of the course. */
  forecast(): Float64Array;
}

/** What both see: the load on the scale of the models from `first` on, that of the history before the scored part. */
function sightOf({ series, from, windowSteps, horizons }: Course) {
  const first = Math.max(0, from - windowSteps);
  const seasons = [DAY_MS / series.stepMs, (7 * DAY_MS) / series.stepMs];
  const transform = fitTransform(series.values.subarray(first, from), seasons);
  const firstStep = Math.round(series.startMs / series.stepMs);
  return { first, seasons, transform, horizons, firstStep, z: transformValues(transform, series.values) };
}
type Sight = ReturnType<typeof sightOf>;

function online({ series: { stepMs } }: Course, { first, seasons, horizons, firstStep }: Sight): Follower {
  const past = startPast({ stepMs, seasons, firstStep: firstStep + first });
  const expert = startHoltWintersDouble({ stepMs, seasons, horizons, past });
  const out = new Float64Array(horizons.length);
  return {
    observe(z) {
      past.push(z, 'ok', Number.NaN);
      expert.observe();
    },
    forecast() {
      expert.predict(out);
      return out;
    },
  };
}

/** Fitted anew each day, from the first scored step on, on the window before. */
function nightly(course: Course, { first, seasons, horizons, firstStep, z }: Sight): Follower {
  const ahead = new Float64Array(horizons.at(-1)!);
  let known = first;
  let running = startHoltWinters({ alpha: 0, beta: 0, gamma: 0, level: 0, initialSeason: new Float64Array(1) }, 0);
  return {
    observe(sample) {
      if (known >= course.from && (known - course.from) % course.refitSteps === 0) {
        const start = Math.max(0, known - course.windowSteps);
        const window = { z: z.subarray(start, known), firstStep: firstStep + start };
        running = startHoltWinters(fitHoltWinters(window, seasons, horizons.at(-1)!), window.firstStep);
        for (const before of window.z) running.observe(before);
      }
      running.observe(sample);
      known += 1;
    },
    forecast() {
      running.predict(ahead);
      return Float64Array.from(horizons, (horizon) => ahead[horizon - 1]!);
    },
  };
}

/** Summed absolute errors at each horizon. */
function errorsOf(course: Course, { first, transform, seasons, z }: Sight, follower: Follower): number[] {
  const { series, from, to, horizons } = course;
  const ceiling = startCeiling(seasons[0]!, horizons.at(-1)!);
  const sums = horizons.map(() => 0);
  for (let t = first; t < to; t++) {
    follower.observe(z[t]!);
    ceiling.observe(series.values[t]!);
    if (t < from) continue;
    const said = follower.forecast();
    for (const [i, ahead] of horizons.entries()) {
      const y = t + ahead < to ? series.values[t + ahead]! : Number.NaN;
      if (!Number.isNaN(y)) sums[i]! += Math.abs(y - Math.min(ceiling.value(), fromZ(transform, said[i]!)));
    }
  }
  return sums;
}

const rows: number[][] = [];
for (const file of files) {
  for (const one of await readCases(file, undefined)) {
    const course = await courseOf(one, typed);
    const sight = sightOf(course);
    const fitted = errorsOf(course, sight, nightly(course, sight));
    const row = errorsOf(course, sight, online(course, sight)).map((error, i) => 100 * (error / fitted[i]! - 1));
    rows.push(row);
    process.stdout.write(`${one.name}: ${row.map((more) => more.toFixed(1)).join(', ')} %\n`);
  }
}
const medians = options.ahead.split(',').map((_, i) => median(rows.map((row) => row[i]!)));
process.stdout.write(`median of ${rows.length}: ${medians.map((more) => more.toFixed(1)).join(', ')} %\n`);
