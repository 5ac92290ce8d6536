import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { openStateStore } from '../../../src/forecast/aggregate/state-store.ts';
import { PRIOR_TAIL, startTailTracker } from '../../../src/forecast/aggregate/tail-tracker.ts';
import { poolTails, savedTail } from '../../../src/forecast/fleet/pool-tails.ts';
import { type Parameters, prefixed } from '../../../src/forecast/parameters.ts';
import { type Tail, tailExcess } from '../../../src/forecast/tails.ts';
import { uniform } from '../made-series.ts';

const NAMES = ['aggregate.upper.0', 'aggregate.upper.1', 'aggregate.lower.0', 'seasonal-naive.upper.0'];

/** What an aggregate saves of its tails, of which each has followed `count` excesses. */
function workload(seed: number, count: number, truth: Tail, prior?: Tail): Parameters {
  const store = openStateStore();
  const draw = uniform(seed);
  for (const name of NAMES) {
    const tracker = startTailTracker(name, prior ?? PRIOR_TAIL, store);
    // What lies below, or beyond a yardstick, is of another kind: it must not be pooled.
    const factor = name.startsWith('aggregate.upper') ? 1 : 50;
    for (let i = 0; i < count; i++) tracker.learn(factor * tailExcess(truth, 1 - draw()));
  }
  const fleetTail = prior && { fleetTail: Float64Array.of(prior.shape, prior.scale) };
  return { ...prefixed('state.', store.save()), ...fleetTail };
}

const isNear = (found: number, expected: number, share: number) =>
  assert.ok(Math.abs(found - expected) < share * expected, `${found}, expected about ${expected}`);

describe('pooled tails', () => {
  const heavy: Tail = { shape: 0.3, scale: 2 };
  const at999 = (tail: Tail) => tailExcess(tail, 0.001 / 0.05);

  it('of 60 workloads with 30 excesses each is the truth within 15 % at 99.9 %, where the ordinary tail says less than half', () => {
    const fleet = Array.from({ length: 60 }, (_, i) => workload(i + 1, 30, heavy));
    isNear(at999(poolTails(fleet)!), at999(heavy), 0.15);
    assert.ok(at999(PRIOR_TAIL) < 0.5 * at999(heavy));
    const alone = workload(1, 30, heavy);
    assert.equal(poolTails([alone]), undefined);
  });

  it('takes back the prior that each was drawn towards, whichever it was', () => {
    const prior: Tail = { shape: 0, scale: 10 };
    const fleet = Array.from({ length: 60 }, (_, i) => workload(i + 1, 30, heavy, prior));
    const same = Array.from({ length: 60 }, (_, i) => workload(i + 1, 30, heavy));
    isNear(at999(poolTails(fleet)!), at999(poolTails(same)!), 0.01);
    assert.deepEqual(savedTail(fleet[0]!), prior);
    assert.equal(savedTail(same[0]!), undefined);
  });

  it('lets no workload speak for more than 600 excesses: one in trouble for weeks does not set the tail of ninety', () => {
    const calm: Tail = { shape: 0, scale: 0.5 };
    const fleet = Array.from({ length: 90 }, (_, i) => workload(i + 1, 100, calm));
    const wild = workload(99, 20_000, { shape: 0, scale: 5 });
    assert.ok(at999(poolTails([...fleet, wild])!) < 2 * at999(calm));
  });

  it('is unknown below 200 excesses, and of no workload', () => {
    assert.equal(poolTails([]), undefined);
    assert.equal(poolTails([workload(1, 99, heavy)]), undefined);
    assert.ok(poolTails([workload(1, 100, heavy)]) !== undefined);
  });
});
