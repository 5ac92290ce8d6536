/**
 * Crane's EffectiveHorizontalPodAutoscaler with its DSP prediction
 * (https://gocrane.io/docs/core-concept/timeseries-forecasting-by-dsp/): twice a day the history is cleaned, searched
 * for a daily or weekly period, and continued by one cycle; the largest prediction within the prediction window is a
 * second metric of the HPA, at the same target per replica as the real one, and the larger count wins. While no period
 * is found the last prediction stands as far as it reaches, then only the HPA acts. History and estimators are
 * variants, the target is the ladder.
 */

import type { WorkloadCard } from '../policy.ts';
import { createSlidingMax } from '../sliding-max.ts';
import { dayMs, hourMs } from './calendar.ts';
import { cleanSignal } from './clean-signal.ts';
import { bestEstimator, type Estimator, estimate } from './estimators.ts';
import { hpaBeside, targetLadder } from './ladders.ts';
import type { Peer, StartAt } from './peer.ts';
import { detectPeriod } from './period.ts';

/** `predictionWindowSeconds` of the documentation's example. */
const WINDOW_MS = hourMs;
const REFRESH_MS = 12 * hourMs;

export interface Prediction {
  readonly historyMs: number;
  readonly estimators: readonly Estimator[];
}

/** Crane's own list for when none is given: few or many components, by margins of 1 to 20 %. */
const spectral: readonly Estimator[] = [
  { minNumOfSpectrumItems: 3, lowAmplitudeThreshold: 1, maxNumOfSpectrumItems: 100, highFrequencyThreshold: 1 / 3600 },
  {
    minNumOfSpectrumItems: 50,
    lowAmplitudeThreshold: 0.05,
    maxNumOfSpectrumItems: 100,
    highFrequencyThreshold: 1 / 3600,
  },
].flatMap((limits) =>
  [0.01, 0.1, 0.15, 0.2].map((marginFraction) => ({ kind: 'fft', marginFraction, limits }) as const),
);

const largest: readonly Estimator[] = [{ kind: 'max-value', marginFraction: 0 }];

const predictions: readonly Prediction[] = [
  { historyMs: 7 * dayMs, estimators: spectral },
  { historyMs: 15 * dayMs, estimators: spectral },
  { historyMs: 15 * dayMs, estimators: largest },
];

export const fftProfile: Peer<number> = {
  variants: predictions.map((prediction) => (card) => startFftProfile(card, prediction)),
  ladder: targetLadder,
};

/** Loads to expect, each the largest of the prediction window that begins there, in busy replicas. */
interface Outlook {
  readonly firstStep: number;
  readonly loads: Float64Array;
}

const nothingInSight: Outlook = { firstStep: 0, loads: new Float64Array() };

export function startFftProfile(card: WorkloadCard, prediction: Prediction): StartAt<number> {
  const outlooks = new Map<number, Outlook>();
  return (target, timetable) => {
    const { stepMs } = timetable;
    const reactive = hpaBeside(target, card, timetable);
    const refreshSteps = Math.max(1, Math.round(REFRESH_MS / stepMs));
    let outlook = nothingInSight;
    return (view, moment) => {
      const refresh = Math.floor(view.known / refreshSteps) * refreshSteps;
      if (!outlooks.has(refresh))
        outlooks.set(refresh, lookAhead(card, prediction, view.rates.subarray(0, refresh), stepMs) ?? outlook);
      outlook = outlooks.get(refresh)!;
      const load = outlook.loads[view.known - outlook.firstStep] ?? 0;
      return Math.max(1, Math.ceil(load / target), reactive(view, moment));
    };
  };
}

/** @returns undefined without a period: what was predicted before stays in force as far as it reaches */
function lookAhead(
  card: WorkloadCard,
  { historyMs, estimators }: Prediction,
  rates: Float64Array,
  stepMs: number,
): Outlook | undefined {
  const recent = rates.subarray(Math.max(0, rates.length - Math.round(historyMs / stepMs)));
  const signal = cleanSignal(recent, stepMs).map((rate) => rate / card.perReplica);
  const periodMs = detectPeriod(signal, stepMs, [dayMs, 7 * dayMs]);
  if (periodMs === undefined) return undefined;
  const cycle = periodMs / stepMs;
  const whole = signal.subarray(signal.length % cycle);
  const [next] = estimate(whole, cycle, stepMs, [bestEstimator(whole, cycle, stepMs, estimators)]);
  return { firstStep: rates.length, loads: largestWithin(next!, Math.max(1, Math.round(WINDOW_MS / stepMs))) };
}

/** Of `steps` values from each place on, as far as there are so many. */
function largestWithin(values: Float64Array, steps: number): Float64Array {
  const window = createSlidingMax();
  const maxima = new Float64Array(values.length);
  for (let end = 0; end < values.length; end++) {
    window.push(end, values[end]!);
    if (end - steps + 1 >= 0) maxima[end - steps + 1] = window.since(end - steps + 1)!;
  }
  return maxima;
}
