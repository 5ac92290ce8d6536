/** What was seen of events, kept for longer than the history: a sale that comes once a year is in no window of weeks. */
import type { SeenOccurrence } from '../../domain/calendar.ts';

const YEAR_MS = 366 * 86_400_000;
const KEPT_MS = 3 * YEAR_MS;
/** Of each event: a daily one has enough after some weeks. */
const MOST_KEPT = 30;

/** Joins what was seen before with what is seen now; of one occurrence the newer view counts. The oldest first. */
export function rememberSeen(
  before: readonly SeenOccurrence[],
  now: readonly SeenOccurrence[],
  nowMs: number,
): readonly SeenOccurrence[] {
  const keyOf = ({ name, startMs }: SeenOccurrence) => `${startMs} ${name}`;
  const joined = [...new Map([...before, ...now].map((seen) => [keyOf(seen), seen])).values()];
  const young = joined.filter(({ endMs }) => endMs > nowMs - KEPT_MS).sort((a, b) => a.startMs - b.startMs);
  const byName = Map.groupBy(young, ({ name }) => name);
  const kept = new Set([...byName.values()].flatMap((seen) => seen.slice(-MOST_KEPT)));
  return young.filter((seen) => kept.has(seen));
}
