/** Who takes part in a batch forecast. */
import type { Blend } from '../blends.ts';
import type { LocalExpert } from '../expert.ts';
import { dayDifferenceLags, levelLags, remainderLags, stepDifferenceLags, weekDifferenceLags } from '../lags.ts';
import type { PooledExpert, PooledSettings } from '../pooled.ts';
import { autoregression, moments } from './autoregression.ts';
import { harmonicRegression } from './harmonic.ts';
import { pooledNetwork } from './network.ts';
import { type Normalise, pooledLinear } from './pooled-linear.ts';
import { seasonalProfile } from './profile.ts';
import { longestSeason, persistence, seasonalMean, shortestSeason } from './seasonal.ts';

const level = { lags: levelLags, difference: () => 0 };
const day = { lags: dayDifferenceLags, difference: shortestSeason };
const week = { lags: weekDifferenceLags, difference: longestSeason };
const step = { lags: stepDifferenceLags, difference: () => 1 };

export const localExperts: readonly LocalExpert[] = [
  persistence,
  seasonalMean('sn24', shortestSeason, 1),
  seasonalMean('sn168', longestSeason, 1),
  seasonalMean('avg168', longestSeason, 4),
  harmonicRegression('dhr', false),
  harmonicRegression('dhrl', true),
  autoregression('ar', { ...level, log: false, penalty: 1 }),
  autoregression('arl', { ...level, log: true, penalty: 1 }),
  autoregression('arr', { ...level, log: false, penalty: 20 }),
  autoregression('arlr', { ...level, log: true, penalty: 20 }),
  autoregression('arw', { ...level, log: false, penalty: 1, newest: 600 }),
  autoregression('ard24', { ...day, log: false, penalty: 1 }),
  autoregression('ard24l', { ...day, log: true, penalty: 1 }),
  autoregression('ard168', { ...week, log: false, penalty: 1 }),
  autoregression('ard1', { ...step, log: false, penalty: 1 }),
  seasonalProfile('p168', { season: longestSeason, gain: 0.3, log: false, lags: remainderLags }),
  seasonalProfile('p168l', { season: longestSeason, gain: 0.3, log: true, lags: remainderLags }),
  seasonalProfile('p168s', { season: longestSeason, gain: 0.15, log: false, lags: remainderLags }),
  seasonalProfile('p168sl', { season: longestSeason, gain: 0.15, log: true, lags: remainderLags }),
  seasonalProfile('p24', { season: shortestSeason, gain: 0.15, log: false, lags: remainderLags }),
  seasonalProfile('p24l', { season: shortestSeason, gain: 0.15, log: true, lags: remainderLags }),
];

/** The longest of these windows that a pooled member can still learn from. */
const MOST_INPUT = 1_024;

/** A number of weeks, or of days where there is no week. */
const weeks =
  (count: number) =>
  ({ seasons }: PooledSettings): number | undefined => {
    const [first] = seasons;
    if (first === undefined) return undefined;
    const input = count * (seasons.length > 1 ? seasons.at(-1)! : 7 * first);
    return input <= MOST_INPUT ? input : undefined;
  };

const byWeek: Normalise = (window, { seasons }) => {
  const newest = Math.min(window.length, seasons.length > 1 ? seasons.at(-1)! : 7 * seasons[0]!);
  return { centre: moments(window.subarray(window.length - newest)).mean, scale: moments(window).deviation };
};

const byLastValue: Normalise = (window) => {
  let change = 0;
  for (let t = 1; t < window.length; t++) change += Math.abs(window[t]! - window[t - 1]!);
  return { centre: window.at(-1)!, scale: (3 * change) / (window.length - 1) };
};

const network = { base: shortestSeason, hidden: [256, 256], straight: false, stride: 3, epochs: 22, furtherEpochs: 5 };

export const pooledExperts: readonly PooledExpert[] = [
  pooledLinear('g336a', { input: weeks(2), normalise: byWeek, log: false }),
  pooledLinear('g504l', { input: weeks(3), normalise: byWeek, log: true }),
  pooledLinear('g336d', { input: weeks(2), normalise: byLastValue, log: false }),
  pooledLinear('g168d', { input: weeks(1), normalise: byLastValue, log: false }),
  pooledNetwork('nn', { ...network, input: weeks(2), log: false }),
  pooledNetwork('nn2', { ...network, input: weeks(2), log: false }),
  pooledNetwork('nnls', { ...network, input: weeks(2), log: true, straight: true }),
];

export const blends: readonly Blend[] = [
  { name: 'st', how: 'median', of: ['arl', 'ard24', 'ard1', 'ard24l', 'dhrl', 'p24l'] },
  { name: 'nnm', how: 'mean', of: ['nn', 'nn2', 'nnls'] },
  { name: 'nnst', how: 'mean', of: ['nnm', 'st'] },
];
