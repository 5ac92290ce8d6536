/**
 * A look at the raw answer before the client library parses it, for what the library loses or cannot read:
 * infinities (it reads them as NaN), native histograms (TypeError), warnings (its hook never fires).
 */
import { excerpt, type Failure } from './failure.ts';

interface RawResult {
  readonly values?: unknown;
  readonly value?: unknown;
  readonly histograms?: unknown;
  readonly histogram?: unknown;
  readonly metric?: unknown;
}

export type Inspected =
  | { readonly kind: 'sound'; readonly warnings: readonly string[] }
  | { readonly kind: 'broken'; readonly failure: Failure };

const broken = (kind: Failure['kind'], message: string): Inspected => ({ kind: 'broken', failure: { kind, message } });

/**
 * Checks the body of an answer with status 200, and rewrites infinities in place as `Infinity`, which `parseFloat`
 * understands where it does not understand Prometheus' `+Inf`.
 */
export function inspect(body: unknown, expected: 'matrix' | 'vector'): Inspected {
  if (typeof body === 'string') return inspectText(body);
  if (typeof body !== 'object' || body === null) return broken('unusable', 'an empty answer');
  const { status, data, error, warnings } = body as Record<string, unknown>;
  if (status !== 'success')
    return broken('refused', `status ${JSON.stringify(status)}: ${excerpt(String(error ?? ''))}`);
  const { resultType, result } = (data ?? {}) as Record<string, unknown>;
  if (resultType !== expected || !Array.isArray(result)) {
    return broken('unusable', `expected a ${expected}, found ${JSON.stringify(resultType) ?? 'no result'}`);
  }
  const histogram = result.find(
    (series: RawResult) => series.histograms !== undefined || series.histogram !== undefined,
  );
  if (histogram) return broken('unusable', nativeHistogram(histogram));
  for (const series of result as RawResult[]) rewriteInfinities(series);
  return { kind: 'sound', warnings: warningsIn(warnings) };
}

/** Text with status 200: JSON that was cut off is worth another try, a login page is not. */
function inspectText(body: string): Inspected {
  if (body === '') return broken('network', 'an empty answer with status 200');
  if (body.startsWith('{')) return broken('network', `JSON cut off after ${body.length} characters`);
  return broken('unusable', `status 200 with a body that is not JSON ("${excerpt(body)}")`);
}

function nativeHistogram(series: RawResult): string {
  const advice = 'histogram_quantile, histogram_count or histogram_sum around the query makes numbers of them';
  return `native histograms for ${JSON.stringify(series.metric)}, expected plain numbers; ${advice}`;
}

function rewriteInfinities(series: RawResult): void {
  const samples = Array.isArray(series.values) ? series.values : [series.value];
  for (const sample of samples as (unknown[] | undefined)[]) {
    if (sample?.[1] === '+Inf') sample[1] = 'Infinity';
    else if (sample?.[1] === '-Inf') sample[1] = '-Infinity';
  }
}

/**
 * Notes on the style of a query ("PromQL info: metric might not be a counter") came among the warnings before
 * Prometheus gave them a field of their own; they say nothing about the answer being whole.
 */
function warningsIn(warnings: unknown): readonly string[] {
  if (!Array.isArray(warnings)) return [];
  return warnings.map(String).filter((warning) => !warning.startsWith('PromQL info:'));
}
