/** Raw samples on the grid. NaN, infinities and impossible values end here. */
import type { RawSeries } from '../domain/ports.ts';

export interface Repairs {
  readonly resets: number;
  readonly duplicates: number;
  readonly infinities: number;
}

export interface Aligned {
  readonly startMs: number;
  readonly stepMs: number;
  /** One per step of the range; NaN where there was no usable sample. */
  readonly values: Float64Array;
  readonly repairs: Repairs;
  /** Samples inside the range, usable or not. */
  readonly samples: number;
  /** The newest sample inside the range, if it is not a finite number. */
  readonly newestBad?: { readonly atMs: number; readonly found: string };
}

/**
 * A sample at time t is of the span that ends at t, so it belongs to the step that ends at t, or, between two grid
 * times, to the step that t lies in. Of several samples in one step the last usable one counts; of equal times the one that came
 * last. Negative values are impossible for all our signals (a counter reset that a recording rule did not see):
 * missing, and counted as resets.
 *
 * @param scale - to the unit of the signal
 * @param range - whole steps; samples outside it are left out
 */
export function align(
  raw: RawSeries,
  scale: number,
  range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
): Aligned {
  const { startMs, endMs, stepMs } = range;
  const values = new Float64Array(Math.round((endMs - startMs) / stepMs)).fill(Number.NaN);
  const repairs = { resets: 0, duplicates: 0, infinities: 0 };
  let samples = 0;
  let step = -1;
  let newest = { atMs: startMs, value: 0 };
  for (const i of inOrder(raw.timesMs)) {
    const atMs = raw.timesMs[i]!;
    if (!(atMs > startMs && atMs <= endMs)) continue;
    const value = raw.values[i]! * scale;
    const before = step;
    step = Math.ceil((atMs - startMs) / stepMs) - 1;
    samples++;
    newest = { atMs, value };
    if (step === before) repairs.duplicates++;
    if (Math.abs(value) === Number.POSITIVE_INFINITY) repairs.infinities++;
    else if (value < 0) repairs.resets++;
    else if (!Number.isNaN(value)) values[step] = value;
  }
  const newestBad = !Number.isFinite(newest.value) && { atMs: newest.atMs, found: String(newest.value) };
  return { startMs, stepMs, values, repairs, samples, ...(newestBad && { newestBad }) };
}

/** Positions by ascending time; the sort is stable, so that equal times keep the order of their arrival. */
function inOrder(timesMs: readonly number[]): Iterable<number> {
  const ascending = timesMs.every((timeMs, i) => i === 0 || timeMs >= timesMs[i - 1]!);
  return ascending ? timesMs.keys() : [...timesMs.keys()].sort((a, b) => timesMs[a]! - timesMs[b]!);
}

/**
 * Several series that claim to be one workload's, by the largest value of each step: whether they are copies or parts,
 * the load is not less than that.
 *
 * @param all - at least one, of the same range
 */
export function largest(all: readonly Aligned[]): Aligned {
  return all.reduce((a, b) => ({
    ...(a.newestBad ? b : a),
    values: a.values.map((value, i) => larger(value, b.values[i]!)),
    samples: a.samples + b.samples,
    repairs: {
      resets: a.repairs.resets + b.repairs.resets,
      duplicates: a.repairs.duplicates + b.repairs.duplicates,
      infinities: a.repairs.infinities + b.repairs.infinities,
    },
  }));
}

function larger(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.max(a, b);
}
