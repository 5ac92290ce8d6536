/**
 * A past for a workload that has none, from one that it was declared to be like: a renamed Deployment, the other colour of a
 * pair, the same service in a second region. Its samples before the first own one, times how much larger this workload is.
 */
import type { BorrowedPast, Mark } from '../../domain/forecast.ts';
import { endMs, type TimeSeries } from '../../domain/time-series.ts';
import { median } from '../median.ts';

/** A series with how each of its samples may be used. */
export interface Marked {
  readonly series: TimeSeries;
  /** As long as the series. */
  readonly marks: readonly Mark[];
}

export type Borrowing =
  | { readonly kind: 'borrowed'; readonly past: Omit<BorrowedPast, 'from' | 'record'> }
  /** Completes "nothing is borrowed: ". */
  | { readonly kind: 'none'; readonly reason: string };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** What single steps and five-minute means are remembered of, and shapes are learned from. */
export const MOST_BORROWED_MS = 14 * DAY_MS;
/** A shorter past has no shape. */
const LEAST_PAST_MS = DAY_MS;
/** Newest hours that levels are compared over: a rollout in parts changes them. */
const COMPARED_HOURS = 24;
const FEWEST_HOURS = 2;
/** Standard deviation of a normal distribution over its median absolute deviation, and standard error of a median over that of a mean. */
const DEVIATION = 1.4826;
const MEDIAN_ERROR = 1.2533;

/** The distribution of log(own hour ÷ hour of the donor): its median, its deviation, and hours in it. */
interface Comparison {
  readonly log: number;
  readonly deviation: number;
  readonly hours: number;
}

/**
 * The ratio is the median over the newest hours. They are compared with the same hours, and with those of a week before: a
 * Deployment that was renamed has no hour in common with itself, and the load of a pair moves from one to the other. The one
 * counts in which the hours agree more.
 *
 * @param own - from its first sample on
 * @param donor - on the wall clock of `own` and on its grid
 */
export function borrowPast(own: TimeSeries, donor: Marked): Borrowing {
  const past = partBefore(own, donor);
  const days = past.series.values.filter(Number.isFinite).length * (own.stepMs / DAY_MS);
  if (days * DAY_MS < LEAST_PAST_MS)
    return none(`it has ${(24 * days).toFixed(1)} h of samples from before, 24 h are needed`);
  const found = closest(own, donor.series);
  if (!found) return none(`fewer than ${FEWEST_HOURS} h of both can be compared`);
  const ratio = Math.exp(found.log);
  return {
    kind: 'borrowed',
    past: {
      past: { ...past.series, values: past.series.values.map((value) => ratio * value) },
      marks: past.marks,
      pastMs: past.series.values.length * own.stepMs,
      ratio,
      doubt: (MEDIAN_ERROR * found.deviation) / Math.sqrt(found.hours),
    },
  };
}

function none(reason: string): Borrowing {
  return { kind: 'none', reason };
}

/** What the donor has from before the first own sample, from its own first sample on, up to that step. */
function partBefore({ startMs, stepMs }: TimeSeries, { series, marks }: Marked): Marked {
  const first = series.values.findIndex(Number.isFinite);
  const fromMs = Math.max(series.startMs + Math.max(0, first) * stepMs, startMs - MOST_BORROWED_MS);
  const length = Math.max(0, Math.round((startMs - fromMs) / stepMs));
  const at = Math.round((fromMs - series.startMs) / stepMs);
  return {
    series: { startMs: fromMs, stepMs, values: Float64Array.from({ length }, (_, i) => valueAt(series, at + i)) },
    marks: Array.from({ length }, (_, i) => marks[at + i] ?? 'ok'),
  };
}

function valueAt({ values }: TimeSeries, index: number): number {
  return values[index] ?? Number.NaN;
}

/** A day before is another day of the week: only where there is nothing else. */
function closest(own: TimeSeries, donor: TimeSeries): Comparison | undefined {
  const enough = (agoMs: number) => {
    const comparison = compare(own, donor, agoMs);
    return comparison.hours >= FEWEST_HOURS ? [comparison] : [];
  };
  const usual = [...enough(0), ...enough(WEEK_MS)];
  const all = usual.length > 0 ? usual : enough(DAY_MS);
  return all.reduce<Comparison | undefined>(
    (best, one) => (best && best.deviation <= one.deviation ? best : one),
    undefined,
  );
}

function compare(own: TimeSeries, donor: TimeSeries, agoMs: number): Comparison {
  const { stepMs } = own;
  const width = Math.max(1, Math.round(HOUR_MS / stepMs));
  const shift = Math.round((own.startMs - agoMs - donor.startMs) / stepMs);
  const logs: number[] = [];
  for (let to = own.values.length; to >= width && logs.length < COMPARED_HOURS; to -= width) {
    const log = logRatio(own, donor, to - width, to, shift);
    if (Number.isFinite(log)) logs.push(log);
  }
  const middle = median(logs);
  return { log: middle, deviation: DEVIATION * median(logs.map((log) => Math.abs(log - middle))), hours: logs.length };
}

/** Over the steps that both have, when these are half of all at least; not finite where one of them has no load. */
function logRatio(own: TimeSeries, donor: TimeSeries, from: number, to: number, shift: number): number {
  let [mine, others, both] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    const [a, b] = [own.values[i]!, valueAt(donor, i + shift)];
    if (Number.isNaN(a + b)) continue;
    mine += a;
    others += b;
    both += 1;
  }
  return 2 * both >= to - from ? Math.log(mine / others) : Number.NaN;
}

/** Whether the own history is long enough to be compared at all; never without a sample. */
export function isOldEnough(own: TimeSeries): boolean {
  return endMs(own) - own.startMs >= FEWEST_HOURS * HOUR_MS && own.values.some(Number.isFinite);
}
