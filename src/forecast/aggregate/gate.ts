/**
 * The aggregate acts only while it beats both yardsticks on this series, and every hour is judged:
 *
 *     in shadow ── wealth of 20 reached against both, and the time that counts for it ──▶ acting
 *     acting ── wealth ≥ 20 of the opposite bet and more loss in the time that counts,
 *               or the last week clearly against it, or half a day's loss more in a day ──▶ in shadow
 *
 * A state lasts a day at least; the wait in shadow doubles with each demotion, up to two weeks. In shadow the better
 * yardstick acts. What counts is the last week, of a young workload the newer half of its life: on its first day both
 * yardsticks are without a season. All are calibrated alike, else the test would measure calibration.
 */
import type { ContenderName, GateCause, GateChange } from '../../domain/forecast.ts';
import { gateCauses, yardstickNames } from '../../domain/forecast.ts';
import { BET_NUMBERS, ENOUGH_WEALTH, placeBet, restartBet } from './betting.ts';
import { reasonOf, verdictOf } from './gate-words.ts';
import { type HourlyLosses, type MeanLosses, openHourlyLosses, WEEK_HOURS } from './hourly-losses.ts';
import type { StateStore } from './state-store.ts';

export const CONTENDERS = ['aggregate', ...yardstickNames] as const satisfies readonly ContenderName[];

export interface Gate {
  /** Loss of one outcome for each contender, in any unit that they share; NaN for one that had no forecast. */
  add(losses: Float64Array): void;
  /** To be called after every step, with the step that has ended. */
  endStep(step: number): void;
  /** Index into CONTENDERS. */
  acting(): number;
  /** Step behind which it acts; NaN from the beginning. */
  actingSince(): number;
  verdict(): string;
  lastChange(): GateChange | undefined;
}

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const LEAST_STAY_HOURS = 24;
const LONGEST_WAIT_HOURS = 14 * 24;
/** One chance in a hundred when both are equal, because it is looked at every hour. */
const CLEARLY_WORSE = -2.33;
/** What a day lost more, in losses of a day: where the time that counts is against it too, bad day included, and where not. */
const FAR_WORSE = 0.5;
const FAR_WORSE_ONCE = 0.85;
/** Who acts is not changed for less than this share of the loss of a week. */
const MARGIN = 0.02;
const AGGREGATE = 0;
const [NAIVE, SMOOTHING] = [1, 2] as const;
const YARDSTICKS = [NAIVE, SMOOTHING] as const;

/** Single numbers of the state; steps are absolute, NaN for none. */
const NUMBERS = [
  'acting',
  'since',
  'stateSince',
  'demotions',
  'hour',
  'changedAt',
  'from',
  'to',
  'cause',
  'measure',
] as const;
const PLACE = Object.fromEntries(NUMBERS.map((name, i) => [name, i])) as {
  readonly [name in (typeof NUMBERS)[number]]: number;
};
const UNSET: readonly number[] = [PLACE.since, PLACE.stateSince, PLACE.hour, PLACE.changedAt];

/**
 * @param credit - wealth that the bets for the aggregate begin with, ≥ 1: what the fleet has shown of its like. With it the
 *   chance of a promotion by mistake is at most `credit` · 5 %
 */
export function startGate(stepMs: number, store: StateStore, credit = 1): Gate {
  const state = openState(store);
  const losses = openHourlyLosses(CONTENDERS.length, store);
  const bets = startBets(store, credit);
  const stepsPerHour = Math.max(1, Math.round(HOUR_MS / stepMs));

  function turn(to: number, cause: GateCause, measure: number, step: number): void {
    if (state[PLACE.acting] === AGGREGATE) state[PLACE.demotions]! += 1;
    state[PLACE.from] = state[PLACE.acting]!;
    state[PLACE.changedAt] = state[PLACE.since] = state[PLACE.stateSince] = step;
    state[PLACE.to] = state[PLACE.acting] = to;
    state[PLACE.cause] = gateCauses.indexOf(cause);
    state[PLACE.measure] = measure;
    bets.restart();
  }

  function judgeShadow(step: number, stayed: number): void {
    const weakest = bets.weakestFor();
    const isFor = YARDSTICKS.every((j) => isBetter(losses, j));
    if (weakest >= ENOUGH_WEALTH && stayed >= waitHours(state[PLACE.demotions]!) && isFor) {
      turn(AGGREGATE, 'beats-both', weakest, step);
      return;
    }
    const better = betterYardstick(losses, state[PLACE.acting]!);
    if (better === state[PLACE.acting]) return;
    state[PLACE.acting] = better;
    state[PLACE.since] = step;
  }

  function judgeActing(step: number, stayed: number): void {
    if (stayed < LEAST_STAY_HOURS) return;
    for (const j of YARDSTICKS) {
      const found = againstAggregate(losses, j, bets.against(j));
      if (!found) continue;
      turn(betterYardstick(losses, j), found.cause, found.measure, step);
      return;
    }
  }

  function endHour(step: number): void {
    losses.close();
    for (const j of YARDSTICKS) bets.place(j, losses.difference(AGGREGATE, j));
    if (Number.isNaN(state[PLACE.stateSince]!)) state[PLACE.stateSince] = step;
    const stayed = (step - state[PLACE.stateSince]!) / stepsPerHour;
    if (state[PLACE.acting] === AGGREGATE) judgeActing(step, stayed);
    else judgeShadow(step, stayed);
  }

  return {
    add: losses.add,
    endStep(step) {
      const hour = Math.floor((step + 1) / stepsPerHour);
      const isFirst = Number.isNaN(state[PLACE.hour]!);
      if (hour === state[PLACE.hour]) return;
      state[PLACE.hour] = hour;
      if (!isFirst) endHour(step);
    },
    acting: () => state[PLACE.acting]!,
    actingSince: () => state[PLACE.since]!,
    verdict: () => verdictOf(CONTENDERS[state[PLACE.acting]!]!, compare(losses)),
    lastChange: () => changeOf(state, stepMs),
  };
}

