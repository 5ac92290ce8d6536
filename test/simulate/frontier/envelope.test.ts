import assert from 'node:assert/strict';
import fc from 'fast-check';
import { costAt, type Point } from '../../../src/simulate/frontier/envelope.ts';

const ladder: readonly Point[] = [
  { short: 0, cost: 40 },
  { short: 4, cost: 30 },
  { short: 6, cost: 35 },
  { short: 16, cost: 20 },
];

function reached(points: readonly Point[], allowed: number) {
  const place = costAt(points, allowed);
  assert.ok(place.kind === 'reached');
  return place;
}

describe('costAt', () => {
  it('is the cost of the point itself where one stands at the level', () => {
    assert.equal(reached(ladder, 4).cost, 30);
    assert.equal(reached(ladder, 0).cost, 40);
  });

  it('lies between 4 rows for 30 and 16 rows for 20 by the logarithm: 8.12 rows cost 25', () => {
    // Half way between log 4.5 and log 16.5 is a count of √(4.5 · 16.5) − 0.5.
    const { cost, points, weight } = reached(ladder, Math.sqrt(4.5 * 16.5) - 0.5);
    assert.ok(Math.abs(cost - 25) < 1e-9);
    assert.ok(Math.abs(weight - 0.5) < 1e-9);
    assert.deepEqual(points, [1, 3], 'the point with 6 rows for 35 is beaten by that with 4 for 30');
  });

  it('never extrapolates downwards: a level below every point is missed', () => {
    assert.deepEqual(costAt(ladder.slice(1), 3.99), { kind: 'missed' });
    assert.deepEqual(costAt([], 10), { kind: 'missed' });
  });

  it('never extrapolates upwards: above every point the cheapest one is paid', () => {
    assert.equal(reached(ladder, 500).cost, 20);
  });

  it('takes the cheaper of two points with equal violations', () => {
    const place = reached(
      [
        { short: 3, cost: 9 },
        { short: 3, cost: 7 },
      ],
      3,
    );
    assert.deepEqual([place.cost, place.points], [7, [1, 1]]);
  });

  const points = fc.array(
    fc.record({ short: fc.integer({ min: 0, max: 30 }), cost: fc.integer({ min: 1, max: 50 }) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  );

  it('never rises when the level allows more, and never exceeds any point that reaches it (1,000 ladders)', () => {
    fc.assert(
      fc.property(
        points,
        fc.double({ min: 0, max: 30, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (all, at, more) => {
          const [less, wide] = [costAt(all, at), costAt(all, at + more)];
          if (less.kind === 'missed') return;
          assert.ok(wide.kind === 'reached' && wide.cost <= less.cost + 1e-9);
          for (const { short, cost } of all) if (short <= at) assert.ok(less.cost <= cost);
          assert.ok(less.cost >= Math.min(...all.map(({ cost }) => cost)));
        },
      ),
      { numRuns: 1000, seed: 1 },
    );
  });
});
