/** Golden: the table of src/forecast/changes/cusum.ts, by seeded simulation of both sides. */
import assert from 'node:assert/strict';
import { addScore, emptyCusum, resetCusum, shiftOf } from '../../../src/forecast/changes/cusum.ts';
import { normal } from '../made-series.ts';

/** Mean steps until one of both sides passes the threshold. */
function runLength(threshold: number, shift: number, runs: number): number {
  const gauss = normal(17);
  let steps = 0;
  for (let run = 0; run < runs; run++) {
    const up = emptyCusum();
    const down = emptyCusum();
    while (up.sum <= threshold && down.sum <= threshold) {
      const score = shift + gauss();
      addScore(up, score);
      addScore(down, -score);
      steps++;
    }
  }
  return steps / runs;
}

const table: readonly (readonly [threshold: number, shift: number, steps: number, runs: number])[] = [
  [4, 0, 163, 4000],
  [4, 1, 8.4, 4000],
  [4, 2, 3.3, 4000],
  [4, 3, 2.2, 4000],
  [5, 0, 471, 2000],
  [5, 1, 10.4, 4000],
  [5, 2, 4.0, 4000],
  [5, 3, 2.6, 4000],
  [8, 0, 9690, 300],
  [8, 1, 16.4, 4000],
  [8, 2, 6.0, 4000],
  [8, 3, 3.8, 4000],
];

describe('a CUSUM on both sides', () => {
  for (const [threshold, shift, steps, runs] of table) {
    it(`alarms after ${steps} Gaussian steps on average at threshold ${threshold} with a shift of ${shift}`, () => {
      const measured = runLength(threshold, shift, runs);
      // Run lengths without a shift are about exponential: their mean has an error of 1/√runs.
      const allowed = Math.max(0.05, shift === 0 ? 3 / Math.sqrt(runs) : 0.03);
      assert.ok(Math.abs(measured / steps - 1) < allowed, `${measured} against ${steps}`);
    });
  }

  it('counts a sample of a million deviations as four', () => {
    const cusum = emptyCusum();
    addScore(cusum, 1e6);
    assert.equal(cusum.sum, 3.5);
  });

  it('says how large a shift is: the mean score since the sum was zero', () => {
    const cusum = emptyCusum();
    for (const score of [-1, 2, 3]) addScore(cusum, score);
    assert.equal(shiftOf(cusum), 2.5);
    resetCusum(cusum);
    assert.equal(shiftOf(cusum), 0);
  });
});
