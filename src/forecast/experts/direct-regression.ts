/**
 * Regression straight at each horizon, learned online: what the load is `h` steps after an origin, from levels of the last
 * two hours and the shapes of day and week, all as distances from the newest sample. With weights of 0 it is persistence;
 * a lasting shift of the level passes through near horizons unchanged, whatever it has learned.
 *
 * An outcome teaches the weights of its horizon with what was known `h` steps ago, read again from the past. Horizons
 * of one block have nearly the same inputs, so they share one covariance: a fifth of the memory for the same errors.
 */
import type { FeatureSet, Moment } from '../features/feature-set.ts';
import { type Parameters, singlesIn } from '../parameters.ts';
import type { Expert, ExpertSettings } from './expert.ts';
import { type Covariance, startCovariance } from './least-squares.ts';
import type { Past } from './past.ts';
import { type Remembers, remembers, rememberTogether } from './remembers.ts';

export interface Design {
  /** The same for all horizons of an origin. */
  readonly ofOrigin: FeatureSet;
  readonly ofTarget: FeatureSet;
  /** Memory in samples: what is older by this many counts 1/e. */
  readonly samples: number;
  /** Covariance at the start by horizon block: how far a weight may move from its first value, squared, in units of the noise. */
  readonly priors: readonly number[];
  /** Weights to start from at a horizon, by name of the feature; 0 for those that are not named. */
  readonly firstWeights: (aheadMs: number) => { readonly [feature: string]: number };
}

const MINUTE_MS = 60_000;
const FEWEST_MS = 120 * MINUTE_MS;
/** Horizons up to these share a covariance. */
const BLOCKS_MINUTES = [15, 60, 360, Number.POSITIVE_INFINITY];
/** Outcomes far ahead overlap almost wholly: one in a sixteenth of the horizon, at least every eighth, tells as much. */
const STRIDE_SHARE = 1 / 16;
const LONGEST_STRIDE = 8;
/** On z: inputs further from the newest sample are spikes and no levels, and would freeze the covariance for days. */
const MOST_INPUT = 4;

/** What was saved with other features (a calendar or a lead has come since) is of no use: it starts afresh. */
export function startDirectRegression(design: Design, settings: ExpertSettings, stored?: Parameters): Expert {
  const { past, horizons } = settings;
  const inputs = startInputs(design, past);
  const { x } = inputs;
  const saved = stored && singlesIn(stored, 'weights').length === x.length * horizons.length ? stored : undefined;
  const blocks = blocksOf(settings, (b) =>
    startCovariance(x.length, design.priors[b]!, saved && singlesIn(saved, `covariance.${b}`)),
  );
  const weights = saved ? singlesIn(saved, 'weights') : firstWeights(design, settings);
  const lessons = startLessons(horizons.length, design.samples, saved);

  /** What the weights of a horizon add to the base. */
  function moved(i: number): number {
    let sum = 0;
    for (let j = 0, at = i * x.length; j < x.length; j++, at++) sum += weights[at]! * x[j]!;
    return sum;
  }

  function learn({ stride, covariance }: Block, i: number, z: number, absorbs: boolean): void {
    const origin = past.newest - horizons[i]!;
    // A stand-in is no sample; it may be an input but no base.
    if (past.markOf(origin) === undefined) return;
    inputs.describeOrigin(origin);
    inputs.describeTarget(past.newest);
    const residual = z - inputs.base() - moved(i);
    const lambda = 1 - stride / design.samples;
    const taught = lessons.bound(i, past.markOf(past.newest) === 'censored' ? Math.max(0, residual) : residual, stride);
    const spread = covariance.spread(x);
    const gain = taught / (lambda + spread);
    for (let j = 0, at = i * x.length; j < x.length; j++, at++) weights[at]! += gain * covariance.k[j]!;
    if (absorbs) covariance.absorb(spread, lambda);
  }

  return {
    observe() {
      const mark = past.markOf(past.newest);
      if (mark === undefined || mark === 'excluded') return;
      for (const block of blocks) {
        if (past.newest % block.stride !== 0) continue;
        const absorbing = block.members[(past.newest / block.stride) % block.members.length];
        for (const i of block.members) learn(block, i, past.at(past.newest), i === absorbing);
      }
    },
    predict(out) {
      if (past.count * settings.stepMs < FEWEST_MS) return void out.fill(Number.NaN);
      inputs.describeOrigin(past.newest);
      for (let i = 0; i < horizons.length; i++) {
        inputs.describeTarget(past.newest + horizons[i]!);
        out[i] = inputs.base() + moved(i);
      }
    },
    ...rememberTogether([remembers({ weights }), lessons, remembers(covariancesOf(blocks))]),
  };
}

