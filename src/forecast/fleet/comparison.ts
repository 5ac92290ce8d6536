/**
 * Which of two forecasts of one workload is to be listened to: that on its own history, or that on borrowed history. Both
 * forecast a quarter of an hour and an hour ahead all the time; what comes judges both.
 *
 *     own ── loss with borrowed history ≤ 0.9 of the own, at neither horizon above it by 5 % ──▶ borrowed
 *     borrowed ── loss above the own ──▶ own
 *
 * Nothing is believed beforehand: on recorded load a donor that is not alike loses up to nine times as much as persistence
 * in the first hours.
 */
import type { Forecast, OnlineForecaster } from '../../domain/forecast.ts';
import { pinball } from '../pinball.ts';

export interface Comparison {
  /** Judges what was said of the step that has ended. @param step - absolute number of it */
  judge(step: number, y: number): void;
  /** Lets both say something. @param step - absolute number of the one that comes next */
  ask(step: number): void;
  isBorrowed(): boolean;
  /** Loss on borrowed history over that on own history, over horizons; NaN before there are enough outcomes. */
  lossRatio(): number;
  /** Goes on from here; what waits for its outcome is left out. */
  save(): Float64Array;
}

const AHEAD_MS = [15 * 60_000, 60 * 60_000] as const;
const EVERY_MS = 15 * 60_000;
/** What capacity is planned with, and the middle. */
const LEVELS = [0.5, 0.9, 0.99] as const;
const HALF_LIFE_MS = 8 * 3_600_000;
/** An hour of outcomes at each horizon. */
const FEWEST = 4;
const ENTER = 0.9;
const LEAVE = 1;
const MOST_AT_ONE_HORIZON = 1.05;

/** Sums of one horizon: losses on own and on borrowed history, and outcomes. */
const NUMBERS = 3;

export function startComparison(
  own: OnlineForecaster,
  borrowed: OnlineForecaster,
  stepMs: number,
  saved?: Float64Array,
): Comparison {
  const horizons = [...new Set(AHEAD_MS.map((ms) => Math.max(1, Math.round(ms / stepMs))))];
  const every = Math.max(1, Math.round(EVERY_MS / stepMs));
  const kept = 0.5 ** ((every * stepMs) / HALF_LIFE_MS);
  const record = new Float64Array(1 + NUMBERS * AHEAD_MS.length);
  if (saved?.length === record.length) record.set(saved);
  const waiting = new Map<number, readonly (readonly [horizon: number, losses: readonly Loss[]])[]>();

  const isEnough = () => horizons.every((_, i) => record[1 + NUMBERS * i + 2]! >= FEWEST);
  const ratios = () => horizons.map((_, i) => relative(record[1 + NUMBERS * i + 1]!, record[1 + NUMBERS * i]!));

  function decide(): void {
    if (!isEnough()) return;
    const all = ratios();
    const ratio = geometricMean(all);
    // NaN, of one that is exact at one horizon and the other at the other, is no reason to listen to another's history.
    if (record[0] === 1) record[0] = ratio <= LEAVE ? 1 : 0;
    else record[0] = ratio <= ENTER && Math.max(...all) <= MOST_AT_ONE_HORIZON ? 1 : 0;
  }

  return {
    judge(step, y) {
      const due = waiting.get(step);
      waiting.delete(step);
      if (!due || Number.isNaN(y)) return;
      for (const [i, losses] of due) {
        const at = 1 + NUMBERS * i;
        for (const [k, lossAt] of losses.entries()) record[at + k] = kept * record[at + k]! + lossAt(y);
        record[at + 2]! += 1;
      }
      decide();
    },
    ask(step) {
      if (step % every !== 0) return;
      const said = [own, borrowed].map((one) => one.forecast(horizons.at(-1)!, LEVELS));
      for (const [i, horizon] of horizons.entries()) {
        const target = step + horizon - 1;
        const losses = said.map((forecast) => lossOf(forecast, horizon - 1));
        waiting.set(target, [...(waiting.get(target) ?? []), [i, losses]]);
      }
    },
    isBorrowed: () => record[0] === 1,
    lossRatio: () => (isEnough() ? geometricMean(ratios()) : Number.NaN),
    save: () => record.slice(),
  };
}

type Loss = (y: number) => number;

/** Pinball loss of what was said of one step. */
function lossOf({ quantiles }: Forecast, ahead: number): Loss {
  const said = quantiles.map((row) => row[ahead]!);
  return (y) => said.reduce((sum, q, j) => sum + pinball(LEVELS[j]!, y, q), 0) / LEVELS.length;
}

/** Two that are exact are alike. */
function relative(borrowed: number, own: number): number {
  return borrowed === own ? 1 : borrowed / own;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
