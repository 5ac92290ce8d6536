/**
 * What each online expert costs:
 *
 *   node test/bench/forecast/experts.ts
 *
 * Processor time of one sample taken in and forecast at 20 horizons to 24 h, on minutes and on five minutes after two
 * weeks of history, as microseconds and as a ratio to the mean of the same time of day; bytes of its saved state.
 */
import process from 'node:process';
import { startAnalogues } from '../../../src/forecast/experts/analogues.ts';
import {
  startDayMaximum,
  startDayMean,
  startRecentMaximum,
  startWeekMean,
} from '../../../src/forecast/experts/anchors.ts';
import type { StartExpert } from '../../../src/forecast/experts/expert.ts';
import { startHoltWintersDouble } from '../../../src/forecast/experts/holt-winters-double.ts';
import { startDayShape, startWeekShape } from '../../../src/forecast/experts/level-shape.ts';
import { startFastRegression, startRegression } from '../../../src/forecast/experts/regression.ts';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import { trackedHorizons } from '../../../src/forecast/horizons.ts';
import { normalAt } from '../../../src/simulate/random.ts';

const experts: readonly (readonly [string, StartExpert])[] = [
  ['day-mean', startDayMean],
  ['week-mean', startWeekMean],
  ['day-maximum', startDayMaximum],
  ['recent-maximum', startRecentMaximum],
  ['regression', startRegression],
  ['fast-regression', startFastRegression],
  ['day-shape', startDayShape],
  ['week-shape', startWeekShape],
  ['analogues', startAnalogues],
  ['holt-winters-double', startHoltWintersDouble],
];
const MEASURED = 4000;

function measure(start: StartExpert, stepMs: number): { readonly microseconds: number; readonly bytes: number } {
  const day = 86_400_000 / stepMs;
  const seasons = [day, 7 * day];
  const past = startPast({ stepMs, seasons, firstStep: 0 });
  const horizons = trackedHorizons(day);
  const expert = start({ stepMs, seasons, horizons, past });
  const out = new Float64Array(horizons.length);
  let begun = 0;
  for (let t = 0; t < 14 * day + MEASURED; t++) {
    if (t === 14 * day) begun = process.cpuUsage().user;
    past.push(5 + Math.sin((2 * Math.PI * t) / day) + 0.05 * normalAt(1, t), 'ok', Number.NaN);
    expert.observe();
    expert.predict(out);
  }
  const bytes = Object.values(expert.save()).reduce<number>(
    (sum, value) => sum + (value instanceof Float32Array ? value.byteLength : 8 * (value as ArrayLike<number>).length),
    0,
  );
  return { microseconds: (process.cpuUsage().user - begun) / MEASURED, bytes };
}

for (const stepMs of [60_000, 300_000]) {
  process.stdout.write(`steps of ${stepMs / 60_000} min\n`);
  const yardstick = measure(startDayMean, stepMs).microseconds;
  for (const [name, start] of experts) {
    const { microseconds, bytes } = measure(start, stepMs);
    const ratio = (microseconds / yardstick).toFixed(1);
    process.stdout.write(
      `  ${name.padEnd(20)} ${microseconds.toFixed(1).padStart(7)} µs ${ratio.padStart(6)} ${bytes} B\n`,
    );
  }
}
