import { eventFlags } from '../features/calendar.ts';
import { joinFeatures } from '../features/feature-set.ts';
import { leadingChanges } from '../features/leads.ts';
import { slopes, windowMeans } from '../features/recent.ts';
import { type SeasonalLag, seasonalLags, seasonalLagsOfOrigin } from '../features/seasonal.ts';
import { type Design, startDirectRegression } from './direct-regression.ts';
import type { ExpertSettings, StartExpert } from './expert.ts';

const MINUTE_MS = 60_000;
/** A look along the shape: what the load will be rising to. */
const AHEAD_MINUTES = 15;
/** Seasons in the mean that makes a shape: a week of days, and as many of four weeks as are kept. */
const DAYS = 7;
const WEEKS = 4;
/** Hours in the shape of the hour: what runs at the same minute of each stands out, what happened once does not. */
const HOURS = 6;
/** With fewer steps an hour has no shape. */
const LEAST_STEPS_PER_HOUR = 3;
const MOST_READS = 15;
/** First weights: the level is the mean about so long ago, the shape counts fully from there on, the level half a day. */
const LEVEL_MINUTES = 20;
const SHAPE_MINUTES = 180;
const FADE_MINUTES = 720;

/**
 * E1: memory of two days, at least a thousand samples. Few inputs: on recorded loads single days beside the mean
 * of seven, and sines of the time of day, cost 1 to 5 % of the error at horizons from an hour on.
 */
export const startRegression: StartExpert = (settings, saved) =>
  startDirectRegression(slowDesign(settings), settings, saved);

/** E2: memory of two hundred samples, so few inputs again; it leads after a change and follows noise otherwise. */
export const startFastRegression: StartExpert = (settings, saved) =>
  startDirectRegression(fastDesign(settings), settings, saved);

function slowDesign(settings: ExpertSettings): Design {
  const { stepMs, seasons, calendar, leads } = settings;
  const minutes = stepsIn(stepMs);
  const edges = [1, 2, 4, 9, 30, 120].filter((edge) => edge <= Math.max(30, minutes(120)));
  const windows = windowMeans(edges, MOST_READS);
  const shapes = shapesOf(seasons);
  const ahead = shapes.slice(0, 1).map((shape) => ({ ...shape, shift: minutes(AHEAD_MINUTES) }));
  return {
    ofOrigin: joinFeatures([windows, seasonalLagsOfOrigin(shapes)]),
    ofTarget: joinFeatures([
      seasonalLags([...shapes, ...ahead, ...shapeOfHour(minutes(60))]),
      ...(calendar ? [eventFlags(calendar)] : []),
      ...(leads ? [leadingChanges(leads)] : []),
    ]),
    samples: Math.max(1000, minutes(2 * 24 * 60)),
    priors: [3, 3, 1, 0.3],
    firstWeights: levelAndShape(
      windows.names[edges.findLastIndex((edge) => edge * stepMs <= LEVEL_MINUTES * MINUTE_MS)],
      seasonalLags(shapes.slice(0, 1)).names[0],
      seasonalLagsOfOrigin(shapes.slice(0, 1)).names[0],
    ),
  };
}

/**
 * Where it starts: persistence at first, and with the horizon the shape of the day at a level of now that fades. On the
 * development traces the error of the first week falls by 10 to 16 % at six hours and a day, later nothing changes.
 */
function levelAndShape(level = '', target = '', origin = ''): Design['firstWeights'] {
  return (aheadMs) => {
    const trust = Math.min(1, aheadMs / (SHAPE_MINUTES * MINUTE_MS));
    const lasting = trust * Math.exp(-aheadMs / (FADE_MINUTES * MINUTE_MS));
    return { [level]: lasting, [target]: trust, [origin]: -lasting };
  };
}

function fastDesign({ seasons }: ExpertSettings): Design {
  const day = shapesOf(seasons).slice(0, 1);
  return {
    ofOrigin: joinFeatures([windowMeans([1, 3, 9]), slopes([10]), seasonalLagsOfOrigin(day)]),
    ofTarget: seasonalLags(day),
    samples: 200,
    priors: [1, 1, 1, 1],
    firstWeights: () => ({}),
  };
}

/** Jobs that run by the clock, as those of cron: the same minute of the hours before. */
function shapeOfHour(hour: number): SeasonalLag[] {
  return hour < LEAST_STEPS_PER_HOUR ? [] : [{ season: hour, ago: 1, shift: 0, halfWidth: 0, cycles: HOURS }];
}

function shapesOf(seasons: readonly number[]): SeasonalLag[] {
  return seasons.map((season, i) => ({ season, ago: 1, shift: 0, halfWidth: 0, cycles: i === 0 ? DAYS : WEEKS }));
}

function stepsIn(stepMs: number): (minutes: number) => number {
  return (minutes) => Math.max(1, Math.round((minutes * MINUTE_MS) / stepMs));
}
