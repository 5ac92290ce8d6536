/**
 * The calibration around one contender (the aggregate, or a yardstick): how wide, and where its quantiles lie.
 *
 *     u_l = c_l + σ·offset_l        σ: scale-tracker.ts     offset: offset-model.ts     beyond 0.05 and 0.95: tail-tracker.ts
 *
 * with c_l what is to be calibrated: the mixture's quantile at level l, or a yardstick's median.
 */
import type { Mark } from '../../domain/forecast.ts';
import type { Tail } from '../tails.ts';
import type { HorizonPlan } from './horizon-plan.ts';
import { LEVELS, LOWER_TAIL, MEDIAN, UPPER_TAIL } from './mixed-levels.ts';
import { type OffsetSettings, type Place, startOffsetModel } from './offset-model.ts';
import { type ScaleTracker, startScaleTracker, teachesScale } from './scale-tracker.ts';
import type { StateStore } from './state-store.ts';
import { startTailTracker, type TailTracker } from './tail-tracker.ts';

export interface LayerSettings {
  readonly name: string;
  readonly plan: HorizonPlan;
  /** Season that the shape of the scale runs over; 1 for none. */
  readonly season: number;
  readonly offsets: OffsetSettings;
  readonly priorTail: Tail;
  /** Scale on z before anything was learned. */
  readonly firstScale: number;
}

export interface Layer {
  readonly scales: ScaleTracker;
  /** Of a tracked horizon. Far ahead errors are many small ones; a burst is rare, and far out only near its origin. */
  upper(horizon: number): Tail;
  lower(horizon: number): Tail;
  /** Quantiles at the mixed levels, ascending. @param centres - what is to be calibrated, one per level */
  quantiles(place: Place, centres: Float64Array, out: Float64Array): void;
  /**
   * Learns from an outcome. A censored one counts only where it lies above; an excluded one moves offsets, not scales.
   *
   * @returns the score of the outcome against the median, in scales
   */
  learn(place: Place, centres: Float64Array, z: number, mark: Mark): number;
  /** Makes offsets follow faster for a while, on a change of the series. @param strength - in (0, 1] */
  hurry(strength: number): void;
}

export function startLayer(settings: LayerSettings, store: StateStore): Layer {
  const { name, plan, season, priorTail, firstScale } = settings;
  const scales = startScaleTracker(name, plan, season, firstScale, store);
  const offsets = startOffsetModel(name, plan, settings.offsets, store);
  const upper = startTails(`${name}.upper`, plan, priorTail, store);
  const lower = startTails(`${name}.lower`, plan, priorTail, store);
  const us = new Float64Array(LEVELS);
  const scores = new Float64Array(LEVELS);

  function quantiles(place: Place, centres: Float64Array, out: Float64Array): void {
    const sigma = scales.at(place.horizon, place.part);
    for (let l = 0; l < LEVELS; l++) out[l] = centres[l]! + sigma * offsets.at(place, l);
    // Sorting never raises pinball loss (Chernozhukov et al. 2010).
    out.sort();
  }

  function learnTails(horizon: number, z: number, sigma: number, mark: Mark): void {
    const over = (z - us[UPPER_TAIL]!) / sigma;
    const under = (us[LOWER_TAIL]! - z) / sigma;
    if (over > 0) upper[plan.reachOf[horizon]!]!.learn(over);
    if (under > 0 && mark !== 'censored') lower[plan.reachOf[horizon]!]!.learn(under);
  }

  return {
    scales,
    upper: (horizon) => upper[plan.reachOf[horizon]!]!.tail(),
    lower: (horizon) => lower[plan.reachOf[horizon]!]!.tail(),
    quantiles,
    learn(place, centres, z, mark) {
      const sigma = scales.at(place.horizon, place.part);
      quantiles(place, centres, us);
      learnTails(place.horizon, z, sigma, mark);
      for (let l = 0; l < LEVELS; l++) scores[l] = (z - centres[l]!) / sigma;
      offsets.learn(place, scores, mark === 'censored');
      const distance = z - us[MEDIAN]!;
      if (teachesScale(mark, distance > 0)) scales.learn(place.horizon, place.part, Math.abs(distance));
      return distance / sigma;
    },
    hurry: offsets.hurry,
  };
}

function startTails(name: string, { reaches }: HorizonPlan, prior: Tail, store: StateStore): readonly TailTracker[] {
  return Array.from({ length: reaches }, (_, reach) => startTailTracker(`${name}.${reach}`, prior, store));
}
