/** One series through the rolling origin, and what of it goes on into the report. */

import type { FittedSeries, ForecasterName } from '../../domain/forecast.ts';
import { endMs, type TimeSeries } from '../../domain/time-series.ts';
import type { Origins } from '../../evaluate/origins.ts';
import { type Forecasting, type Roll, rollOrigins } from '../../evaluate/rolling-origin.ts';
import { type SeriesScores, scoreSeries } from '../../evaluate/score-series.ts';
import { quantileRow } from '../../evaluate/verified.ts';
import { wallAt } from '../../pipeline/calendar/wall-clock.ts';
import type { InstantStyle } from '../forecast/instants.ts';
import type { Material } from './material.ts';

/** Quantiles that a picture of the forecasts shows. */
export const fanLevels = [0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995] as const;

/** Forecasts of what acted, none beginning before the one before it has ended; NaN stands between them. */
export interface Fans {
  readonly truth: { readonly atMs: readonly number[]; readonly values: readonly number[] };
  readonly atMs: readonly number[];
  /** One row per level of `fanLevels`. */
  readonly rows: readonly (readonly number[])[];
}

export interface FitNote {
  readonly atMs: number;
  readonly acting: ForecasterName;
  readonly verdict: string;
  readonly scores: readonly { readonly model: ForecasterName; readonly failure?: string; readonly fitMs?: number }[];
}

export interface SeriesResult {
  readonly id: string;
  readonly style: InstantStyle;
  readonly stepMs: number;
  readonly scores: SeriesScores;
  readonly origins: { readonly count: number; readonly firstMs: number; readonly lastMs: number };
  /** Origins at which each model acted. */
  readonly acted: ReadonlyMap<ForecasterName, number>;
  readonly fits: readonly FitNote[];
  readonly fans: Fans;
}

export interface SeriesJob {
  readonly one: Material['series'][number];
  readonly origins: Origins;
  readonly seed: number;
}

/** @throws Error naming the series when nothing can be learned from it */
export async function runSeries(
  { one, origins, seed }: SeriesJob,
  { horizonSteps, seasonLengths, levels, candidates, clock }: Material,
  forecasting: Forecasting,
  onOrigin: () => void,
): Promise<SeriesResult> {
  const { id, series: history, style, marks } = one;
  const request = { id, history, seasonLengths, levels, horizonSteps, seed, candidates, origins, timed: true };
  const whole = { ...request, ...(marks && { marks }), ...(clock && { clock }) };
  const roll = await rollOrigins(whole, forecasting, onOrigin);
  const atOrigin = (known: number) => history.startMs + known * history.stepMs;
  return {
    id,
    style,
    stepMs: history.stepMs,
    scores: scoreSeries(roll, clock && ((ms) => wallAt(clock, ms))),
    origins: {
      count: origins.known.length,
      firstMs: atOrigin(origins.known[0]!),
      lastMs: atOrigin(origins.known.at(-1)!),
    },
    acted: countActing(roll.acting),
    fits: roll.fits.map(noteOf),
    fans: fansOf(roll),
  };
}

function countActing(acting: readonly ForecasterName[]): ReadonlyMap<ForecasterName, number> {
  const counts = new Map<ForecasterName, number>();
  for (const model of acting) counts.set(model, (counts.get(model) ?? 0) + 1);
  return counts;
}

/** A model that is there though it could not be scored did not fail: the series was too short for the gate. */
function noteOf({ trainedThroughMs, acting, verdict, scores, models }: FittedSeries): FitNote {
  return {
    atMs: trainedThroughMs,
    acting,
    verdict,
    scores: scores.map(({ model, failure, fitMs }) => ({
      model,
      ...(failure !== undefined && !models[model] && { failure }),
      ...(fitMs !== undefined && { fitMs }),
    })),
  };
}

function fansOf({ request, forecasts, acting }: Roll): Fans {
  const { history, horizonSteps, origins } = request;
  const atMs: number[] = [];
  const rows: number[][] = fanLevels.map(() => []);
  let [first, end] = [Number.POSITIVE_INFINITY, 0];
  for (const [i, known] of origins.known.entries()) {
    const forecast = forecasts[acting[i]!]?.[i];
    if (!forecast || known < end) continue;
    first = Math.min(first, known);
    end = known + horizonSteps;
    // The last known sample is where the fan opens; NaN closes it.
    const opening = history.values[known - 1]!;
    atMs.push(forecast.startMs - history.stepMs);
    for (let k = 0; k < horizonSteps; k++) atMs.push(forecast.startMs + k * history.stepMs);
    atMs.push(forecast.startMs + horizonSteps * history.stepMs);
    for (const [j, level] of fanLevels.entries()) rows[j]!.push(opening, ...quantileRow(forecast, level), Number.NaN);
  }
  return { truth: truthOf(history, Math.max(0, Math.min(first, end) - 2 * horizonSteps), end), atMs, rows };
}

function truthOf(history: TimeSeries, from: number, to: number): Fans['truth'] {
  const values = Array.from(history.values.subarray(from, to));
  const startMs = Math.min(history.startMs + from * history.stepMs, endMs(history));
  return { atMs: values.map((_, i) => startMs + i * history.stepMs), values };
}
