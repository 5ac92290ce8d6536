/**
 * Which steps lie on a ramp, told before they happen: those whose slot in the season usually rises or falls steeply.
 *
 * Sorting outcomes by what they did themselves would make every forecast look narrow where the load surprised it;
 * the usual slope is known at the origin and is the same for every model.
 */
import type { TimeSeries } from '../domain/time-series.ts';

export const rampKinds = ['rising', 'falling', 'flat'] as const;

/** The steepest fifth of the slots, rising and falling together, are ramps. */
const STEEP_SHARE = 0.2;
/** Less than this share of the steepest slope is no ramp, however flat the other slots are. */
const LEAST_STEEPNESS = 0.1;
/** Slopes are taken over a twenty-fourth of the season: an hour of a day. */
const PARTS = 24;

export interface Ramps {
  /** Index into `rampKinds`. @param atMs - start of a step */
  kindAt(atMs: number): number;
}

/**
 * @param history - before the first origin
 * @param season - steps; undefined is answered below 4 steps or two seasons, where slots say nothing
 */
export function usualRamps(history: TimeSeries, season: number): Ramps | undefined {
  const { startMs, stepMs, values } = history;
  if (season < 4 || values.length < 2 * season) return undefined;
  const firstSlot = slotOf(Math.round(startMs / stepMs), season);
  const slopes = slopesOf(slotMeans(values, firstSlot, season));
  const magnitudes = slopes.map(Math.abs).filter(Number.isFinite).sort();
  const steepest = magnitudes.at(-1) ?? 0;
  if (steepest === 0) return undefined;
  const limit = Math.max(magnitudes[Math.floor((1 - STEEP_SHARE) * magnitudes.length)]!, LEAST_STEEPNESS * steepest);
  const kinds = Array.from(slopes, (slope) => (slope >= limit ? 0 : slope <= -limit ? 1 : 2));
  return { kindAt: (atMs) => kinds[slotOf(Math.round(atMs / stepMs), season)]! };
}

function slotOf(step: number, season: number): number {
  return ((step % season) + season) % season;
}

function slotMeans(values: Float64Array, firstSlot: number, season: number): Float64Array {
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (let t = 0; t < values.length; t++) {
    if (!Number.isFinite(values[t])) continue;
    sums[(firstSlot + t) % season]! += values[t]!;
    counts[(firstSlot + t) % season]! += 1;
  }
  return sums.map((sum, slot) => sum / counts[slot]!);
}

/** Mean of the slots behind minus mean of the slots before, so that single noisy slots make no ramp. */
function slopesOf(means: Float64Array): Float64Array {
  const season = means.length;
  const half = Math.max(1, Math.round(season / PARTS / 2));
  return means.map((_, slot) => {
    let slope = 0;
    for (let k = 1; k <= half; k++) {
      slope += means[(slot + k) % season]! - means[(slot - k + season) % season]!;
    }
    return slope / half;
  });
}
