/**
 * Who takes part in a batch forecast. They differ in what they believe about the level: that it stays, returns, or wanders;
 * docs/forecasting.md says what they are worth together and each by itself on hold-outs of M4-Hourly.
 */
import { median } from '../../median.ts';
import type { LocalExpert } from '../expert.ts';
import { dayDifferenceLags, levelLags, remainderLags, stepDifferenceLags } from '../lags.ts';
import type { PooledExpert, PooledSettings } from '../pooled.ts';
import { autoregression, moments } from './autoregression.ts';
import { harmonicRegression } from './harmonic.ts';
import { fadingDistance, halfTheDistance, levelOnProfile } from './level-on-profile.ts';
import { pooledNetwork } from './network.ts';
import { type Normalise, pooledLinear } from './pooled-linear.ts';
import { pooledProcess } from './process.ts';
import { type Gain, seasonalProfile } from './profile.ts';
import {
  fadingMean,
  lastSeason,
  longestSeason,
  persistence,
  shortestSeason,
  slotMiddle,
  smoothedLevel,
} from './seasonal.ts';
import { similarDays } from './similar-days.ts';

const day = { lags: dayDifferenceLags, difference: shortestSeason, penalty: 1 };
const step = { lags: stepDifferenceLags, difference: () => 1, penalty: 1 };
/** Beside two seasons the levels themselves add nothing to their differences. */
const level = {
  lags: levelLags,
  difference: ({ seasons }: { seasons: readonly number[] }) => (seasons.length > 1 ? undefined : 0),
  penalty: 1,
};

/** Gains for the shortest and, where it is another one, the longest season. */
const gains =
  (short: number, long: number) =>
  ({ seasons }: { seasons: readonly number[] }): Gain[] => {
    const [first] = seasons;
    if (first === undefined) return [];
    const week = { season: seasons.at(-1)!, gain: long };
    return seasons.length > 1 ? [{ season: first, gain: short }, week] : [{ season: first, gain: short }];
  };

const longOnly = (gain: number) => (frame: { seasons: readonly number[] }) => {
  const season = longestSeason({ ...frame, horizon: 1 });
  return season === undefined ? [] : [{ season, gain }];
};
const nearest = () => [1, 2, 3];

export const localExperts: readonly LocalExpert[] = [
  persistence,
  smoothedLevel,
  lastSeason,
  slotMiddle('season-fading', { season: shortestSeason, count: 7, middle: fadingMean(0.7), natural: true }),
  slotMiddle('weeks-mean', { season: longestSeason, count: 8, middle: fadingMean(1) }),
  slotMiddle('weeks-median', { season: longestSeason, count: 8, middle: median }),
  slotMiddle('weeks-median-3', { season: longestSeason, count: 3, middle: median }),
  levelOnProfile('weeks-level', { ahead: halfTheDistance }),
  levelOnProfile('weeks-fading-level', { ahead: fadingDistance }),
  similarDays,
  seasonalProfile('profile-week', { gains: longOnly(0.15), spill: 0, lags: remainderLags }),
  seasonalProfile('profile', { gains: gains(0.1, 0.2), spill: 0.3, lags: remainderLags }),
  seasonalProfile('profile-slow', { gains: gains(0.05, 0.1), spill: 0.3, lags: nearest }),
  seasonalProfile('profile-long', { gains: gains(0.1, 0.1), spill: 0, lags: dayDifferenceLags }),
  harmonicRegression('harmonic', false),
  harmonicRegression('harmonic-log', true),
  autoregression('ar', { ...level, log: false }),
  autoregression('ar-log', { ...level, log: true }),
  autoregression('ar-day', { ...day, log: false }),
  autoregression('ar-step', { ...step, log: false }),
  autoregression('ar-step-log', { ...step, log: true }),
];

/** Those whose errors over a long time say how hard a series is, averaged. */
export const steadyMembers: ReadonlySet<string> = new Set([
  'profile',
  'profile-long',
  'harmonic-log',
  'ar',
  'ar-day',
  'ar-step',
  'ar-step-log',
]);

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
  pooledLinear('pooled-log', { input: weeks(3), normalise: byWeek, log: true }),
  pooledLinear('pooled-change', { input: weeks(1), normalise: byLastValue, log: false }),
  pooledProcess('process', { input: weeks(3), log: false }),
  pooledProcess('process-log', { input: weeks(3), log: true }),
  pooledNetwork('network-log-week', { ...network, input: weeks(2), log: true, base: longestSeason }),
  pooledNetwork('network-log-straight', { ...network, input: weeks(2), log: true, straight: true }),
];
