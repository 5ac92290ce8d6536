/**
 * Reinforcement learning in its tabular form, as surveyed by Garí et al. (Reinforcement learning-based application
 * autoscaling in the cloud, 2021, arXiv 2001.09957) and used on replicas by Rossi (ZEUS 2020, 2021): the state is need
 * over replicas, the slope of the expected day, the hour, and whether replicas are starting (without which a start-up
 * time makes it non-Markov); the action adds or removes replicas; the reward prices replicas, missing replicas and
 * changes. Trained once, on replays of the past at the end of the warm-up, and clipped to a reactive floor, the need of
 * the last step, and to the largest need so far. How long a peak stays in the state is a variant, the price of a missing replica is the ladder.
 */
import { neededByStep } from '../needed.ts';
import type { WorkloadCard, WorkloadView } from '../policy.ts';
import type { Timetable } from '../timetable.ts';
import type { Peer, StartAt } from './peer.ts';
import { createSenses, type Senses } from './q-senses.ts';
import type { QTable } from './q-table.ts';
import { trainQTable } from './q-training.ts';
import { actions, dayShape, KEEP } from './q-world.ts';

const minuteMs = 60_000;

export const qLearning: Peer<number> = {
  variants: [5, 1, 15].map((minutes) => (card) => startQLearning(card, minutes * minuteMs)),
  ladder: Array.from({ length: 15 }, (_, rung) => 2 ** (rung + 1)),
};

/** @param windowMs - how long the largest need is perceived */
export function startQLearning(card: WorkloadCard, windowMs: number): StartAt<number> {
  return (shortagePrice, timetable, seed) => {
    const windowSteps = Math.max(1, Math.round(windowMs / timetable.stepMs));
    let senses = createSenses(card, windowSteps, () => 1);
    let table: QTable | undefined;
    let seen = 0;
    return (view, { row, nowMs }) => {
      if (row >= timetable.warmUpRows && table === undefined) {
        const learned = learn(card, windowSteps, view, timetable, shortagePrice, seed);
        table = learned.table;
        senses = learned.senses();
        seen = 0;
      }
      for (; seen < view.known; seen++) senses.see(view.rates[seen]!);
      if (table === undefined) return senses.clip(1);
      const action = table.best(senses.state(nowMs, view.desired, view.ready)) ?? KEEP;
      return senses.clip(view.desired + actions[action]!);
    };
  };
}

function learn(
  card: WorkloadCard,
  windowSteps: number,
  view: WorkloadView,
  timetable: Timetable,
  shortagePrice: number,
  seed: number,
): { readonly table: QTable; readonly senses: () => Senses } {
  const rates = view.rates.slice(0, view.known);
  const shape = dayShape(rates, timetable.startMs, timetable.stepMs);
  const senses = () => createSenses(card, windowSteps, shape);
  const needed = neededByStep({ startMs: timetable.startMs, stepMs: timetable.stepMs, values: rates }, card.need);
  return { senses, table: trainQTable({ card, rates, timetable, needed, senses, shortagePrice }, seed) };
}
