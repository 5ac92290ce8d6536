/**
 * The aggregate acts only while it beats both yardsticks on this series, and every hour is judged:
 *
 *     in shadow ── wealth ≥ 20 against both, and the last week for it ──▶ acting
 *     acting ── wealth ≥ 20 of the opposite bet, or the last week clearly against it, or 1.5 × the loss of a day ──▶ in shadow
 *
 * A state lasts a day at least; the wait in shadow doubles with each demotion, up to two weeks. In shadow the better
 * yardstick acts. All are calibrated alike, else the test would measure calibration.
 */
import type { ContenderName, GateCause, GateChange } from '../../domain/forecast.ts';
import { yardstickNames } from '../../domain/forecast.ts';
import { dieboldMariano } from '../compare.ts';
import { BET_NUMBERS, ENOUGH_WEALTH, placeBet, restartBet } from './betting.ts';
import type { StateStore } from './state-store.ts';

export const CONTENDERS = ['aggregate', ...yardstickNames] as const satisfies readonly ContenderName[];

export interface Gate {
  /** Loss of one outcome for each contender, in any unit that they share; NaN for one that had no forecast. */
  add(losses: Float64Array): void;
  /** To be called after every step, with the step that has ended. */
  endStep(step: number): void;
  /** Index into CONTENDERS. */
  acting(): number;
  actingSince(): number;
  verdict(): string;
  lastChange(): GateChange | undefined;
}

const HOUR_MS = 3_600_000;
const WEEK = 168;
const DAY = 24;
const LEAST_STAY_HOURS = 24;
const LONGEST_WAIT_HOURS = 14 * 24;
const CLEARLY_WORSE = -1.64;
const FAR_WORSE = 1.5;
/** Who acts is not changed for less than this share of the loss of a week. */
const MARGIN = 0.02;
const CAUSES: readonly GateCause[] = ['beats-both', 'loses', 'window', 'worse-today'];

/** Places in the array of single numbers. */
const [
  ACTING,
  SINCE,
  HOURS,
  DEMOTIONS,
  OPEN_BUCKET,
  CHANGED_AT,
  CHANGED_FROM,
  CHANGED_TO,
  CAUSE,
  MEASURE,
  STARTED,
  STATE_SINCE,
] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;

