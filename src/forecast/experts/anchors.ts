/** Simple methods that need no learning: what a clever one has to beat, and what is left when all else is lost. */
import { meanOver } from '../features/recent.ts';
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
  let place = known(past, target, season, halfWidth);
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
export const startDayMaximum: StartExpert = ({ past, horizons, seasons }) => {
  const season = seasons[0];
  return stateless((out) => {
    for (let i = 0; i < horizons.length; i++) {
      out[i] = season === undefined ? Number.NaN : highestInCycles(past, past.newest + horizons[i]!, season);
    }
  });
};

function highestInCycles(past: Past, target: number, season: number): number {
  let place = known(past, target, season, 0);
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

/** The newest place of a step in an earlier season of which everything within `halfWidth` is known. */
function known(past: Past, step: number, season: number, halfWidth: number): number {
  let place = past.before(step, season);
  while (place + halfWidth > past.newest) place = past.before(place, season);
  return place;
}

function stateless(predict: (out: Float64Array) => void): Expert {
  return { observe() {}, predict, save: () => ({}) };
}
