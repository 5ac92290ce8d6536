/**
 * The least time of several turns that calls take in alternation, in milliseconds, for tests that compare costs: a busy
 * machine slows some turns, not all, and their ratio carries over to other machines.
 */
export function leastTimes(calls: readonly (() => void)[], turns: number, callsPerTurn: number): readonly number[] {
  const least = calls.map(() => Number.POSITIVE_INFINITY);
  for (let turn = 0; turn < turns; turn++) {
    calls.forEach((call, which) => {
      const started = performance.now();
      for (let i = 0; i < callsPerTurn; i++) call();
      least[which] = Math.min(least[which]!, performance.now() - started);
    });
  }
  return least;
}
