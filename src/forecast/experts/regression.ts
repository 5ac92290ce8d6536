/**
 * Regression straight at each horizon, learned online: what the load is `h` steps after an origin, from levels of the last
 * two hours and the shapes of day and week, all as distances from the newest sample. With weights of 0 it is persistence,
 * which is where it starts; a lasting shift of the level passes through unchanged, whatever it has learned.
 *
 * An outcome teaches the weights of its horizon with what was known `h` steps ago, read again from the past. Horizons
 * of one block have nearly the same inputs, so they share one covariance: a fifth of the memory for the same errors.
 */
import { eventFlags, seasonWaves } from '../features/calendar.ts';
import { type FeatureSet, joinFeatures, type Moment } from '../features/feature-set.ts';
import { leadingChanges } from '../features/leads.ts';
import { slopes, windowMeans } from '../features/recent.ts';
import { seasonalLags, seasonalLagsOfOrigin } from '../features/seasonal.ts';
import { type Parameters, singlesIn } from '../parameters.ts';
import type { Expert, ExpertSettings, StartExpert } from './expert.ts';
import { type Covariance, startCovariance } from './least-squares.ts';

interface Design {
  /** The same for all horizons of an origin. */
  readonly ofOrigin: FeatureSet;
  readonly ofTarget: FeatureSet;
  /** Memory in samples: the forgetting rate is 1 − 1/samples. */
  readonly samples: number;
  /** Covariance at the start: how far a weight may be from 0, squared, in units of the noise. */
  readonly prior: number;
}

const MINUTE_MS = 60_000;
const FEWEST_MS = 120 * MINUTE_MS;
/** Horizons up to these share a covariance, then the rest. */
const BLOCKS_MINUTES = [15, 60, 360];
/** Outcomes far ahead overlap almost wholly; one in a sixteenth of the horizon, at least every eighth, tells as much. */
const STRIDE_SHARE = 1 / 16;
const LONGEST_STRIDE = 8;
/** Residuals count up to this many mean ones (Huber), but small ones always do: a constant has no scale. */
const MOST_SCALES = 3;
const SMALL_RESIDUAL = 0.02;
/** On z: inputs further from the newest sample are no levels but spikes, and would freeze the covariance for days. */
const MOST_INPUT = 4;

/** E1: remembers some days. */
export const startRegression: StartExpert = (settings, saved) => start(slowDesign(settings), settings, saved);

/** E2: remembers a hundred samples, so it takes few inputs; it leads after a change and follows noise otherwise. */
export const startFastRegression: StartExpert = (settings, saved) => start(fastDesign(settings), settings, saved);

function slowDesign({ stepMs, seasons, calendar, leads }: ExpertSettings): Design {
  const minutes = (m: number) => Math.max(1, Math.round((m * MINUTE_MS) / stepMs));
  const edges = [1, 2, 4, 9, 30, 120].filter((edge) => edge <= Math.max(30, minutes(120)));
  const [shortest, longer = []] = [seasons.slice(0, 1), seasons.slice(1)];
  const newest = (season: number, shift = 0) => ({ season, ago: 1, shift, halfWidth: minutes(5) >> 1 });
  const shapes = [
    ...shortest.map((season) => ({ ...newest(season), cycles: 7 })),
    ...longer.map((season) => ({ ...newest(season), cycles: 2 })),
  ];
  const days = shortest.map((season) => newest(season));
  return {
    ofOrigin: joinFeatures([windowMeans(edges, 15), seasonalLagsOfOrigin([...days, ...shapes])]),
    ofTarget: joinFeatures([
      seasonalLags([...days, ...shortest.map((season) => newest(season, minutes(5))), ...shapes]),
      seasonWaves(shortest, 1),
      ...(calendar ? [eventFlags(calendar)] : []),
      ...(leads ? [leadingChanges(leads)] : []),
    ]),
    samples: Math.max(1000, minutes(2 * 1440)),
    prior: 1,
  };
}

function fastDesign({ stepMs, seasons }: ExpertSettings): Design {
  const minutes = (m: number) => Math.max(1, Math.round((m * MINUTE_MS) / stepMs));
  const shape = seasons
    .slice(0, 1)
    .map((season) => ({ season, ago: 1, shift: 0, halfWidth: minutes(5) >> 1, cycles: 7 }));
  return {
    ofOrigin: joinFeatures([windowMeans([1, 3, 9]), slopes([10]), seasonalLagsOfOrigin(shape)]),
    ofTarget: seasonalLags(shape),
    samples: 100,
    prior: 1,
  };
}

interface Block {
  /** Indices of its horizons. */
  readonly members: readonly number[];
  readonly stride: number;
  readonly covariance: Covariance;
}

