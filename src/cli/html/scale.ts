/** From values to positions, with ticks at round numbers or times. */

export interface Scale {
  /** Position of a value, in the unit of the drawing. */
  at(value: number): number;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Text of a tick. */
  format(value: number): string;
}

export type AxisKind = 'number' | 'time' | 'log';

/** @param from - smallest value shown; for `time` milliseconds, for `log` above 0 */
export function createScale(kind: AxisKind, from: number, to: number, start: number, end: number): Scale {
  if (!(to > from)) to = from + Math.max(Math.abs(from), 1e-9);
  switch (kind) {
    case 'number':
      return { ...linear(from, to, start, end), ticks: roundTicks(from, to), format: formatNumber };
    case 'time': {
      const step = timeStep(to - from);
      return {
        ...linear(from, to, start, end),
        ticks: multiples(from, to, step),
        format: (ms) => formatTime(ms, step),
      };
    }
    case 'log': {
      const { at } = linear(Math.log(from), Math.log(to), start, end);
      return { at: (value) => at(Math.log(value)), from, to, ticks: logTicks(from, to), format: formatNumber };
    }
  }
}

function linear(from: number, to: number, start: number, end: number): Pick<Scale, 'at' | 'from' | 'to'> {
  return { from, to, at: (value) => start + ((value - from) / (to - from)) * (end - start) };
}

const TICKS = 6;

/** At most about six multiples of 1, 2 or 5 · 10^k. */
export function roundTicks(from: number, to: number): readonly number[] {
  const rough = (to - from) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((f) => f * power >= rough * (1 - 1e-9)) ?? 10;
  return multiples(from, to, factor * power);
}

function multiples(from: number, to: number, step: number): readonly number[] {
  const ticks: number[] = [];
  const slack = step * 1e-9;
  for (let k = Math.ceil((from - slack) / step); k * step <= to + slack; k++)
    ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

function logTicks(from: number, to: number): readonly number[] {
  const ticks: number[] = [];
  for (let k = Math.floor(Math.log10(from)); k <= Math.ceil(Math.log10(to)); k++) {
    for (const factor of [1, 2, 5]) ticks.push(Number((factor * 10 ** k).toPrecision(12)));
  }
  const inside = ticks.filter((tick) => tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9));
  return inside.length > 2 * TICKS ? inside.filter((tick) => Number.isInteger(Math.log10(tick))) : inside;
}

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000] as const;
const timeSteps = [
  ...[1, 5, 15, 30].map((n) => n * SECOND),
  ...[1, 5, 15, 30].map((n) => n * MINUTE),
  ...[1, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 365].map((n) => n * DAY),
];

function timeStep(span: number): number {
  return timeSteps.find((step) => span / step <= 2 * TICKS) ?? timeSteps.at(-1)!;
}

function formatTime(ms: number, step: number): string {
  const iso = new Date(ms).toISOString();
  if (ms % DAY === 0) return iso.slice(0, 10).slice(step >= 28 * DAY ? 0 : 5);
  return iso.slice(11, step < MINUTE ? 19 : 16);
}

/** Four significant digits, without an exponent between a ten-thousandth and a hundred million. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '—';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e8) return value.toExponential(1).replace('e+', 'e');
  return String(Number(value.toPrecision(4)));
}