export function startGate(stepMs: number, store: StateStore): Gate {
  const N = CONTENDERS.length;
  const single = store.doubles('gate', 12);
  const open = store.doubles('gate.open', 2 * N);
  const hours = store.singles('gate.hours', WEEK * N, Number.NaN);
  const bets = store.doubles('gate.bets', 2 * (N - 1) * BET_NUMBERS);
  const bucketSteps = Math.max(1, Math.round(HOUR_MS / stepMs));
  if (single[STARTED] === 0) {
    single[STARTED] = 1;
    single[ACTING] = 1;
    single[SINCE] = Number.NaN;
    single[STATE_SINCE] = Number.NaN;
    single[OPEN_BUCKET] = Number.NaN;
    restartBets();
  }

  function restartBets(): void {
    for (let j = 0; j < 2 * (N - 1); j++) restartBet(bets, j * BET_NUMBERS);
  }

  /** Mean loss over the newest `n` hours in which both had one. */
  function meanLosses(
    n: number,
    a: number,
    b: number,
  ): { readonly a: number; readonly b: number; readonly hours: number } {
    let [sumA, sumB, count] = [0, 0, 0];
    for (let k = 1; k <= Math.min(n, WEEK); k++) {
      const row = ((single[HOURS]! - k + WEEK * 2) % WEEK) * N;
      const [x, y] = [hours[row + a]!, hours[row + b]!];
      if (k > single[HOURS]! || Number.isNaN(x + y)) continue;
      sumA += x;
      sumB += y;
      count += 1;
    }
    return { a: sumA / count, b: sumB / count, hours: count };
  }

  function weekAgainst(j: number): number {
    const d: number[] = [];
    for (let k = Math.min(WEEK, single[HOURS]!); k >= 1; k--) {
      const row = ((single[HOURS]! - k + WEEK * 2) % WEEK) * N;
      const x = differenceOf(hours[row]!, hours[row + j]!);
      if (!Number.isNaN(x)) d.push(x);
    }
    // Neighbouring hours are alike; a quarter of a day covers it.
    return dieboldMariano(d, Math.min(6, Math.max(1, Math.round(d.length / 8))));
  }

  function change(to: number, cause: GateCause, measure: number, step: number): void {
    single[CHANGED_FROM] = single[ACTING]!;
    single[CHANGED_TO] = to;
    single[CHANGED_AT] = step;
    single[CAUSE] = 1 + CAUSES.indexOf(cause);
    single[MEASURE] = measure;
    if (single[ACTING] === 0) single[DEMOTIONS]! += 1;
    single[ACTING] = to;
    single[SINCE] = step;
    single[STATE_SINCE] = step;
    restartBets();
  }

  function betterYardstick(): number {
    const { a, b } = meanLosses(WEEK, 1, 2);
    if (Number.isNaN(a + b))
      return Number.isNaN(hours[((single[HOURS]! - 1 + WEEK) % WEEK) * N + 2]!) ? 1 : single[ACTING]! || 1;
    if (single[ACTING] === 2) return a < b * (1 - MARGIN) ? 1 : 2;
    return b < a * (1 - (single[ACTING] === 1 ? MARGIN : 0)) ? 2 : 1;
  }

  function judgeShadow(step: number, stayed: number): void {
    const wait = Math.min(LONGEST_WAIT_HOURS, LEAST_STAY_HOURS * 2 ** Math.max(0, single[DEMOTIONS]! - 1));
    const isOver = single[DEMOTIONS] === 0 || stayed >= wait;
    let weakest = Number.POSITIVE_INFINITY;
    for (let j = 1; j < N; j++) weakest = Math.min(weakest, bets[(j - 1) * BET_NUMBERS]!);
    if (isOver && weakest >= ENOUGH_WEALTH && [1, 2].every((j) => weekAgainst(j) > 0)) {
      change(0, 'beats-both', weakest, step);
      return;
    }
    const better = betterYardstick();
    if (better !== single[ACTING]) {
      single[ACTING] = better;
      single[SINCE] = step;
    }
  }

  function judgeActing(step: number, stayed: number): void {
    if (stayed < LEAST_STAY_HOURS) return;
    for (let j = 1; j < N; j++) {
      const day = meanLosses(DAY, 0, j);
      const ratio = day.a / day.b;
      if (day.hours >= DAY / 2 && ratio > FAR_WORSE) return change(betterYardstick(), 'worse-today', ratio, step);
      const against = bets[(N - 1 + j - 1) * BET_NUMBERS]!;
      if (against >= ENOUGH_WEALTH) return change(betterYardstick(), 'loses', against, step);
      const week = weekAgainst(j);
      if (week < CLEARLY_WORSE && meanLosses(WEEK, 0, j).hours >= DAY)
        return change(betterYardstick(), 'window', week, step);
    }
  }

  function closeHour(step: number): void {
    const row = (single[HOURS]! % WEEK) * N;
    for (let c = 0; c < N; c++) hours[row + c] = open[N + c]! > 0 ? open[c]! / open[N + c]! : Number.NaN;
    open.fill(0);
    single[HOURS]! += 1;
    for (let j = 1; j < N; j++) {
      const d = differenceOf(hours[row]!, hours[row + j]!);
      if (Number.isNaN(d)) continue;
      placeBet(bets, (j - 1) * BET_NUMBERS, d);
      placeBet(bets, (N - 1 + j - 1) * BET_NUMBERS, -d);
    }
    if (Number.isNaN(single[SINCE]!)) single[SINCE] = single[STATE_SINCE] = step;
    const stayed = (step - single[STATE_SINCE]!) / bucketSteps;
    if (single[ACTING] === 0) judgeActing(step, stayed);
    else judgeShadow(step, stayed);
  }

  function verdict(): string {
    const acting = CONTENDERS[single[ACTING]!]!;
    const parts = yardstickNames.map((name, k) => {
      const { a, b, hours: n } = meanLosses(WEEK, 0, k + 1);
      if (n === 0) return `not yet compared with ${name}`;
      const share = `${Math.abs(100 * (1 - a / b)).toFixed(1)} %`;
      return `${a <= b ? 'better' : 'worse'} than ${name} by ${share} over ${n} h`;
    });
    return `${acting} acts: the aggregate is ${parts.join(', ')}`;
  }

  return {
    add(losses) {
      if (Number.isNaN(losses[0]!)) return;
      for (let c = 0; c < N; c++) {
        if (Number.isNaN(losses[c]!)) continue;
        open[c]! += losses[c]!;
        open[N + c]! += 1;
      }
    },
    endStep(step) {
      const bucket = Math.floor((step + 1) / bucketSteps);
      if (Number.isNaN(single[OPEN_BUCKET]!)) single[OPEN_BUCKET] = bucket;
      if (bucket === single[OPEN_BUCKET]) return;
      single[OPEN_BUCKET] = bucket;
      closeHour(step);
    },
    acting: () => single[ACTING]!,
    actingSince: () => single[SINCE]!,
    verdict,
    lastChange() {
      if (single[CAUSE] === 0) return undefined;
      const cause = CAUSES[single[CAUSE]! - 1]!;
      return {
        kind: single[CHANGED_TO] === 0 ? 'promoted' : 'demoted',
        cause,
        atMs: (single[CHANGED_AT]! + 1) * stepMs,
        from: CONTENDERS[single[CHANGED_FROM]!]!,
        to: CONTENDERS[single[CHANGED_TO]!]!,
        reason: reasonOf(cause, single[MEASURE]!),
      };
    },
  };
}

function reasonOf(cause: GateCause, measure: number): string {
  switch (cause) {
    case 'beats-both':
      return `beats both yardsticks: evidence ${measure.toFixed(0)} to 1, ${ENOUGH_WEALTH} to 1 needed`;
    case 'loses':
      return `loses against a yardstick: evidence ${measure.toFixed(0)} to 1`;
    case 'window':
      return `worse than a yardstick over the last week, statistic ${measure.toFixed(2)}`;
    case 'worse-today':
      return `${measure.toFixed(1)} times the loss of a yardstick over the last day`;
  }
}

function differenceOf(loss: number, other: number): number {
  const sum = loss + other;
  if (Number.isNaN(sum)) return Number.NaN;
  return sum > 0 ? (other - loss) / sum : 0;
}
