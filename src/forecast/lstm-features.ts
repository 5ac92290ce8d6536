/**
 * What a network sees of a series at each step. All of it is known when the step is over: surprises and forecasts of
 * the base forecaster, the level, the calendar. Values are in units of `scale` and squashed by asinh, so that a spike
 * does not throw the state.
 */
import { type Parameters, prefixed, savedArray, underPrefix } from './parameters.ts';
import { type PointForecaster, slotOf } from './point-forecaster.ts';
import { sameSlots } from './seasonal-naive.ts';

export const FEATURES = 14;

export interface FeatureSettings {
  /** Mean absolute error of the base forecaster, on z; > 0. */
  readonly scale: number;
  /** Long-run level and deviation of z. */
  readonly centre: number;
  readonly deviation: number;
  /** Up to two seasons seen often enough to learn their shape, in steps; day and week as a rule. */
  readonly seasons: readonly number[];
  /** Season whose last occurrences stand beside the base forecast; 1 for none. */
  readonly anchorSeason: number;
  readonly horizonSteps: number;
}

export interface Features {
  /** Observes the step in the base forecaster and describes it. The array is reused. */
  observe(z: number): Float64Array;
  /** Base medians of the steps ahead, as made at the last `observe`. */
  readonly base: Float64Array;
  save(): Parameters;
}

const FAST_STEPS = 4;
const SLOW_STEPS = 24;
/** The base forecaster may keep slots of its own. */
const ANCHOR = 'anchor.';

export function startFeatures(
  point: PointForecaster,
  firstStep: number,
  settings: FeatureSettings,
  saved: Parameters = {},
): Features {
  const { scale, centre, deviation, seasons, anchorSeason, horizonSteps } = settings;
  const anchor = anchorSeason > 1 ? sameSlots(anchorSeason, underPrefix(ANCHOR, saved)) : undefined;
  const anchored = [1, Math.ceil(horizonSteps / 2), horizonSteps];
  const base = savedArray(saved, 'features.base') ?? new Float64Array(horizonSteps).fill(Number.NaN);
  const features = new Float64Array(FEATURES);
  let next = firstStep;
  const [wasFast, wasSlow, wasSurprise] = savedArray(saved, 'features.means') ?? [Number.NaN, Number.NaN, 0];
  let fast = wasFast!;
  let slow = wasSlow!;
  let surprise = wasSurprise!;
  return {
    base,
    save: () => ({
      'features.base': base.slice(),
      'features.means': Float64Array.of(fast, slow, surprise),
      ...(anchor && prefixed(ANCHOR, anchor.save())),
    }),
    observe(z) {
      const missing = Number.isNaN(z);
      // A missing sample is the base forecaster's own expectation of it.
      const value = missing ? base[0]! : z;
      const error = missing || Number.isNaN(base[0]!) ? 0 : z - base[0]!;
      surprise += (error - surprise) / SLOW_STEPS;
      fast = follow(fast, value, FAST_STEPS);
      slow = follow(slow, value, SLOW_STEPS);
      point.observe(z);
      anchor?.push(z);
      point.predict(base);
      const last = base[horizonSteps - 1]!;
      features[0] = squash(error / scale);
      features[1] = squash(surprise / scale);
      features[2] = squash((value - slow) / scale);
      features[3] = squash((fast - slow) / scale);
      features[4] = squash((base[0]! - value) / scale);
      features[5] = squash((last - base[0]!) / scale);
      features[6] = squash((value - centre) / deviation);
      calendar(features, 7, seasons, next);
      for (let i = 0; i < anchored.length; i++) {
        const h = anchored[i]!;
        features[11 + i] = anchor ? squash((anchor.mean(h) - base[h - 1]!) / scale) : 0;
      }
      if (missing) features.fill(0, 0, 2);
      next += 1;
      return features;
    },
  };
}

function follow(mean: number, value: number, steps: number): number {
  if (Number.isNaN(value)) return mean;
  return Number.isNaN(mean) ? value : mean + (value - mean) / steps;
}

function squash(x: number): number {
  return Number.isFinite(x) ? Math.asinh(x) : 0;
}

/** Sine and cosine of the place in the first two seasons; 0 for one that is not there. */
function calendar(features: Float64Array, at: number, seasons: readonly number[], step: number): void {
  for (let i = 0; i < 2; i++) {
    const season = seasons[i];
    const angle = season ? (2 * Math.PI * slotOf(step, season)) / season : 0;
    features[at + 2 * i] = season ? Math.sin(angle) : 0;
    features[at + 2 * i + 1] = season ? Math.cos(angle) : 0;
  }
}
