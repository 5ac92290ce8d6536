/**
 * Level × shape, rank one (after FLAIR, arXiv 2605.07222): the load of a day is its level times a shape that all days
 * share. On z the product is a sum, fitted by alternating weighted means once a row (a day, a week) is complete. The
 * shape itself is not kept: it is read from the past, so that the state is one level per row.
 *
 * The level of now follows the residuals, and goes most of the way back to that of the last row with the horizon.
 */
import { arrayIn, type Parameters } from '../parameters.ts';
import type { Expert, ExpertSettings, StartExpert } from './expert.ts';
import { fitLevels } from './fit-levels.ts';
import type { Past } from './past.ts';
import { remembers } from './remembers.ts';

export interface LevelShape extends Expert {
  /** The median at any step that a kept row reaches, past or coming: what stands in for a missing sample. NaN before one row is complete. */
  expected(step: number): number;
}

interface Rows {
  /** In steps. */
  readonly season: number;
  /** How many make the shape, at most. */
  readonly count: number;
  /** Weight of a row against the next newer one. */
  readonly decay: number;
}

const HOUR_MS = 3_600_000;
const SLOT_MS = 300_000;
const HALF_LIFE_MS = 14 * 24 * HOUR_MS;
const DAYS = 14;
const WEEKS = 4;
const FEWEST_TO_TRIM = 5;
/** On z: fifty-fold on a log scale. */
const FAR = 4;
/** How fast the level of now follows, and how far ahead it is believed. */
const FOLLOW_MS = 0.5 * HOUR_MS;
const RETURN_MS = 4 * HOUR_MS;
/** Part of today's difference from the last row that stays. */
const LASTING = 0.25;

/** Over the shortest season: rows of a day. */
export const startDayShape = (settings: ExpertSettings, saved?: Parameters): LevelShape =>
  startLevelShape(settings, rowsOf(settings, settings.seasons[0] ?? 1, DAYS), saved);

/** Over the longest season: rows of a week, so that weekends have their own shape. */
export const startWeekShape: StartExpert = (settings, saved) =>
  startLevelShape(settings, rowsOf(settings, settings.seasons.at(-1) ?? 1, WEEKS), saved);

function rowsOf({ stepMs }: ExpertSettings, season: number, count: number): Rows {
  return { season, count, decay: 0.5 ** ((season * stepMs) / HALF_LIFE_MS) };
}

function startLevelShape({ past, horizons, stepMs }: ExpertSettings, rows: Rows, saved?: Parameters): LevelShape {
  const { season, count } = rows;
  const rowOf = (step: number) => step - past.slot(step, season);
  // Level of now, first step of the running row, then the levels of the complete ones, newest first.
  const state = saved ? arrayIn(saved, 'levels') : new Float64Array(2 + count).fill(Number.NaN);
  const levels = state.subarray(2);
  const deviations = new Float64Array(count);
  const slotSteps = Math.max(1, Math.round(SLOT_MS / stepMs));
  const follow = 1 - Math.exp(-stepMs / FOLLOW_MS);

  /** Mean deviation of the rows at this place, without the highest and the lowest where there are five: one odd day is no shape. */
  function shape(step: number): number {
    const ahead = Math.round((rowOf(step) - state[1]!) / season);
    let place = step;
    for (let row = -ahead; row < count; row++) {
      place = past.before(place, season);
      if (row >= 0) deviations[row] = past.ordinary(place) - levels[row]!;
    }
    return trimmedMean(deviations, rows.decay);
  }

  function expected(step: number): number {
    const usual = levels.find((level) => !Number.isNaN(level)) ?? Number.NaN;
    const aheadMs = Math.max(0, step - past.newest) * stepMs;
    const share = LASTING + (1 - LASTING) * Math.exp(-aheadMs / RETURN_MS);
    return usual + share * (state[0]! - usual) + shape(step);
  }

  function closeRow(start: number): void {
    if (!Number.isNaN(state[1]!)) levels.set(fitLevels(rowsBefore(past, start, rows, slotSteps), rows.decay));
    state[1] = start;
    if (Number.isNaN(state[0]!)) state[0] = levels[0]!;
  }

  return {
    expected,
    observe() {
      if (rowOf(past.newest) !== state[1]) closeRow(rowOf(past.newest));
      const residual = past.at(past.newest) - shape(past.newest);
      if (!Number.isNaN(residual)) state[0]! += follow * Math.max(-FAR, Math.min(FAR, residual - state[0]!));
    },
    predict(out) {
      for (let i = 0; i < horizons.length; i++) out[i] = expected(past.newest + horizons[i]!);
    },
    ...remembers({ levels: state }),
  };
}

/** Weights fall by `decay` with the index; NaN is left out. NaN when nothing is there. */
function trimmedMean(values: Float64Array, decay: number): number {
  let [sum, weights, weight, n] = [0, 0, 1, 0];
  let [lowest, highest, lowestWeight, highestWeight] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < values.length; i++, weight *= decay) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    sum += weight * value;
    weights += weight;
    n += 1;
    if (value < lowest) [lowest, lowestWeight] = [value, weight];
    if (value > highest) [highest, highestWeight] = [value, weight];
  }
  if (n === 0) return Number.NaN;
  if (n < FEWEST_TO_TRIM || lowest === highest) return sum / weights;
  return (sum - lowestWeight * lowest - highestWeight * highest) / (weights - lowestWeight - highestWeight);
}

/** One row per complete season before `start`, newest first, one value per slot; NaN where a shape must not learn. */
function rowsBefore(past: Past, start: number, { season, count }: Rows, slotSteps: number): Float64Array[] {
  const rows: Float64Array[] = [];
  for (let k = 0; k < count; k++) {
    start = past.before(start, season);
    const first = start + (slotSteps >> 1);
    rows.push(
      Float64Array.from({ length: Math.ceil(season / slotSteps) }, (_, i) => {
        const step = first + i * slotSteps;
        return past.ordinary(step);
      }),
    );
    boundSpikes(rows[k]!);
  }
  return rows;
}

/** A level is of the whole row: what is far from its middle counts as the bound. */
function boundSpikes(row: Float64Array): void {
  const present = row.filter((z) => !Number.isNaN(z)).sort();
  const middle = present[present.length >> 1] ?? 0;
  for (let i = 0; i < row.length; i++) row[i] = Math.max(middle - FAR, Math.min(middle + FAR, row[i]!));
}
