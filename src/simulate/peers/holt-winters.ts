/**
 * The Predictive Horizontal Pod Autoscaler with its Holt-Winters model
 * (https://predictive-horizontal-pod-autoscaler.readthedocs.io/en/latest/user-guide/models/): at every interval the
 * replicas that the HPA computed are stored, up to `storedSeasons` seasons of them; triple smoothing over what is
 * stored predicts the next one, rounded up; the larger of prediction and HPA is set (`decisionType: maximum`). Its
 * tuning hook for alpha, beta and gamma is played by least squares over the stored replicas, once, at the end of the
 * warm-up or as soon after it as two seasons are stored. `maxReplicas`, which has no default, is what the target makes
 * of the largest load so far; it holds for the prediction only. Without metrics nothing is computed, and the value
 * stored last is stored again to keep the season in step. Interval and season are variants, the HPA's target is the
 * ladder.
 */
import type { WorkloadCard } from '../policy.ts';
import { plannedStartUpMs } from '../start-up.ts';
import { dayMs } from './calendar.ts';
import { hpaBeside, targetLadder } from './ladders.ts';
import type { Peer, StartAt } from './peer.ts';
import { type Constants, smooth } from './triple-smoothing.ts';

/** As in the documentation's example. */
const STORED_SEASONS = 4;

/** A prediction of exactly 4 replicas must not become 5. */
const FLOAT_NOISE = 1e-9;

const minuteMs = 60_000;

export interface Model {
  /** Between two predictions; the prediction is for the end of it. */
  readonly intervalMs: number;
  readonly seasonMs: number;
}

const models: readonly Model[] = [
  { intervalMs: 10 * minuteMs, seasonMs: dayMs },
  { intervalMs: 30 * minuteMs, seasonMs: dayMs },
  { intervalMs: 30 * minuteMs, seasonMs: 7 * dayMs },
];

export const holtWinters: Peer<number> = {
  variants: models.map((model) => (card) => startHoltWinters(card, model)),
  ladder: targetLadder,
};

const untuned: Constants = { alpha: 0.3, beta: 0.01, gamma: 0.2 };

const choices: readonly Constants[] = [0.1, 0.3, 0.6, 0.9].flatMap((alpha) =>
  [0, 0.01, 0.1].flatMap((beta) => [0.05, 0.2, 0.5].map((gamma) => ({ alpha, beta, gamma }))),
);

export function startHoltWinters(card: WorkloadCard, { intervalMs, seasonMs }: Model): StartAt<number> {
  return (target, timetable) => {
    const reactive = hpaBeside(target, card, timetable);
    const ahead = divisorOf(seasonMs, Math.max(intervalMs, plannedStartUpMs(card.startUp)), timetable.decideMs);
    const rows = ahead / timetable.decideMs;
    const season = seasonMs / ahead;
    let stored: number[] = [];
    let constants: Constants | undefined;
    let predicted = 1;
    let largest = 0;
    return (view, moment) => {
      const load = view.rates[view.known - 1] ?? Number.NaN;
      const computed = reactive(view, moment);
      largest = Math.max(largest, Number.isNaN(load) ? 0 : load);
      if (moment.row % rows === 0) {
        const value = Number.isNaN(load) ? (stored.at(-1) ?? 1) : computed;
        stored = [...stored, value].slice(-STORED_SEASONS * season);
        if (stored.length >= 2 * season) {
          if (moment.row >= timetable.warmUpRows) constants ??= leastSquares(stored, season);
          const next = smooth(stored, season, constants ?? untuned).next;
          predicted = Math.min(Math.ceil(next - FLOAT_NOISE), Math.ceil(largest / (card.perReplica * target)));
        }
      }
      return Math.max(computed, predicted);
    };
  };
}

/** The shortest span of at least `leastMs` that is a whole part of the season and a whole number of decisions. */
function divisorOf(seasonMs: number, leastMs: number, decideMs: number): number {
  for (let parts = Math.floor(seasonMs / leastMs); parts > 1; parts--)
    if (Number.isInteger(seasonMs / parts / decideMs)) return seasonMs / parts;
  return seasonMs;
}

function leastSquares(stored: readonly number[], season: number): Constants {
  const errors = choices.map((constants) => smooth(stored, season, constants).squaredError);
  return choices[errors.indexOf(Math.min(...errors))]!;
}
