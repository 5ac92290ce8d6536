/** Simple methods that need no learning: what a clever one has to beat, and what is left when all else is lost. */
import { meanOver } from '../features/recent.ts';
import type { Expert, ExpertSettings, StartExpert } from './expert.ts';
import type { Past } from './past.ts';

const MINUTE_MS = 60_000;
const CYCLES = 4;
const DECAY = 0.7;

/** Mean of the same place in the last four of the shortest season, newer ones weighing more. Nothing adapts to the level of now. */
export const startDayMean: StartExpert = (settings) => seasonalMean(settings, settings.seasons[0]);

/** The same over the longest season, as far as it is kept. Silent where there is only one season. */
export const startWeekMean: StartExpert = (settings) => seasonalMean(settings, settings.seasons.slice(1).at(-1));

function seasonalMean({ past, horizons, stepMs }: ExpertSettings, season: number | undefined): Expert {
  const halfWidth = Math.floor((2.5 * MINUTE_MS) / stepMs);
  return stateless((out) => {
    for (let i = 0; i < horizons.length; i++) {
      out[i] = season === undefined ? Number.NaN : sameSlots(past, past.newest + horizons[i]!, season, halfWidth);
    }
  });
}

function sameSlots(past: Past, target: number, season: number, halfWidth: number): number {
  let [sum, weights, weight] = [0, 0, 1];
  let place = past.before(target, season);
  while (place + halfWidth > past.newest) place = past.before(place, season);
  for (let k = 0; k < CYCLES; k++, weight *= DECAY, place = past.before(place, season)) {
    const z = meanOver(past, place - halfWidth, place + halfWidth);
    if (Number.isNaN(z)) continue;
    sum += weight * z;
    weights += weight;
  }
  return weights > 0 ? sum / weights : Number.NaN;
}

/** Highest of the last quarter of an hour: on a noisy load an upper quantile that needs no scale. */
export const startRecentMaximum: StartExpert = ({ past, stepMs }) => {
  const steps = Math.max(2, Math.round((15 * MINUTE_MS) / stepMs));
  return stateless((out) => {
    let highest = Number.NaN;
    for (let k = 0; k < steps; k++) {
      const z = past.filled(past.newest - k);
      if (!(z <= highest)) highest = Number.isNaN(z) ? highest : z;
    }
    out.fill(highest);
  });
};

function stateless(predict: (out: Float64Array) => void): Expert {
  return { observe() {}, predict, save: () => ({}) };
}
