/** Which part of its season a step lies in: hours, when the season is a day. */

const DAY_MS = 86_400_000;
const MOST_PARTS = 24;

export interface SeasonParts {
  /** At most 24; fewer when the season has fewer steps, 1 without a season. */
  readonly count: number;
  /** Whether the parts are hours of the day, on the clock. */
  readonly hours: boolean;
  /** @param atMs - start of a step */
  partAt(atMs: number): number;
}

/**
 * Parts are anchored at the epoch, so those of a daily season start at midnight.
 *
 * @param shownAt - what the clock on the wall shows at a moment, as if it were UTC: the parts of a day go by it
 */
export function seasonParts(stepMs: number, season: number, shownAt: (ms: number) => number = (ms) => ms): SeasonParts {
  const count = Math.min(MOST_PARTS, Math.max(1, season));
  const seasonMs = season * stepMs;
  const hours = seasonMs === DAY_MS && count === MOST_PARTS;
  const shown = hours ? shownAt : (atMs: number) => atMs;
  return {
    count,
    hours,
    partAt: (atMs) => Math.floor(((((shown(atMs) % seasonMs) + seasonMs) % seasonMs) * count) / seasonMs),
  };
}

/** The shortest season that fits twice into a history of `steps`; 1 when none does. */
export function usableSeason(steps: number, seasonLengths: readonly number[]): number {
  const fitting = seasonLengths.filter((m) => m > 1 && 2 * m <= steps);
  return fitting.length > 0 ? Math.min(...fitting) : 1;
}
