/** From a template to PromQL that asks for every workload at once. */
import type { SignalTemplate, WorkloadRef } from '../../domain/workload.ts';

/**
 * One name as a regular expression. A class such as `[.]` means the same in both of PromQL's kinds of quotes, where
 * a backslash would not. What could end the quotes or the class becomes `.`; that may match too much, which does no
 * harm because observe compares labels exactly.
 */
function escaped(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, (character) => (/[\\^"'`\]\n]/.test(character) ? '.' : `[${character}]`));
}

/** Sorted, so that equal sets give equal queries and caches in front of Prometheus can serve them. */
function alternatives(names: Iterable<string>): string {
  const sorted = [...new Set(names)].sort().map(escaped);
  return sorted.length === 1 ? sorted[0]! : `(?:${sorted.join('|')})`;
}

/** A PromQL duration. */
export function duration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/**
 * Fills `$namespaces` and `$names` with regular expression alternatives and `$window` with the span of rates.
 *
 * @param workloads - at least one
 *
 * @example `up{name=~"$names"}` for a and b → `up{name=~"(?:a|b)"}`
 */
export function expandTemplate(
  template: SignalTemplate,
  workloads: readonly WorkloadRef[],
  rateWindowMs: number,
): string {
  const values: { readonly [placeholder: string]: string } = {
    namespaces: alternatives(workloads.map((ref) => ref.namespace)),
    names: alternatives(workloads.map((ref) => ref.name)),
    window: duration(rateWindowMs),
  };
  return template.query.replace(/\$(namespaces|names|window)\b/g, (_, placeholder: string) => values[placeholder]!);
}
