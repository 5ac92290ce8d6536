/** Places in the day and the week of a UTC time, for profiles. */

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The day of the week, Monday is 0. The first day of the Unix epoch was a Thursday. */
export function weekdayOf(ms: number): number {
  return (Math.floor(ms / dayMs) + 3) % 7;
}

/** Which slot of the day a time falls into. */
export function slotOfDay(ms: number, slotMs: number): number {
  return Math.floor((ms % dayMs) / slotMs);
}
