/**
 * The saved state of an aggregate with other experts: those that stay keep what they earned, new ones start with the mean
 * variance and gain of the others. No gain at all would rank a newcomer with the mixture: boosted trees that came in so
 * cost up to 2 % of the loss in their first days.
 */
import { arrayIn, type Parameters, prefixed, textIn, underPrefix } from '../parameters.ts';
import { CELL } from './cells.ts';
import { LEVELS, PRIOR_SCORES } from './mixed-levels.ts';

/** A saved aggregate as a whole, with these experts in the place of its own. */
export function withExperts(saved: Parameters, to: readonly string[]): Parameters {
  const others = Object.entries(saved).filter(([key]) => !key.startsWith('state.'));
  const state = regroup(underPrefix('state.', saved), expertsIn(saved), to);
  return { ...Object.fromEntries(others), experts: to.join(','), ...prefixed('state.', state) };
}

/** Names of the experts in a saved aggregate. */
export function expertsIn(saved: Parameters): readonly string[] {
  return textIn(saved, 'experts').split(',');
}

export function regroup(saved: Parameters, from: readonly string[], to: readonly string[]): Parameters {
  if (from.join() === to.join()) return saved;
  const columns = to.map((name) => from.indexOf(name));
  const rows = (name: string, lead: number, fresh: (row: number, known: Float64Array) => number) =>
    Float32Array.from(regrouped(arrayIn(saved, name), from.length, lead, columns, fresh));
  const mean = (_: number, known: Float64Array) => known.reduce((sum, v) => sum + v, 0) / Math.max(1, known.length);
  return {
    ...saved,
    'boa.variance': rows('boa.variance', 0, mean),
    'boa.gain': rows('boa.gain', 0, mean),
    'mixture.quantiles': rows('mixture.quantiles', 0, (row) => PRIOR_SCORES[row % LEVELS]!),
    'mixture.rounds': rows('mixture.rounds', 0, () => 0),
    'waiting.values': rows('waiting.values', CELL.medians, () => Number.NaN),
  };
}

/** Rows of `lead` numbers that stay and one column per expert. @param fresh - value of a new column in a row */
function regrouped(
  values: Float64Array,
  width: number,
  lead: number,
  columns: readonly number[],
  fresh: (row: number, known: Float64Array) => number,
): Float64Array {
  const rows = values.length / (lead + width);
  const out = new Float64Array(rows * (lead + columns.length));
  for (let row = 0; row < rows; row++) {
    const from = row * (lead + width);
    const to = row * (lead + columns.length);
    for (let j = 0; j < lead; j++) out[to + j] = values[from + j]!;
    const known = values.subarray(from + lead, from + lead + width);
    for (const [k, column] of columns.entries()) out[to + lead + k] = column < 0 ? fresh(row, known) : known[column]!;
  }
  return out;
}
