/**
 * Additive Holt-Winters with a damped trend and two seasons (Taylor 2003, J. Oper. Res. Soc. 54; damped as in Hyndman et
 * al. 2008), one update a step and no fit:
 *
 *     e = z − (l + φb + d + w);  l ← l + φb + αe;  b ← φb + βe;  d ← d + γe;  w ← w + δe
 *     forecast: l + (φ + … + φ^h)·b + d + w
 *
 * α, and how many seasons, are chosen as it goes (damped-levels.ts); γ and δ make the mean of the first cycles. Seasons are
 * kept at knots, five minutes and an hour apart: 1.8 KB, not 90.
 */
import { arrayIn, type Parameters } from '../parameters.ts';
import { MOST_SEASONS, type SeasonsAhead, startDampedLevels } from './damped-levels.ts';
import type { ExpertSettings, StartExpert } from './expert.ts';
import { remembers, rememberTogether } from './remembers.ts';
import { type SeasonKnots, startSeasonKnots } from './season-knots.ts';

const MINUTE_MS = 60_000;
const SEASONS = [
  { widthMs: 5 * MINUTE_MS, gamma: 0.15, trust: 1 },
  // Some of a single week is noise.
  { widthMs: 60 * MINUTE_MS, gamma: 0.2, trust: 0.8 },
] as const;

/** Spikes teach the seasons no more than this many mean absolute residuals. */
const MOST_SCALES = 8;
const SCALE_RATE = 0.01;
const FIRST_SAMPLES = 10;
/** On z. A load that was constant has no scale to grow from. */
const SMALL_RESIDUAL = 0.01;

/**
 * Without a season it is exponential smoothing with a damped trend: of a first day already the better simple method, by 8 %
 * against persistence. A season joins when it has gone by once.
 */
export const startHoltWintersDouble: StartExpert = (settings, saved) => {
  const { past, stepMs, horizons } = settings;
  const seasons = seasonsOf(settings, saved);
  const levels = startDampedLevels(stepMs, saved);
  // Mean absolute residual, and true samples so far.
  const state = saved ? arrayIn(saved, 'state') : new Float64Array(2);

  const seasonal: SeasonsAhead = (ahead, count) => {
    let sum = 0;
    for (let i = 0; i < Math.min(count, seasons.length); i++) sum += seasons[i]!.at(past, past.newest + ahead);
    return sum;
  };

  /** The bound for this residual; the scale follows when the noise grows, but not a spike. */
  function bound(residual: number): number {
    const most = MOST_SCALES * state[0]!;
    const size = Math.abs(residual);
    const seen = state[1]! < FIRST_SAMPLES ? size : Math.min(size, 2 * most + SMALL_RESIDUAL);
    state[0]! += Math.max(SCALE_RATE, 1 / state[1]!) * (seen - state[0]!);
    return most;
  }

  function learn(residual: number): void {
    state[1]! += 1;
    const most = bound(residual);
    for (let i = 0; i < seasons.length; i++) {
      const cycles = state[1]! / settings.seasons[i]!;
      if (cycles === 1) {
        // The level would swallow a season that starts from nothing.
        seasons[i]!.begin(past, (step) => past.filled(step) - seasonal(step - past.newest, i));
        levels.begin(i + 1, past.at(past.newest), seasonal);
      } else if (cycles > 1 && past.markOf(past.newest) !== 'excluded') {
        seasons[i]!.learn(past, Math.max(-most, Math.min(most, residual)), cycles);
      }
    }
  }

  return {
    observe() {
      const z = past.at(past.newest);
      const residual = levels.observe(z, seasonal);
      if (!Number.isNaN(z)) learn(residual);
    },
    predict(out) {
      if (seasons.length > 0 && state[1]! >= FIRST_SAMPLES) levels.predict(horizons, seasonal, out);
      else out.fill(Number.NaN);
    },
    ...rememberTogether([remembers({ state }), levels, ...seasons]),
  };
};

function seasonsOf({ stepMs, seasons }: ExpertSettings, saved?: Parameters): SeasonKnots[] {
  return seasons.slice(0, MOST_SEASONS).map((season, i) => {
    const { widthMs, gamma, trust } = SEASONS[i]!;
    const width = Math.max(1, Math.round(widthMs / stepMs));
    return startSeasonKnots({ season, width, gamma, trust, name: `season.${i}` }, saved);
  });
}
