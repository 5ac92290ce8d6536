import { type Parameters, singlesIn } from '../parameters.ts';
import type { Past } from './past.ts';
import { type Remembers, remembers } from './remembers.ts';

/** A season as straight lines between knots: what it adds at each of its places. */
export interface SeasonKnots extends Remembers {
  at(past: Past, step: number): number;
  /** Takes its shape from the newest cycle of `z`. */
  begin(past: Past, z: (step: number) => number): void;
  /**
   * Moves the knots around the newest step by their share of the residual.
   *
   * @param cycles - that were seen. The first ones are averaged: each counts alike until `gamma` is more than its share
   */
  learn(past: Past, residual: number, cycles: number): void;
}

export interface SeasonSettings {
  /** In steps. */
  readonly season: number;
  /** Steps from knot to knot. */
  readonly width: number;
  /** Share of a residual that a knot takes at least, in sum over the steps of one cycle. */
  readonly gamma: number;
  /** Share of the first cycle that is taken for shape; the rest is taken for noise. */
  readonly trust: number;
  /** Under which it is saved. */
  readonly name: string;
}

/** Samples of the past that tell each knot, when a season begins. */
const FIRST_READS = 5;

export function startSeasonKnots(settings: SeasonSettings, saved?: Parameters): SeasonKnots {
  const { season, width, gamma, trust, name } = settings;
  const count = Math.ceil(season / width);
  const knots = saved ? singlesIn(saved, name) : new Float32Array(count);
  const after = (knot: number) => (knot + 1 === count ? 0 : knot + 1);

  return {
    at(past, step) {
      const place = past.slot(step, season) / width;
      const left = Math.floor(place);
      return knots[left]! + (place - left) * (knots[after(left)]! - knots[left]!);
    },
    begin(past, z) {
      const stride = Math.max(1, Math.floor(width / FIRST_READS));
      const counts = new Float64Array(count);
      knots.fill(0);
      for (let k = 0; k < season; k += stride) {
        const value = z(past.newest - k);
        const nearest = Math.round(past.slot(past.newest - k, season) / width) % count;
        if (Number.isNaN(value)) continue;
        counts[nearest]! += 1;
        knots[nearest]! += (value - knots[nearest]!) / counts[nearest]!;
      }
      const mean = knots.reduce((sum, knot) => sum + knot, 0) / count;
      for (let k = 0; k < count; k++) knots[k] = trust * (knots[k]! - mean);
    },
    learn(past, residual, cycles) {
      const rate = Math.max(gamma, 1 / (1 + cycles)) / width;
      const place = past.slot(past.newest, season) / width;
      const left = Math.floor(place);
      knots[left]! += rate * (1 - (place - left)) * residual;
      knots[after(left)]! += rate * (place - left) * residual;
    },
    ...remembers({ [name]: knots }),
  };
}
