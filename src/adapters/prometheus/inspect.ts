/**
 * A look at the raw answer before the client library parses it. Samples are taken out here, because the library reads
 * infinities as NaN, fails on native histograms, and makes a Date and an object of every sample (the back-fill of 100
 * workloads peaked at 590 MB with them and at 409 MB without). Warnings too: its hook for them never fires.
 */
import { excerpt, type Failure } from './failure.ts';

export interface Samples {
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export type Inspected =
  | {
      readonly kind: 'sound';
      /** One entry per series, in the order of the answer. */
      readonly samples: readonly Samples[];
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'broken'; readonly failure: Failure };

interface RawSeries {
  values?: unknown;
  readonly histograms?: unknown;
  readonly histogram?: unknown;
  readonly metric?: unknown;
}

type RawSample = readonly [seconds: number, value: string];

const broken = (kind: Failure['kind'], message: string): Inspected => ({ kind: 'broken', failure: { kind, message } });

/** Checks the body of an answer with status 200, and takes the samples out of the series of a matrix. */
export function inspect(body: unknown, expected: 'matrix' | 'vector'): Inspected {
  if (typeof body === 'string') return inspectText(body);
  if (typeof body !== 'object' || body === null) return broken('unusable', 'an empty answer');
  const { status, data, error, warnings } = body as Record<string, unknown>;
  if (status !== 'success') {
    return broken('refused', `status ${JSON.stringify(status)}: ${excerpt(String(error ?? ''))}`);
  }
  const { resultType, result } = (data ?? {}) as Record<string, unknown>;
  if (resultType !== expected || !Array.isArray(result)) {
    return broken('unusable', `expected a ${expected}, found ${JSON.stringify(resultType) ?? 'no result'}`);
  }
  const histogram = (result as RawSeries[]).find((series) => series.histograms ?? series.histogram);
  if (histogram) return broken('unusable', nativeHistogram(histogram));
  return { kind: 'sound', samples: (result as RawSeries[]).map(takeSamples), warnings: warningsIn(warnings) };
}

/** Text with status 200: JSON that was cut off is worth another try, a login page is not. */
function inspectText(body: string): Inspected {
  if (body === '') return broken('network', 'an empty answer with status 200');
  if (body.startsWith('{')) return broken('network', `JSON cut off after ${body.length} characters`);
  return broken('unusable', `status 200 with a body that is not JSON ("${excerpt(body)}")`);
}

function nativeHistogram(series: RawSeries): string {
  const advice = 'histogram_quantile, histogram_count or histogram_sum around the query makes numbers of them';
  return `native histograms for ${JSON.stringify(series.metric)}, expected plain numbers; ${advice}`;
}

function takeSamples(series: RawSeries): Samples {
  if (!Array.isArray(series.values)) return { timesMs: [], values: [] };
  const samples = series.values as readonly RawSample[];
  series.values = [];
  return {
    // Seconds with a fraction are not exact in binary: 1700000000.123 · 1000 is a little less than …123.
    timesMs: samples.map(([seconds]) => Math.round(seconds * 1000)),
    values: samples.map(([, value]) => numberOf(value)),
  };
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

/**
 * Notes on the style of a query ("PromQL info: metric might not be a counter") came among the warnings before
 * Prometheus gave them a field of their own; they say nothing about the answer being whole.
 */
function warningsIn(warnings: unknown): readonly string[] {
  if (!Array.isArray(warnings)) return [];
  return warnings.map(String).filter((warning) => !warning.startsWith('PromQL info:'));
}