/** One row per horizon. */
function firstWeights(
  { ofOrigin, ofTarget, firstWeights }: Design,
  { stepMs, horizons }: ExpertSettings,
): Float32Array {
  const names = ['1', ...ofOrigin.names, ...ofTarget.names];
  return Float32Array.from(
    horizons.flatMap((h) => {
      const named = firstWeights(h * stepMs);
      return names.map((name) => named[name] ?? 0);
    }),
  );
}

interface Inputs {
  /** 1, then the features; bounded, 0 where the past does not reach. */
  readonly x: Float64Array;
  base(): number;
  describeOrigin(origin: number): void;
  /** After `describeOrigin`. */
  describeTarget(target: number): void;
}

function startInputs({ ofOrigin, ofTarget }: Design, past: Past): Inputs {
  const targetAt = 1 + ofOrigin.names.length;
  const x = new Float64Array(targetAt + ofTarget.names.length);
  x[0] = 1;
  const moment: Moment = { origin: 0, target: 0, base: 0 };
  return {
    x,
    base: () => moment.base,
    describeOrigin(origin) {
      moment.origin = origin;
      moment.base = past.filled(origin);
      ofOrigin.write(past, moment, x, 1);
      tame(x, 1, targetAt);
    },
    describeTarget(target) {
      moment.target = target;
      ofTarget.write(past, moment, x, targetAt);
      tame(x, targetAt, x.length);
    },
  };
}

/** What the past does not reach says nothing: as if it were at the base. */
function tame(x: Float64Array, from: number, to: number): void {
  for (let j = from; j < to; j++) {
    const value = x[j]!;
    x[j] = Number.isNaN(value) ? 0 : Math.max(-MOST_INPUT, Math.min(MOST_INPUT, value));
  }
}

interface Block {
  readonly number: number;
  /** Indices of its horizons. */
  readonly members: readonly number[];
  /** It learns at every one of so many steps. */
  readonly stride: number;
  readonly covariance: Covariance;
}

function blocksOf({ stepMs, horizons }: ExpertSettings, covariance: (block: number) => Covariance): Block[] {
  const bounds = BLOCKS_MINUTES.map((m) => (m * MINUTE_MS) / stepMs);
  return bounds.flatMap((bound, number) => {
    const members = horizons.flatMap((h, i) => (h <= bound && h > (bounds[number - 1] ?? 0) ? [i] : []));
    if (members.length === 0) return [];
    const stride = Math.max(1, Math.min(LONGEST_STRIDE, Math.round(horizons[members[0]!]! * STRIDE_SHARE)));
    return [{ number, members, stride, covariance: covariance(number) }];
  });
}

function covariancesOf(blocks: readonly Block[]): { readonly [name: string]: Float32Array } {
  return Object.fromEntries(blocks.map(({ number, covariance }) => [`covariance.${number}`, covariance.packed]));
}

/** Residuals count up to three mean ones of their horizon (Huber 1964), but small ones always do: a constant has no scale. */
const MOST_SCALES = 3;
const SMALL_RESIDUAL = 0.02;
const FIRST_LESSONS = 10;

interface Lessons extends Remembers {
  /** The part of a residual that may teach horizon `i`; moves the scale of its residuals. */
  bound(i: number, residual: number, stride: number): number;
}

function startLessons(horizons: number, samples: number, saved?: Parameters): Lessons {
  const scales = saved ? singlesIn(saved, 'scales') : new Float32Array(horizons);
  const counts = saved ? singlesIn(saved, 'counts') : new Float32Array(horizons);
  return {
    bound(i, residual, stride) {
      const most = Math.max(MOST_SCALES * scales[i]!, SMALL_RESIDUAL);
      const size = Math.abs(residual);
      // Twice the bound, so that the scale follows when the noise grows.
      const seen = counts[i]! < FIRST_LESSONS ? size : Math.min(size, 2 * most);
      scales[i]! += Math.max(1 / (counts[i]! + 1), stride / samples) * (seen - scales[i]!);
      counts[i] = Math.min(counts[i]! + 1, samples);
      return Math.max(-most, Math.min(most, residual));
    },
    ...remembers({ scales, counts }),
  };
}
