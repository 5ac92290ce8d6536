/**
 * Seasonal profiles that follow the series slot by slot, several seasons at once (the seasonal part of exponential
 * smoothing; Taylor 2003 for two seasons), and an autoregression of the errors they made on values not yet seen.
 */
import { asleep, type Fitted, type Frame, type LocalExpert, type Past } from '../expert.ts';
import { naturalScale } from '../on-log.ts';
import { forecastLags, lagsWithin, moments, solveLags } from './autoregression.ts';

export interface Gain {
  readonly season: number;
  /** Share of the newest error that a slot takes over. */
  readonly gain: number;
}

export interface ProfileRecipe {
  /** By season, ascending; none where the series has no season. */
  readonly gains: (frame: Frame) => readonly Gain[];
  /** Share of its correction that a slot passes to either neighbour. */
  readonly spill: number;
  /** What the errors are regressed on. */
  readonly lags: (frame: Frame) => readonly number[];
}

const REMAINDER_PENALTY = 1;
/** An error beyond this many mean absolute errors pulls no harder than one at it (Huber). */
const MOST_PULL = 3;
/** How fast the mean absolute error follows. */
const ERROR_GAIN = 0.01;
/** With fewer long seasons every error is needed, those of the start too. */
const SEASONS_TO_SKIP_THE_FIRST = 3;

export function seasonalProfile(name: string, recipe: ProfileRecipe): LocalExpert {
  return { name, fit: (past, frame) => learn(past, frame, recipe) };
}

function learn(past: Past, frame: Frame, recipe: ProfileRecipe): Fitted {
  const gains = recipe.gains(frame);
  const n = past.values.length;
  const [first, longest] = [gains[0]?.season, gains.at(-1)?.season];
  if (first === undefined || longest === undefined) return asleep('the series has no such season');
  if (n < 2 * first) return asleep(`it needs ${2 * first} points, found ${n}`);
  const scale = naturalScale(past.values);
  const follow = (values: Float64Array) => followProfiles(scale.to(values), gains, recipe.spill);
  const errors = follow(past.values).errors;
  const skipped = errors.length >= SEASONS_TO_SKIP_THE_FIRST * longest ? longest - first : 0;
  const settled = errors.subarray(skipped);
  const lags = lagsWithin(recipe.lags(frame), settled.length);
  const { deviation } = moments(settled);
  if (lags.length === 0 || !(deviation > 0)) return asleep('its errors say nothing');
  const scaled = settled.map((e) => e / deviation);
  const beta = solveLags(scaled, lags, REMAINDER_PENALTY, past.filled?.subarray(first + skipped));
  if (beta === undefined) return asleep('its equations have no solution');
  const forecast = (history: Float64Array, out: Float64Array) => {
    const { errors: newest, at } = follow(history);
    const reach = lags.at(-1)!;
    const w = new Float64Array(reach + out.length);
    for (let t = 0; t < reach; t++) w[t] = newest[newest.length - reach + t]! / deviation;
    forecastLags(w, reach, lags, beta);
    for (let h = 0; h < out.length; h++) out[h] = scale.from(at(history.length + h) + w[reach + h]! * deviation);
  };
  return { kind: 'fitted', forecast };
}

interface Followed {
  /** One per value after the first short season. */
  readonly errors: Float64Array;
  /** Sum of the profiles at a step, counted from the first value. */
  readonly at: (t: number) => number;
}

/** The profile of the shortest season starts as its first values, the others at nothing. */
function followProfiles(z: Float64Array, gains: readonly Gain[], spill: number): Followed {
  const first = gains[0]!.season;
  const longest = gains.at(-1)!.season;
  const profiles = gains.map(({ season }, i) => (i === 0 ? z.slice(0, season) : new Float64Array(season)));
  const errors = new Float64Array(z.length - first);
  const at = (t: number) => profiles.reduce((sum, profile) => sum + profile[t % profile.length]!, 0);
  let usual = 0;
  for (let t = first; t < z.length; t++) {
    const error = z[t]! - at(t);
    errors[t - first] = error;
    // The first errors are all the scale there is.
    usual += Math.max(ERROR_GAIN, 1 / (t - first + 1)) * (Math.abs(error) - usual);
    const pull = Math.max(-MOST_PULL * usual, Math.min(MOST_PULL * usual, error));
    for (const [i, { season, gain }] of gains.entries()) {
      // One season is no profile yet: at first the shortest one is an average.
      const young = i === 0 && t < longest ? 1 / (1 + t / season) : 0;
      correct(profiles[i]!, t % season, Math.max(gain, young) * pull, gain * pull * spill);
    }
  }
  return { errors, at };
}

function correct(profile: Float64Array, slot: number, change: number, spilled: number): void {
  profile[slot]! += change;
  if (spilled === 0) return;
  profile[(slot + 1) % profile.length]! += spilled;
  profile[(slot + profile.length - 1) % profile.length]! += spilled;
}
