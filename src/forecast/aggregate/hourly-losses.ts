/** Mean losses of the contenders, hour by hour, over the last week. */
import { dieboldMariano } from '../compare.ts';
import type { StateStore } from './state-store.ts';

export interface MeanLosses {
  readonly a: number;
  readonly b: number;
  /** Hours in which both had one. */
  readonly hours: number;
}

export interface HourlyLosses {
  /** Loss of one outcome for each contender, in any unit that they share; NaN for one that had no forecast. */
  add(losses: Float64Array): void;
  /** Ends an hour. */
  close(): void;
  /** Relative difference of the newest hour, `(b − a) / (a + b)`: positive when `a` was better. NaN without both. */
  difference(a: number, b: number): number;
  /** Over the newest hours. Means are NaN when there is none. */
  means(hours: number, a: number, b: number): MeanLosses;
  /** Diebold-Mariano statistic of a week of differences; positive when `a` is better. */
  statistic(a: number, b: number): number;
}

export const WEEK_HOURS = 168;
/** Neighbouring hours are alike: a quarter of a day counts as overlapping, less while there is little. */
const MOST_OVERLAP = 6;
const OVERLAP_SHARE = 8;

export function openHourlyLosses(contenders: number, store: StateStore): HourlyLosses {
  const N = contenders;
  const ring = store.singles('gate.hours', WEEK_HOURS * N, Number.NaN);
  const open = store.doubles('gate.open', 2 * N);
  const count = store.doubles('gate.closed', 1);

  /** Row of an hour, 1 being the newest. */
  const rowOf = (ago: number) => ((count[0]! - ago + WEEK_HOURS) % WEEK_HOURS) * N;

  function differenceAt(ago: number, a: number, b: number): number {
    const row = rowOf(ago);
    const [x, y] = [ring[row + a]!, ring[row + b]!];
    return x + y === 0 ? 0 : (y - x) / (x + y);
  }

  return {
    add(losses) {
      for (let c = 0; c < N; c++) {
        if (Number.isNaN(losses[0]! + losses[c]!)) continue;
        open[c]! += losses[c]!;
        open[N + c]! += 1;
      }
    },
    close() {
      count[0]! += 1;
      for (let c = 0; c < N; c++) ring[rowOf(1) + c] = open[N + c]! > 0 ? open[c]! / open[N + c]! : Number.NaN;
      open.fill(0);
    },
    difference: (a, b) => differenceAt(1, a, b),
    means(hours, a, b) {
      let [sumA, sumB, n] = [0, 0, 0];
      for (let ago = Math.min(hours, WEEK_HOURS, count[0]!); ago >= 1; ago--) {
        const [x, y] = [ring[rowOf(ago) + a]!, ring[rowOf(ago) + b]!];
        if (Number.isNaN(x + y)) continue;
        sumA += x;
        sumB += y;
        n += 1;
      }
      return { a: sumA / n, b: sumB / n, hours: n };
    },
    statistic(a, b) {
      const differences: number[] = [];
      for (let ago = Math.min(WEEK_HOURS, count[0]!); ago >= 1; ago--) {
        const d = differenceAt(ago, a, b);
        if (!Number.isNaN(d)) differences.push(d);
      }
      const overlap = Math.max(1, Math.round(differences.length / OVERLAP_SHARE));
      return dieboldMariano(differences, Math.min(MOST_OVERLAP, overlap));
    },
  };
}
