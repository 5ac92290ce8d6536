import assert from 'node:assert/strict';
import fc from 'fast-check';
import { leastCostPath, type PathCosts } from '../../src/simulate/least-cost-path.ts';

const always = () => true;

function costOf(path: ArrayLike<number>, isBilled: (row: number) => boolean, { hold, change }: PathCosts): number {
  let cost = 0;
  for (let row = 0; row < path.length; row++) {
    if (isBilled(row)) cost += hold * path[row]!;
    if (row > 0) cost += change * Math.abs(path[row]! - path[row - 1]!);
  }
  return cost;
}

/** Every path between the floors and the largest of them, one after the other. */
function cheapest(least: readonly number[], isBilled: (row: number) => boolean, costs: PathCosts): number {
  const most = Math.max(...least);
  const path = [...least];
  let best = Number.POSITIVE_INFINITY;
  for (;;) {
    best = Math.min(best, costOf(path, isBilled, costs));
    let row = 0;
    while (row < path.length && path[row] === most) {
      path[row] = least[row]!;
      row++;
    }
    if (row === path.length) return best;
    path[row]!++;
  }
}

const floors = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
const prices = fc.record({ hold: fc.integer({ min: 0, max: 4 }), change: fc.integer({ min: 0, max: 6 }) });

describe('leastCostPath', () => {
  it('costs what the cheapest of all paths costs, on 500 instances of up to 6 rows and 5 replicas', () => {
    fc.assert(
      fc.property(floors, prices, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (least, costs, billed) => {
        const isBilled = (row: number) => billed[row]!;
        const path = leastCostPath(Uint32Array.from(least), isBilled, costs);
        path.forEach((replicas, row) => {
          assert.ok(replicas >= least[row]!, `row ${row}`);
        });
        assert.equal(costOf(path, isBilled, costs), cheapest(least, isBilled, costs));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('is the floor itself where changes are free', () => {
    const least = Uint32Array.of(3, 1, 4, 1, 5, 1);
    assert.deepEqual(leastCostPath(least, always, { hold: 1, change: 0 }), least);
  });

  it('bridges a lull of 3 rows when a stop and a start cost 2 × 2, and not one of 5 rows', () => {
    const costs = { hold: 1, change: 2 };
    const path = leastCostPath(Uint32Array.of(2, 1, 1, 1, 2, 1, 1, 1, 1, 1, 2), always, costs);
    assert.deepEqual([...path], [2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 2]);
  });

  it('takes the fewer replicas of equally cheap paths: a lull of 4 rows at a price of 2 × 2', () => {
    const path = leastCostPath(Uint32Array.of(2, 1, 1, 1, 1, 2), always, { hold: 1, change: 2 });
    assert.deepEqual([...path], [2, 1, 1, 1, 1, 2]);
  });

  it('keeps replicas through rows that are not billed instead of stopping and starting them', () => {
    const path = leastCostPath(Uint32Array.of(3, 1, 1, 3), (row) => row === 0 || row === 3, { hold: 1, change: 1 });
    assert.deepEqual([...path], [3, 3, 3, 3]);
  });

  it('never stops a replica when a change costs more than all of the rows', () => {
    const least = Uint32Array.of(1, 5, 1, 2, 1);
    assert.deepEqual([...leastCostPath(least, always, { hold: 1, change: 1e6 })], [5, 5, 5, 5, 5]);
  });
});
