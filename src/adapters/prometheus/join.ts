/** Puts the answers to the chunks of one read together. */
import type { RawSeries } from '../../domain/ports.ts';

function identity(labels: RawSeries['labels']): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Joins series of equal labels end to end.
 *
 * @param parts - answers in the order of their times
 */
export function joinSeries(parts: readonly (readonly RawSeries[])[]): readonly RawSeries[] {
  if (parts.length === 1) return parts[0]!;
  const pieces = new Map<string, RawSeries[]>();
  for (const series of parts.flat()) {
    const key = identity(series.labels);
    const known = pieces.get(key);
    if (known) known.push(series);
    else pieces.set(key, [series]);
  }
  return [...pieces.values()].map((list) => ({
    labels: list[0]!.labels,
    timesMs: list.flatMap((piece) => piece.timesMs),
    values: list.flatMap((piece) => piece.values),
  }));
}
