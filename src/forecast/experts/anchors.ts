/** Simple methods that need no learning: what a clever one has to beat, and what is left when all else is lost. */
import { meanOver } from '../features/recent.ts';
import { knownBefore } from '../features/seasonal.ts';
import type { Expert, ExpertSettings, StartExpert } from './expert.ts';
import type { Past } from './past.ts';

const MINUTE_MS = 60_000;
const CYCLES = 4;
const DECAY = 0.7;
/** More are not better: of five days one is odd. */
const CYCLES_OF_MAXIMUM = 3;

/** Mean of the same place in the last four of the shortest season, newer ones weighing more. Nothing adapts to the level of now. */
export const startDayMean: StartExpert = (settings) => seasonalMean(settings, settings.seasons[0]);

/** The same over the longest season, as far as it is kept. Silent where there is only one season. */
export const startWeekMean: StartExpert = (settings) => seasonalMean(settings, settings.seasons.slice(1).at(-1));

function seasonalMean(settings: ExpertSettings, season: number | undefined): Expert {
  const halfWidth = Math.floor((2.5 * MINUTE_MS) / settings.stepMs);
  return inSeason(settings, season, (target, length) => sameSlots(settings.past, target, length, halfWidth));
}

function sameSlots(past: Past, target: number, season: number, halfWidth: number): number {
  let [sum, weights, weight] = [0, 0, 1];
  let place = knownBefore(past, past.newest, target, season, halfWidth);
  for (let k = 0; k < CYCLES; k++, weight *= DECAY, place = past.before(place, season)) {
    const z = meanOver(past, place - halfWidth, place + halfWidth);
    if (Number.isNaN(z)) continue;
    sum += weight * z;
    weights += weight;
  }
  return weights > 0 ? sum / weights : Number.NaN;
}

/** Highest of the last hour: where a load leaps, how high it may be again soon. */
export const startRecentMaximum: StartExpert = ({ past, stepMs }) => {
  const steps = Math.max(2, Math.round((60 * MINUTE_MS) / stepMs));
  return stateless((out) => {
    out.fill(highestOf(steps, (k) => past.filled(past.newest - k)));
  });
};

/**
 * Highest of the same place in the last three of the shortest season: what a job that runs at its time may bring, though it
 * comes some minutes late or not every day, which a mean makes small. Incidents and declared events are no part of it.
 */
export const startDayMaximum: StartExpert = (settings) =>
  inSeason(settings, settings.seasons[0], (target, season) => highestInCycles(settings.past, target, season));

function highestInCycles(past: Past, target: number, season: number): number {
  let place = knownBefore(past, past.newest, target, season, 0);
  return highestOf(CYCLES_OF_MAXIMUM, () => {
    const z = past.ordinary(place);
    place = past.before(place, season);
    return z;
  });
}

/** Of what is known; NaN of nothing. */
function highestOf(count: number, zAt: (k: number) => number): number {
  let highest = Number.NaN;
  for (let k = 0; k < count; k++) {
    const z = zAt(k);
    if (z > highest || Number.isNaN(highest)) highest = z;
  }
  return highest;
}

/** What is read of earlier seasons for each target; silent where there is none. */
function inSeason(
  { past, horizons }: ExpertSettings,
  season: number | undefined,
  read: (target: number, season: number) => number,
): Expert {
  return stateless((out) => {
    for (let i = 0; i < horizons.length; i++) {
      out[i] = season === undefined ? Number.NaN : read(past.newest + horizons[i]!, season);
    }
  });
}

function stateless(predict: (out: Float64Array) => void): Expert {
  return { observe() {}, predict, save: () => ({}) };
}
