/**
 * Additive Holt-Winters with a damped trend and two seasons (Taylor 2003, J. Oper. Res. Soc. 54; damped as in Hyndman et
 * al. 2008), one update a step and no fit:
 *
 *     e = z − (l + φb + d + w);  l ← l + φb + αe;  b ← φb + βe;  d ← d + γ·e;  w ← w + δ·e
 *     forecast: l + (φ + … + φ^h)·b + d + w
 *
 * Seasons are kept at knots, ten minutes and an hour apart, with straight lines between them: 1 KB instead of 40.
 */
import { arrayIn, type Parameters } from '../parameters.ts';
import type { ExpertSettings, StartExpert } from './expert.ts';
import type { Past } from './past.ts';

const MINUTE_MS = 60_000;
const KNOTS_MS = [10 * MINUTE_MS, 60 * MINUTE_MS] as const;
const GAMMAS = [0.2, 0.1] as const;
/** Of what the first cycle showed: a single week is as much noise as shape. */
const TRUST = [0.8, 0.4] as const;
const LEVEL_MS = 10 * MINUTE_MS;
const BETA_SHARE = 0.01;
const PHI = 0.98;
/** Spikes move the level but teach the seasons no more than this many mean absolute errors. */
const MOST_SCALES = 4;
const SCALE_RATE = 0.01;
/** On z: fifty-fold on a log scale; what is further off moves the level no more than that. */
const FAR = 4;
const FIRST_SAMPLES = 10;
/** On z. A load that was constant has no scale to grow from. */
const SMALL_ERROR = 0.01;

/** Samples of the past that tell each knot, when a season begins. */
const FIRST_READS = 5;

/** Speaks once it has seen one cycle of its shortest season; a longer one joins when it has gone by once. */
export const startHoltWintersDouble: StartExpert = (settings, saved) => {
  const { past, stepMs, horizons } = settings;
  const seasons = seasonsOf(settings, saved);
  const alpha = 1 - Math.exp(-stepMs / Math.max(LEVEL_MS, stepMs));
  const state = saved ? arrayIn(saved, 'state') : Float64Array.of(Number.NaN, 0, 0, 0);
  const [LEVEL, TREND, SCALE, SEEN] = [0, 1, 2, 3] as const;

  function observe(): void {
    if (Number.isNaN(state[LEVEL]!)) state[LEVEL] = past.filled(past.newest);
    const trend = PHI * state[TREND]!;
    let expected = state[LEVEL]! + trend;
    for (const season of seasons) expected += season.at(past, past.newest);
    const z = past.at(past.newest);
    const error = Number.isNaN(z) ? 0 : Math.max(-FAR, Math.min(FAR, z - expected));
    state[LEVEL]! += trend + alpha * error;
    state[TREND] = trend + alpha * BETA_SHARE * error;
    if (Number.isNaN(z)) return;
    state[SEEN]! += 1;
    const most = MOST_SCALES * state[SCALE]!;
    // Twice the bound, so that the scale follows when the noise grows, but not a spike.
    const size = state[SEEN]! < FIRST_SAMPLES ? Math.abs(error) : Math.min(Math.abs(error), 2 * most + SMALL_ERROR);
    state[SCALE]! += Math.max(SCALE_RATE, 1 / state[SEEN]!) * (size - state[SCALE]!);
    for (let i = 0; i < seasons.length; i++) {
      // The level would swallow a season that starts from nothing.
      if (state[SEEN] === settings.seasons[i]) begin(i);
      else if (past.markOf(past.newest) !== 'excluded') seasons[i]!.learn(past, Math.max(-most, Math.min(most, error)));
    }
  }

  /** The newest cycle, less its mean and what the shorter seasons say already. */
  function begin(i: number): void {
    const shorter = seasons.slice(0, i);
    seasons[i]!.begin(past, (step) => shorter.reduce((z, season) => z - season.at(past, step), past.filled(step)));
    state[LEVEL] = seasons
      .slice(0, i + 1)
      .reduce((z, season) => z - season.at(past, past.newest), past.at(past.newest));
  }

  function predict(out: Float64Array): void {
    const isReady = seasons.length > 0 && state[SEEN]! >= settings.seasons[0]!;
    for (let i = 0; i < horizons.length; i++) {
      const ahead = horizons[i]!;
      let z = state[LEVEL]! + ((PHI * (1 - PHI ** ahead)) / (1 - PHI)) * state[TREND]!;
      for (const season of seasons) z += season.at(past, past.newest + ahead);
      out[i] = isReady ? z : Number.NaN;
    }
  }

  return {
    observe,
    predict,
    save: () => Object.assign({ state: state.slice() }, ...seasons.map((season) => season.save())),
  };
};

interface Season {
  /** Takes its shape from the newest cycle of `z`. */
  begin(past: Past, z: (step: number) => number): void;
  at(past: Past, step: number): number;
  /** Moves the knots around the newest step. */
  learn(past: Past, error: number): void;
  save(): Parameters;
}

function seasonsOf({ stepMs, seasons }: ExpertSettings, saved?: Parameters): Season[] {
  return seasons.slice(0, KNOTS_MS.length).map((season, i) => {
    const width = Math.max(1, Math.round(KNOTS_MS[i]! / stepMs));
    const name = `season.${i}`;
    const knots = saved ? arrayIn(saved, name) : new Float64Array(Math.ceil(season / width));
    return startSeason(season, width, i, knots, name);
  });
}

function startSeason(season: number, width: number, i: number, knots: Float64Array, name: string): Season {
  const last = knots.length;
  // A knot hears of `width` steps each time around, each with a share that sums to 1 over the two knots beside it.
  const rate = GAMMAS[i]! / width;
  const trust = TRUST[i]!;
  return {
    begin(past, z) {
      const stride = Math.max(1, Math.floor(width / FIRST_READS));
      const counts = new Float64Array(last);
      knots.fill(0);
      let mean = 0;
      for (let k = 0; k < season; k += stride) {
        const value = z(past.newest - k);
        const nearest = Math.round(past.slot(past.newest - k, season) / width) % last;
        counts[nearest]! += 1;
        knots[nearest]! += (value - knots[nearest]!) / counts[nearest]!;
      }
      for (const knot of knots) mean += knot / last;
      for (let k = 0; k < last; k++) knots[k] = trust * (knots[k]! - mean);
    },
    at(past, step) {
      const place = past.slot(step, season) / width;
      const left = Math.floor(place);
      const share = place - left;
      return (1 - share) * knots[left]! + share * knots[left + 1 === last ? 0 : left + 1]!;
    },
    learn(past, error) {
      const place = past.slot(past.newest, season) / width;
      const left = Math.floor(place);
      const share = place - left;
      knots[left]! += rate * (1 - share) * error;
      knots[left + 1 === last ? 0 : left + 1]! += rate * share * error;
    },
    save: () => ({ [name]: knots.slice() }),
  };
}
