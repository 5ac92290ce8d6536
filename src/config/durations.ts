/** Durations as people write them in the file and on the command line: `90s`, `5m`, `1h30m`, `14d`. */

const unitsMs = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Every unit at most once, from the largest to the smallest; the same form that Prometheus reads. */
export const durationPattern = '^(?=\\d)(?:\\d+w)?(?:\\d+d)?(?:\\d+h)?(?:\\d+m(?!s))?(?:\\d+s)?(?:\\d+ms)?$';
const whole = new RegExp(durationPattern);

/**
 * @param text - such as `90s` or `1h30m`; no spaces, no fractions, and always with a unit, because a bare number
 *   means seconds to one reader and minutes to the next
 * @returns milliseconds; undefined when the text is no duration, or too long to be counted exactly
 */
export function parseDuration(text: string): number | undefined {
  if (!whole.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[wdhms])/g)) {
    ms += Number(count) * unitsMs[unit as keyof typeof unitsMs];
  }
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/**
 * The shortest text that `parseDuration` reads back as the same number. Weeks are not used: `14d` says more than `2w`.
 *
 * @param ms - whole milliseconds, ≥ 0
 * @throws RangeError on anything else (caller bug)
 */
export function formatDuration(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`not whole milliseconds: ${ms}`);
  let rest = ms;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / unitsMs[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitsMs[unit];
  }
  return text === '' ? '0s' : text;
}
