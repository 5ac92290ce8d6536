/** Which series of an answer belongs to which workload. */
import type { RawSeries } from '../domain/ports.ts';
import type { SignalTemplate, WorkloadRef } from '../domain/workload.ts';

/**
 * Series by `matchKey`. Labels are compared exactly. `namePattern` has to match the whole label value, as
 * PromQL's own regular expressions do; a series whose labels do not say which workload it is of is left out.
 */
export function matchSeries(
  series: readonly RawSeries[],
  template: SignalTemplate,
): ReadonlyMap<string, readonly RawSeries[]> {
  const pattern = template.namePattern === undefined ? undefined : new RegExp(`^(?:${template.namePattern})$`);
  const byName = new Map<string, RawSeries[]>();
  for (const one of series) {
    const namespace = one.labels[template.namespaceLabel];
    const name = extractName(one.labels[template.nameLabel], pattern);
    if (namespace === undefined || name === undefined) continue;
    const kind = template.kindLabel === undefined ? '*' : one.labels[template.kindLabel];
    const key = `${namespace}/${kind}/${name}`;
    const known = byName.get(key);
    if (known) known.push(one);
    else byName.set(key, [one]);
  }
  return byName;
}

/** Most metrics do not tell a Deployment from a StatefulSet of the same name; then both have the same series. */
export function matchKey({ namespace, kind, name }: WorkloadRef, template: SignalTemplate): string {
  return `${namespace}/${template.kindLabel === undefined ? '*' : kind}/${name}`;
}

function extractName(label: string | undefined, pattern: RegExp | undefined): string | undefined {
  if (label === undefined || !pattern) return label;
  const match = pattern.exec(label);
  return match ? (match[1] ?? match[0]) : undefined;
}
