/**
 * Additive Holt-Winters with a damped trend and two seasons (Taylor 2003, J. Oper. Res. Soc. 54; damped as in Hyndman et
 * al. 2008), one update a step and no fit:
 *
 *     e = z − (l + φb + d + w);  l ← l + φb + αe;  b ← φb + βe;  d ← d + γe;  w ← w + δe
 *     forecast: l + (φ + … + φ^h)·b + d + w
 *
 * α is chosen as it goes (damped-levels.ts). Seasons are kept at knots, ten minutes and an hour apart: 1.2 KB, not 90.
 */
import { arrayIn, type Parameters } from '../parameters.ts';
import { startDampedLevels } from './damped-levels.ts';
import type { ExpertSettings, StartExpert } from './expert.ts';
import { remembers, rememberTogether } from './remembers.ts';
import { type SeasonKnots, startSeasonKnots } from './season-knots.ts';

const MINUTE_MS = 60_000;
const SEASONS = [
  { widthMs: 10 * MINUTE_MS, gamma: 0.2, trust: 0.8 },
  // A single week is as much noise as shape.
  { widthMs: 60 * MINUTE_MS, gamma: 0.1, trust: 0.4 },
] as const;
const MEMORIES_MS = [2 * MINUTE_MS, 10 * MINUTE_MS, 40 * MINUTE_MS];

/** Spikes teach the seasons no more than this many mean absolute residuals. */
const MOST_SCALES = 4;
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
  const levels = startDampedLevels(MEMORIES_MS, stepMs, saved);
  // Mean absolute residual, and true samples so far.
  const state = saved ? arrayIn(saved, 'state') : new Float64Array(2);

  /** What the first `count` seasons leave of z. */
  function without(count: number, step: number, z: number): number {
    for (let i = 0; i < count; i++) z -= seasons[i]!.at(past, step);
    return z;
  }

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
      if (state[1] === settings.seasons[i]) {
        // The level would swallow a season that starts from nothing.
        seasons[i]!.begin(past, (step) => without(i, step, past.filled(step)));
        levels.restart(without(i + 1, past.newest, past.at(past.newest)));
      } else if (past.markOf(past.newest) !== 'excluded') {
        seasons[i]!.learn(past, Math.max(-most, Math.min(most, residual)));
      }
    }
  }

  return {
    observe() {
      const z = past.at(past.newest);
      const residual = levels.observe(without(seasons.length, past.newest, z));
      if (!Number.isNaN(z)) learn(residual);
    },
    predict(out) {
      const isReady = seasons.length > 0 && state[1]! >= FIRST_SAMPLES;
      for (let i = 0; i < horizons.length; i++) {
        const ahead = horizons[i]!;
        out[i] = isReady ? levels.at(ahead) - without(seasons.length, past.newest + ahead, 0) : Number.NaN;
      }
    },
    ...rememberTogether([remembers({ state }), levels, ...seasons]),
  };
};

function seasonsOf({ stepMs, seasons }: ExpertSettings, saved?: Parameters): SeasonKnots[] {
  return seasons.slice(0, SEASONS.length).map((season, i) => {
    const { widthMs, gamma, trust } = SEASONS[i]!;
    const width = Math.max(1, Math.round(widthMs / stepMs));
    return startSeasonKnots({ season, width, gamma, trust, name: `season.${i}` }, saved);
  });
}
