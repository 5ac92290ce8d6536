/**
 * Watches whether a season repeats: the correlation of what a day did with what the day before did, hour by hour, worked out
 * anew for every day (a week: for every week), and smoothed over a few of them.
 *
 * Compared are not levels but differences: to two hours before for a day, to the day before for a week. A load that merely
 * wanders has correlated levels from day to day, but not correlated steps; and a week that only repeats a day has no
 * differences from day to day that could repeat. A correlation per season forgets the size of the seasons before, so that a
 * wave that ends is not outweighed by the memory of it.
 */
import type { Change } from '../../domain/change.ts';
import type { Mark } from '../../domain/forecast.ts';
import type { Past } from '../experts/past.ts';

/** Smoothed over about five seasons. */
const RATE = 0.3;
/** Seasons that are compared before anything is said. */
const FIRST_VERDICT = 3;
/** Above the one a season is there, below the other it is not; between them nothing changes. */
const PRESENT = 0.5;
const ABSENT = 0.2;
/** A season in which less than this share could be compared says nothing. */
const LEAST_SHARE = 0.5;

export interface SeasonWatch {
  /** Takes note of the newest step, which `past` already holds. */
  observe(mark: Mark): Change | undefined;
  save(): Float64Array;
}

export interface SeasonSettings {
  readonly past: Past;
  /** Length in steps. */
  readonly season: number;
  /** What differences are taken over: the next shorter season, or two blocks. */
  readonly lag: number;
  /** Steps whose mean is one value. */
  readonly block: number;
  /** What people call the season. */
  readonly label: string;
}

interface State {
  /** Sums of the block that is running: differences now and one season ago, and steps in which both were known. */
  now: number;
  before: number;
  steps: number;
  /** Sums over the blocks of the season that is running. */
  n: number;
  a: number;
  b: number;
  ab: number;
  aa: number;
  bb: number;
  /** Smoothed correlation, and seasons in it. */
  strength: number;
  seasons: number;
  /** 1 while the season is taken to be there. */
  present: number;
}

const empty: State = {
  now: 0,
  before: 0,
  steps: 0,
  n: 0,
  a: 0,
  b: 0,
  ab: 0,
  aa: 0,
  bb: 0,
  strength: 0,
  seasons: 0,
  present: 0,
};

export function startSeasonWatch(settings: SeasonSettings, saved?: Float64Array): SeasonWatch {
  const { past, season, lag, block } = settings;
  const state = saved ? restored(saved) : { ...empty };
  return {
    observe(mark) {
      const step = past.newest;
      if (mark === 'ok') addDifferences(state, past, step, season, lag);
      if ((step + 1) % block === 0) endBlock(state, block);
      return (step + 1) % season === 0 ? endSeason(state, settings, step) : undefined;
    },
    save: () => Float64Array.from(Object.values(state)),
  };
}

function restored(saved: Float64Array): State {
  const names = Object.keys(empty);
  if (saved.length !== names.length) throw new RangeError(`state of ${saved.length} numbers: expected ${names.length}`);
  return Object.fromEntries(names.map((name, i) => [name, saved[i]!])) as unknown as State;
}

function addDifferences(state: State, past: Past, step: number, season: number, lag: number): void {
  const then = past.before(step, season);
  if (past.markOf(then) !== 'ok') return;
  const now = past.at(step) - past.at(past.before(step, lag));
  const before = past.at(then) - past.at(past.before(then, lag));
  if (Number.isNaN(now + before)) return;
  state.now += now;
  state.before += before;
  state.steps += 1;
}

function endBlock(state: State, block: number): void {
  if (state.steps >= LEAST_SHARE * block) {
    const a = state.now / state.steps;
    const b = state.before / state.steps;
    state.n += 1;
    state.a += a;
    state.b += b;
    state.ab += a * b;
    state.aa += a * a;
    state.bb += b * b;
  }
  state.now = 0;
  state.before = 0;
  state.steps = 0;
}

function endSeason(state: State, { season, block, label }: SeasonSettings, step: number): Change | undefined {
  const isWhole = state.n >= (LEAST_SHARE * season) / block;
  const correlation = correlationOf(state);
  Object.assign(state, { n: 0, a: 0, b: 0, ab: 0, aa: 0, bb: 0 });
  if (!isWhole) return undefined;
  state.seasons += 1;
  state.strength += Math.max(RATE, 1 / state.seasons) * (correlation - state.strength);
  return verdict(state, label, step);
}

/** Pearson's; 0 when one of both does not move. */
function correlationOf({ n, a, b, ab, aa, bb }: State): number {
  const scale = (aa - (a * a) / n) * (bb - (b * b) / n);
  return scale > 1e-20 ? (ab - (a * b) / n) / Math.sqrt(scale) : 0;
}

function verdict(state: State, label: string, atStep: number): Change | undefined {
  const { strength, seasons } = state;
  const was = state.present === 1;
  if (seasons < FIRST_VERDICT) return undefined;
  state.present = strength > PRESENT || (was && strength >= ABSENT) ? 1 : 0;
  if (seasons === FIRST_VERDICT || was === (state.present === 1)) return undefined;
  const seen = `the correlation of a ${label} with the one before is ${strength.toFixed(2)}`;
  return was
    ? { kind: 'season-gone', strength, atStep, message: `the load no longer repeats by the ${label}: ${seen}` }
    : { kind: 'season-new', strength, atStep, message: `the load has begun to repeat by the ${label}: ${seen}` };
}
