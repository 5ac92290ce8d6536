import assert from 'node:assert/strict';
import { type Candidate, compareFamilies, type FamilyAtLevel } from '../../../src/simulate/frontier/compare.ts';
import { type DayTotals, dayTotals } from '../../../src/simulate/frontier/day-totals.ts';
import { fixed, timetableOf } from '../scenario.ts';

/** Days of 1,000 rows: by day the replicas asked for, and the rows short. */
function days(desired: readonly number[], short: readonly number[]): DayTotals {
  const rows = desired.map(() => 1000);
  return { rows: Float64Array.from(rows), desired: Float64Array.from(desired), short: Float64Array.from(short) };
}

const oracle = days([100, 120, 80, 100, 100], [0, 0, 0, 0, 0]);
const candidates: readonly Candidate[] = [
  { policy: 'forescale:0.01', days: days([130, 150, 110, 130, 130], [8, 12, 10, 9, 11]) },
  { policy: 'forescale:0.001', days: days([160, 190, 130, 160, 160], [1, 1, 1, 1, 1]) },
  { policy: 'hpa:0.5', days: days([190, 210, 160, 190, 200], [10, 9, 11, 10, 9]) },
  { policy: 'hpa:0.3', days: days([300, 320, 280, 300, 300], [3, 3, 3, 3, 3]) },
  { policy: 'static', days: days([400, 400, 400, 400, 400], [0, 0, 0, 0, 0]) },
];

function at(share: number, family: string): FamilyAtLevel {
  const level = compareFamilies(candidates, oracle, 1).levels.find((one) => one.violation_share === share)!;
  return level.families.find((one) => one.family === family)!;
}

describe('compareFamilies', () => {
  it('says what 50, 5 and 0 violating rows of 5,000 cost', () => {
    const { levels, rows } = compareFamilies(candidates, oracle, 1);
    assert.equal(rows, 5000);
    assert.deepEqual(
      levels.map(({ allowed_rows, yardstick }) => [allowed_rows, yardstick]),
      [
        [50, 'hpa'],
        [5, 'static'],
        [0, 'static'],
      ],
    );
  });

  it('sets forescale at 1.3 against the HPA at 1.9 where 1 % is allowed, and names both policies and their rows', () => {
    const own = at(0.01, 'forescale');
    assert.ok(own.kind === 'reached');
    assert.equal(own.cost_over_oracle, 650 / 500);
    assert.deepEqual(own.between[0], { policy: 'forescale:0.01', violation_rows: 50 });
    assert.equal(own.over_yardstick?.ratio, 650 / 950);
    const { low, high } = own.over_yardstick!.interval!;
    assert.ok(low! < 650 / 950 && 650 / 950 < high! && high! < 1, `${low} to ${high}`);
  });

  it('says that the HPA misses 0.1 %, with what comes closest, and compares with static instead', () => {
    const missed = at(0.001, 'hpa');
    assert.deepEqual(missed, {
      family: 'hpa',
      kind: 'missed',
      closest: { policy: 'hpa:0.3', violation_rows: 15 },
      cost_over_oracle: 3,
    });
    const own = at(0.001, 'forescale');
    assert.ok(own.kind === 'reached');
    assert.equal(own.over_yardstick?.ratio, 800 / 2000);
  });

  it('misses 0.015 % with 5 violating rows, which allows none', () => {
    assert.equal(at(0.00015, 'forescale').kind, 'missed');
  });

  it('opens the upper end of an interval where more than 2.5 % of the resamples miss the level', () => {
    const uneven = [...candidates, { policy: 'peer:1', days: days([140, 140, 140, 140, 140], [0, 0, 0, 0, 5]) }];
    const level = compareFamilies(uneven, oracle, 1).levels[1]!;
    const peer = level.families.find(({ family }) => family === 'peer')!;
    assert.ok(peer.kind === 'reached');
    assert.equal(peer.interval?.high, null);
    assert.ok(peer.interval!.low! > 1);
  });

  it('has the same intervals for the same seed, and none with three days', () => {
    const first = compareFamilies(candidates, oracle, 7);
    assert.deepEqual(compareFamilies(candidates, oracle, 7), first);
    const cut = ({ rows, desired, short }: DayTotals) => ({
      rows: rows.slice(0, 3),
      desired: desired.slice(0, 3),
      short: short.slice(0, 3),
    });
    const few = candidates.map(({ policy, days: all }) => ({ policy, days: cut(all) }));
    const [family] = compareFamilies(few, cut(oracle), 7).levels[0]!.families;
    assert.ok(family!.kind === 'reached' && family!.interval === undefined);
  });

  it('covers the true ratio in about 95 % of 100 samples of 30 days', () => {
    let inside = 0;
    for (let sample = 0; sample < 100; sample++) {
      const random = lcg(sample + 1);
      const loads = Array.from({ length: 30 }, () => 100 + 100 * random());
      const noisy = loads.map((load) => 1.5 * load * (0.8 + 0.4 * random()));
      const none = loads.map(() => 0);
      const list = [{ policy: 'hpa:0.5', days: days(noisy, none) }];
      const [family] = compareFamilies(list, days(loads, none), sample).levels[0]!.families;
      assert.ok(family!.kind === 'reached');
      const { low, high } = family!.interval!;
      if (low! <= 1.5 && 1.5 <= high!) inside++;
    }
    assert.ok(inside >= 88 && inside <= 100, `${inside} of 100`);
  });
});

/** Numbers in [0, 1) for a test (Lehmer, modulus 2³¹ − 1). */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('dayTotals', () => {
  it('sums by UTC day behind the warm-up, blank rows left out', () => {
    const minutes = 3 * 1440;
    const timetable = timetableOf({ rates: Array(minutes).fill(10), warmUpSteps: 1440, startUp: fixed(1) });
    const needed = new Uint32Array(minutes).fill(2);
    needed[1500] = 0;
    const desired = new Uint32Array(minutes).fill(3);
    const ready = desired.map((value, row) => (row === 3000 || row === 100 || row === 1500 ? 1 : value));
    const totals = dayTotals({ desired, ready }, needed, timetable);
    assert.deepEqual([...totals.rows], [1439, 1440]);
    assert.deepEqual([...totals.desired], [3 * 1439, 3 * 1440]);
    assert.deepEqual([...totals.short], [0, 1]);
  });
});