function start(design: Design, settings: ExpertSettings, saved?: Parameters): Expert {
  const { past, horizons } = settings;
  const width = 1 + design.ofOrigin.names.length + design.ofTarget.names.length;
  const targetAt = 1 + design.ofOrigin.names.length;
  const blocks = blocksOf(settings, (b) =>
    startCovariance(width, design.prior, saved && singlesIn(saved, `covariance.${b}`)),
  );
  const weights = saved ? singlesIn(saved, 'weights') : new Float32Array(width * horizons.length);
  const scales = saved ? singlesIn(saved, 'scales') : new Float32Array(horizons.length);
  const learned = saved ? singlesIn(saved, 'learned') : new Float32Array(horizons.length);
  const x = new Float64Array(width);
  const moment: Moment = { origin: 0, target: 0, base: 0 };

  function describeOrigin(origin: number): void {
    moment.origin = origin;
    moment.base = past.filled(origin);
    x[0] = 1;
    design.ofOrigin.write(past, moment, x, 1);
    tame(x, 1, targetAt);
  }

  function describeTarget(target: number): void {
    moment.target = target;
    design.ofTarget.write(past, moment, x, targetAt);
    tame(x, targetAt, width);
  }

  /** What the weights of the horizon add to the base. */
  function moved(i: number): number {
    let sum = 0;
    for (let j = 0, at = i * width; j < width; j++, at++) sum += weights[at]! * x[j]!;
    return sum;
  }

  /** The residual that may teach: bounded, and one-sided where the sample is a lower bound only. */
  function lesson(i: number, residual: number, stride: number): number {
    const most = Math.max(MOST_SCALES * scales[i]!, SMALL_RESIDUAL);
    const rate = Math.max(1 / (learned[i]! + 1), stride / design.samples);
    const first = learned[i]! < 10;
    scales[i]! += rate * ((first ? Math.abs(residual) : Math.min(Math.abs(residual), 2 * most)) - scales[i]!);
    learned[i] = Math.min(learned[i]! + 1, design.samples);
    return Math.max(-most, Math.min(most, residual));
  }

  function learn(block: Block, i: number, z: number, absorbs: boolean): void {
    const origin = past.newest - horizons[i]!;
    if (past.markOf(origin) === undefined) return;
    describeOrigin(origin);
    describeTarget(past.newest);
    const residual = z - moment.base - moved(i);
    const taught = past.markOf(past.newest) === 'censored' ? Math.max(0, residual) : residual;
    const bounded = lesson(i, taught, block.stride);
    const lambda = 1 - block.stride / design.samples;
    const { covariance } = block;
    const spread = covariance.spread(x);
    const gain = bounded / (lambda + spread);
    for (let j = 0, at = i * width; j < width; j++, at++) weights[at]! += gain * covariance.k[j]!;
    if (absorbs) covariance.absorb(spread, lambda);
  }

  return {
    observe() {
      const mark = past.markOf(past.newest);
      if (mark === undefined || mark === 'excluded') return;
      const z = past.at(past.newest);
      for (const block of blocks) {
        if (past.newest % block.stride !== 0) continue;
        const absorbing = block.members[(past.newest / block.stride) % block.members.length];
        for (const i of block.members) learn(block, i, z, i === absorbing);
      }
    },
    predict(out) {
      if (past.count * settings.stepMs < FEWEST_MS) return void out.fill(Number.NaN);
      describeOrigin(past.newest);
      for (let i = 0; i < horizons.length; i++) {
        describeTarget(past.newest + horizons[i]!);
        out[i] = moment.base + moved(i);
      }
    },
    save: () => ({
      weights: weights.slice(),
      scales: scales.slice(),
      learned: learned.slice(),
      ...Object.fromEntries(blocks.map(({ covariance }, b) => [`covariance.${b}`, covariance.packed.slice()])),
    }),
  };
}

function blocksOf({ stepMs, horizons }: ExpertSettings, covariance: (block: number) => Covariance): Block[] {
  const bounds = [...BLOCKS_MINUTES.map((m) => (m * MINUTE_MS) / stepMs), Number.POSITIVE_INFINITY];
  return bounds
    .map((bound, b) => horizons.flatMap((h, i) => (h <= bound && h > (bounds[b - 1] ?? 0) ? [i] : [])))
    .filter((members) => members.length > 0)
    .map((members, b) => ({
      members,
      stride: Math.max(1, Math.min(LONGEST_STRIDE, Math.round(horizons[members[0]!]! * STRIDE_SHARE))),
      covariance: covariance(b),
    }));
}

/** What the past does not reach says nothing: as far from the base as 0. */
function tame(x: Float64Array, from: number, to: number): void {
  for (let j = from; j < to; j++) {
    const value = x[j]!;
    x[j] = Number.isNaN(value) ? 0 : Math.max(-MOST_INPUT, Math.min(MOST_INPUT, value));
  }
}
