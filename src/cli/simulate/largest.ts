/** Largest of the values that are not missing, at least 0. */
export function largest(values: Iterable<number>): number {
  let most = 0;
  // NaN never compares as larger.
  for (const value of values) if (value > most) most = value;
  return most;
}