/** @param state - `state.gate` of a saved aggregate. @returns whether the aggregate acts in it, and no yardstick */
export function actsIn(state: Float64Array): boolean {
  return state[PLACE.acting] === AGGREGATE;
}

/** As `state.gate` of a saved aggregate: it acts from the step behind `step` on, and is judged from then. */
export function actingGate(step: number): Float64Array {
  return Float64Array.from(NUMBERS, (name, i) => {
    if (name === 'since' || name === 'stateSince') return step;
    return name === 'acting' ? AGGREGATE : firstNumber(i);
  });
}

function openState(store: StateStore): Float64Array {
  return store.doubles('gate', NUMBERS.length, firstNumber);
}

function firstNumber(i: number): number {
  if (UNSET.includes(i)) return Number.NaN;
  return i === PLACE.acting ? NAIVE : 0;
}

function compare(losses: HourlyLosses): readonly MeanLosses[] {
  return YARDSTICKS.map((j) => losses.means(WEEK_HOURS, AGGREGATE, j));
}

/** No wait before the first promotion: nothing has failed yet. */
function waitHours(demotions: number): number {
  return demotions === 0 ? 0 : Math.min(LONGEST_WAIT_HOURS, LEAST_STAY_HOURS * 2 ** (demotions - 1));
}

/** In the sum and in most hours alike: bets cut what is far off, so a few disasters in good hours would not show in them. */
function isBetter(losses: HourlyLosses, yardstick: number): boolean {
  const { a, b } = losses.means(losses.counting(), AGGREGATE, yardstick);
  return a < b && losses.statistic(losses.counting(), AGGREGATE, yardstick) > 0;
}

/** The one with the smaller loss; the one that acts is given the margin. */
function betterYardstick(losses: HourlyLosses, acting: number): number {
  const { a: naive, b: smoothing, hours } = losses.means(losses.counting(), NAIVE, SMOOTHING);
  if (hours === 0) return NAIVE;
  if (acting === SMOOTHING) return naive < smoothing * (1 - MARGIN) ? NAIVE : SMOOTHING;
  return smoothing < naive * (1 - MARGIN) ? SMOOTHING : NAIVE;
}

function againstAggregate(
  losses: HourlyLosses,
  yardstick: number,
  wealth: number,
): { readonly cause: GateCause; readonly measure: number } | undefined {
  const day = losses.means(DAY_HOURS, AGGREGATE, yardstick);
  const counting = losses.means(losses.counting(), AGGREGATE, yardstick);
  // Twice the loss of a quiet day is next to nothing.
  const far = (counting.a > counting.b ? FAR_WORSE : FAR_WORSE_ONCE) * Math.max(day.b, counting.b);
  if (day.hours >= DAY_HOURS / 2 && day.a > day.b + far) return { cause: 'worse-today', measure: day.a / day.b };
  if (wealth >= ENOUGH_WEALTH && counting.a > counting.b) return { cause: 'loses', measure: wealth };
  const week = losses.means(WEEK_HOURS, AGGREGATE, yardstick);
  if (week.hours < DAY_HOURS || week.a <= week.b * (1 + MARGIN)) return undefined;
  const statistic = losses.statistic(WEEK_HOURS, AGGREGATE, yardstick);
  return statistic < CLEARLY_WORSE ? { cause: 'window', measure: statistic } : undefined;
}

interface Bets {
  /** @param difference - positive when the aggregate was better; NaN places none */
  place(yardstick: number, difference: number): void;
  /** Wealth of betting for the aggregate, against the yardstick that is harder to beat. */
  weakestFor(): number;
  against(yardstick: number): number;
  restart(): void;
}

function startBets(store: StateStore, credit: number): Bets {
  const first = (i: number) => (i % BET_NUMBERS > 0 ? 0 : i < YARDSTICKS.length * BET_NUMBERS ? credit : 1);
  const state = store.doubles('gate.bets', 2 * YARDSTICKS.length * BET_NUMBERS, first);
  const placeFor = (yardstick: number) => (yardstick - 1) * BET_NUMBERS;
  const placeAgainst = (yardstick: number) => (YARDSTICKS.length + yardstick - 1) * BET_NUMBERS;
  return {
    place(yardstick, difference) {
      if (Number.isNaN(difference)) return;
      // What was believed once stays believed: the bound is on ever reaching it. The two proofs need not fall together.
      if (state[placeFor(yardstick)]! < ENOUGH_WEALTH) placeBet(state, placeFor(yardstick), difference);
      placeBet(state, placeAgainst(yardstick), -difference);
    },
    weakestFor: () => Math.min(...YARDSTICKS.map((j) => state[placeFor(j)]!)),
    against: (yardstick) => state[placeAgainst(yardstick)]!,
    restart() {
      for (const j of YARDSTICKS) {
        restartBet(state, placeFor(j));
        restartBet(state, placeAgainst(j));
      }
    },
  };
}

function changeOf(state: Float64Array, stepMs: number): GateChange | undefined {
  if (Number.isNaN(state[PLACE.changedAt]!)) return undefined;
  const cause = gateCauses[state[PLACE.cause]!]!;
  return {
    kind: state[PLACE.to] === AGGREGATE ? 'promoted' : 'demoted',
    cause,
    atMs: (state[PLACE.changedAt]! + 1) * stepMs,
    from: CONTENDERS[state[PLACE.from]!]!,
    to: CONTENDERS[state[PLACE.to]!]!,
    reason: reasonOf(cause, state[PLACE.measure]!),
  };
}
