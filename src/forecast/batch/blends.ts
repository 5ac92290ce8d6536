/** Members made of other members: a median shrugs off the one that went astray, a mean evens their noise out. */
import type { Said } from './member.ts';

export interface Blend {
  readonly name: string;
  readonly how: 'median' | 'mean';
  /** Names of members or of blends before it; those that sleep are left out, and with fewer than two so is the blend. */
  readonly of: readonly string[];
}

/** @returns what the blends say, in their order; those with too few parts are left out */
export function blend(said: readonly Said[], blends: readonly Blend[]): Said[] {
  const made: Said[] = [];
  for (const { name, how, of } of blends) {
    const parts = [...said, ...made].filter((one) => of.includes(one.name) && one.final.every(Number.isFinite));
    if (parts.length < 2) continue;
    const join = how === 'median' ? median : mean;
    made.push({ name, final: join(parts.map((p) => p.final)), judged: join(parts.map((p) => p.judged)) });
  }
  return made;
}

function mean(rows: readonly Float64Array[]): Float64Array {
  return rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]! / rows.length, 0));
}

/** Not a number where any of the rows is not. */
function median(rows: readonly Float64Array[]): Float64Array {
  const column = new Float64Array(rows.length);
  const middle = rows.length >> 1;
  return rows[0]!.map((_, i) => {
    for (const [r, row] of rows.entries()) column[r] = row[i]!;
    if (column.some(Number.isNaN)) return Number.NaN;
    column.sort();
    return rows.length % 2 === 1 ? column[middle]! : (column[middle - 1]! + column[middle]!) / 2;
  });
}
