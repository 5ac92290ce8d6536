/** Numbers as people read them in messages. */

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** One unit, at most one decimal: `14 d`, `1.5 h`, `40 s`. */
export function span(ms: number): string {
  const [name, unit] = UNITS.find(([, size]) => ms >= size) ?? UNITS.at(-1)!;
  return `${Math.round((ms / unit) * 10) / 10} ${name}`;
}

/** `31 %`, with a decimal below ten. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} %`;
}

/** `2026-11-21T09:12:00Z`. */
export function instant(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Three significant digits: enough to recognise a load. */
export function amount(value: number): string {
  return String(Number(value.toPrecision(3)));
}
