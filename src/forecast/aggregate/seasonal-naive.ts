import { startDayMean, startWeekMean } from '../experts/anchors.ts';
import type { Expert, ExpertSettings, StartExpert } from '../experts/expert.ts';
import { remembers } from '../experts/remembers.ts';
import { arrayIn } from '../parameters.ts';
import { startPersistence } from './persistence.ts';

/** Seasons are compared by their errors of about this many steps, or of a week when that is longer. */
const LEAST_MEMORY_STEPS = 500;
const WEEK_MS = 7 * 86_400_000;

/**
 * The yardstick: mean of the same place in the last cycles, of the day or of the week, whichever has been nearer lately.
 * Before there is a cycle it is persistence.
 */
export const startSeasonalNaive: StartExpert = (settings, saved) => {
  const { past, seasons, stepMs } = settings;
  const persistence = startPersistence(settings);
  const week = startWeekMean(settings);
  const day = startDayMean(settings);
  const errors = saved ? arrayIn(saved, 'errors') : new Float64Array(2);
  const rate = 1 / Math.max(LEAST_MEMORY_STEPS, WEEK_MS / stepMs);
  const pair = [seasons[0], seasons.slice(1).at(-1)] as const;
  const scratch = new Float64Array(settings.horizons.length);

  /** Where only one of them is known, nothing is learned about either. */
  function observe(): void {
    const [d, w] = pair.map((season) => errorOf(past, season));
    if (Number.isNaN(d! + w!)) return;
    errors[0]! += rate * (d! - errors[0]!);
    errors[1]! += rate * (w! - errors[1]!);
  }

  return {
    observe,
    predict(out) {
      persistence.predict(out);
      const [first, second] = errors[1]! < errors[0]! ? [day, week] : [week, day];
      overlay(out, first, scratch);
      overlay(out, second, scratch);
    },
    ...remembers({ errors }),
  };
};

function errorOf(past: ExpertSettings['past'], season: number | undefined): number {
  return season === undefined ? Number.NaN : Math.abs(past.at(past.newest) - past.at(past.before(past.newest, season)));
}

/** Puts what the expert says over what is there, where it says anything. */
function overlay(out: Float64Array, expert: Expert, scratch: Float64Array): void {
  expert.predict(scratch);
  for (let i = 0; i < out.length; i++) if (!Number.isNaN(scratch[i]!)) out[i] = scratch[i]!;
}
