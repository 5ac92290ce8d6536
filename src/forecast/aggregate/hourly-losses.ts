/** Mean losses of the contenders over the last week, in parts of four hours. */
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
  /**
   * Difference of the newest hour, `b − a`, over what both lose in an ordinary hour of the week: positive when `a` was better,
   * in [−1, 1]. NaN without both.
   */
  difference(a: number, b: number): number;
  /** Over the newest hours. Means are NaN when there is none. */
  means(hours: number, a: number, b: number): MeanLosses;
  /** Diebold-Mariano statistic of the differences of the newest hours; positive when `a` is better. */
  statistic(hours: number, a: number, b: number): number;
  /** Hours that a comparison should look back: a week, or the newer half of all that there was while that is less. */
  counting(): number;
}

export const WEEK_HOURS = 168;
const HOURS_PER_PART = 4;
const LEAST_COUNTING = 12;
const PARTS = WEEK_HOURS / HOURS_PER_PART;
/** Neighbouring hours are alike: a quarter of a day counts as overlapping, less while there is little. */
const MOST_OVERLAP = 2;
const OVERLAP_SHARE = 8;

export function openHourlyLosses(contenders: number, store: StateStore): HourlyLosses {
  const N = contenders;
  const ring = store.singles('gate.parts', PARTS * N, Number.NaN);
  const newest = store.singles('gate.newest', N, Number.NaN);
  const open = store.singles('gate.open', 2 * N);
  const count = store.doubles('gate.closed', 1);

  /** Parts that have begun, and the row of one of them, 1 being the newest. */
  const begun = () => Math.ceil(count[0]! / HOURS_PER_PART);
  const rowOf = (ago: number) => ((begun() - ago + PARTS) % PARTS) * N;

  /** Parts that the newest hours lie in. */
  const partsOf = (hours: number) => Math.min(Math.ceil(hours / HOURS_PER_PART), PARTS, begun());

  function means(hours: number, a: number, b: number): MeanLosses {
    let [sumA, sumB, n] = [0, 0, 0];
    for (let ago = partsOf(hours); ago >= 1; ago--) {
      const [x, y] = [ring[rowOf(ago) + a]!, ring[rowOf(ago) + b]!];
      if (Number.isNaN(x + y)) continue;
      sumA += x;
      sumB += y;
      n += 1;
    }
    return { a: sumA / n, b: sumB / n, hours: Math.min(HOURS_PER_PART * n, count[0]!) };
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
      const place = (count[0]! - 1) % HOURS_PER_PART;
      for (let c = 0; c < N; c++) {
        newest[c] = open[N + c]! > 0 ? open[c]! / open[N + c]! : Number.NaN;
        const at = rowOf(1) + c;
        ring[at] = place === 0 ? newest[c]! : meanOf(ring[at]!, newest[c]!, place);
      }
      open.fill(0);
    },
    difference: (a, b) => differenceOf(newest[a]!, newest[b]!, means(WEEK_HOURS, a, b)),
    means,
    counting: () => Math.min(WEEK_HOURS, Math.max(LEAST_COUNTING, count[0]! / 2)),
    statistic(hours, a, b) {
      const week = means(WEEK_HOURS, a, b);
      const differences: number[] = [];
      for (let ago = partsOf(hours); ago >= 1; ago--) {
        const d = differenceOf(ring[rowOf(ago) + a]!, ring[rowOf(ago) + b]!, week);
        if (!Number.isNaN(d)) differences.push(d);
      }
      const overlap = Math.max(1, Math.round(differences.length / OVERLAP_SHARE));
      return dieboldMariano(differences, Math.min(MOST_OVERLAP, overlap));
    },
  };
}

/**
 * Of two losses, in what is ordinary, and no more than all of that. Not in their own sum: a load that leaps is idle most of the
 * time, where a hair of difference is a large part of next to nothing, and what a forecast is worth lies in a few hours.
 */
function differenceOf(a: number, b: number, ordinary: MeanLosses): number {
  return a === b ? 0 : Math.max(-1, Math.min(1, (b - a) / (ordinary.a + ordinary.b)));
}

/** Mean of `count` hours and one more; an hour without losses leaves the others alone. */
function meanOf(mean: number, hour: number, count: number): number {
  if (Number.isNaN(hour)) return mean;
  return Number.isNaN(mean) ? hour : mean + (hour - mean) / (count + 1);
}
