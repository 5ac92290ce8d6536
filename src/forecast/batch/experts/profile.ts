/**
 * A seasonal profile that follows the series slot by slot (the seasonal part of exponential smoothing; Holt 1957,
 * Winters 1960) and an autoregression of the errors it made on values that it had not yet seen.
 */
import { asleep, type Fitted, type Frame, type LocalExpert, type Past } from '../expert.ts';
import { forecastLags, lagsWithin, moments, solveLags } from './autoregression.ts';

export interface ProfileRecipe {
  readonly season: (frame: Frame) => number | undefined;
  /** Share of the newest error that a slot takes over. */
  readonly gain: number;
  readonly log: boolean;
  /** What the errors are regressed on. */
  readonly lags: (frame: Frame) => readonly number[];
}

const REMAINDER_PENALTY = 1;
/** An error beyond this many mean absolute errors pulls no harder than one at it (Huber). */
const MOST_PULL = 3;
/** How fast the mean absolute error follows. */
const ERROR_GAIN = 0.01;

export function seasonalProfile(name: string, recipe: ProfileRecipe): LocalExpert {
  return { name, fit: (past, frame) => learn(past, frame, recipe) };
}

function learn(past: Past, frame: Frame, { season: pick, gain, log, lags: pickLags }: ProfileRecipe): Fitted {
  const season = pick(frame);
  if (season === undefined) return asleep('the series has no such season');
  if (log && !past.values.every((y) => y > 0)) return asleep('it needs values above 0');
  const n = past.values.length;
  const lags = lagsWithin(pickLags(frame), n - season);
  if (lags.length === 0) return asleep(`${n} points are too few for a season of ${season}`);
  const follow = (values: Float64Array) => followProfile(log ? values.map(Math.log) : values, season, gain);
  const errors = follow(past.values).errors;
  const { deviation } = moments(errors);
  if (!(deviation > 0)) return asleep('nothing varies');
  const scaled = errors.map((e) => e / deviation);
  const beta = solveLags(scaled, lags, REMAINDER_PENALTY, past.filled?.subarray(season));
  if (beta === undefined) return asleep('its equations have no solution');
  const forecast = (history: Float64Array, out: Float64Array) => {
    const { errors: newest, profile } = follow(history);
    const longest = lags.at(-1)!;
    const w = new Float64Array(longest + out.length);
    for (let t = 0; t < longest; t++) w[t] = newest[newest.length - longest + t]! / deviation;
    forecastLags(w, longest, lags, beta);
    for (let h = 0; h < out.length; h++) {
      const level = profile[(history.length + h) % season]! + w[longest + h]! * deviation;
      out[h] = log ? Math.exp(level) : level;
    }
  };
  return { kind: 'fitted', forecast };
}

/** The first season is the start. @returns the profile after the last value, and its error at every value after the first season */
function followProfile(
  z: Float64Array,
  season: number,
  gain: number,
): { readonly errors: Float64Array; readonly profile: Float64Array } {
  const profile = z.slice(0, season);
  const errors = new Float64Array(z.length - season);
  let usual = 0;
  for (let t = season; t < z.length; t++) {
    const slot = t % season;
    const error = z[t]! - profile[slot]!;
    errors[t - season] = error;
    // The first errors are all the scale there is.
    usual += Math.max(ERROR_GAIN, 1 / (t - season + 1)) * (Math.abs(error) - usual);
    const most = MOST_PULL * usual;
    profile[slot]! += gain * Math.max(-most, Math.min(most, error));
  }
  return { errors, profile };
}
