/**
 * exp of many numbers: with `x = n·ln 2/128 + r` it is `2^(n/128)·exp(r)`, the power from tables and the rest by five terms
 * of the series (Tang 1989, ACM Trans. Math. Softw. 15). Within two units in the last place of Math.exp and several times as
 * fast: a forecast of a day at steps of a minute asks for ten thousand.
 */
const PARTS = 128;
const SHIFTS = 7;
const PER_PART = PARTS / Math.LN2;
/** ln 2 less Math.LN2, which is rounded. */
const BEHIND_LN2 = 2.319046813846299e-17;
/** ln 2/128 as a sum: the first has so few digits that its product with any n is exact (Cody & Waite 1980). */
const PART_HIGH = Math.fround(Math.LN2 / PARTS);
const PART_LOW = Math.LN2 / PARTS - PART_HIGH + BEHIND_LN2 / PARTS;
/** Added and taken away it leaves the nearest integer. */
const ROUNDING = 1.5 * 2 ** 52;
/** |x| from which powers leave the range of ordinary numbers. */
const FAR = 708;
const BIAS = 1023;
const FRACTIONS = Float64Array.from({ length: PARTS }, (_, i) => 2 ** (i / PARTS));
const POWERS = Float64Array.from({ length: 2 * (BIAS + 1) }, (_, i) => 2 ** (i - BIAS));
const [THIRD, FOURTH, FIFTH] = [1 / 6, 1 / 24, 1 / 120] as const;

/** In their place. */
export function exponentials(values: Float64Array): void {
  if (!areNear(values)) {
    for (let i = 0; i < values.length; i++) values[i] = Math.exp(values[i]!);
    return;
  }
  // Written out and without a branch: a call for each would cost as much as is saved.
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    const n = x * PER_PART + ROUNDING - ROUNDING;
    const k = n | 0;
    const r = x - n * PART_HIGH - n * PART_LOW;
    const square = r * r;
    const more = r + square * (0.5 + r * THIRD + square * (FOURTH + r * FIFTH));
    const power = FRACTIONS[k & (PARTS - 1)]! * POWERS[(k >> SHIFTS) + BIAS]!;
    values[i] = power + power * more;
  }
}

/** False also for NaN. */
function areNear(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) < FAR)) return false;
  return true;
}
