import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { openStateStore } from '../../../src/forecast/aggregate/state-store.ts';
import { startTailTracker } from '../../../src/forecast/aggregate/tail-tracker.ts';
import type { Archetype } from '../../../src/forecast/fleet/archetype.ts';
import { type Followed, fleetPrior } from '../../../src/forecast/fleet/fleet-prior.ts';
import { prefixed } from '../../../src/forecast/parameters.ts';

const STEP_MS = 60_000;
const DAY_MS = 86_400_000;

/** A workload whose gate has decided, with excesses that are all alike. */
function followed(isActing: boolean, kind?: Archetype, days = 14, excess = 1): Followed {
  const store = openStateStore();
  store.doubles('gate', 3, (i) => (i === 0 && !isActing ? 1 : 0));
  const tracker = startTailTracker('aggregate.upper.0', { shape: 0.2, scale: 0.8 }, store);
  for (let i = 0; i < 50; i++) tracker.learn(excess);
  const parameters = {
    ...prefixed('state.', store.save()),
    stepMs: STEP_MS,
    firstStep: 1000,
    trainedThroughMs: 1000 * STEP_MS + days * DAY_MS,
  };
  return { parameters, ...(kind && { kind }) };
}

const many = (count: number, make: () => Followed) => Array.from({ length: count }, make);

describe('prior of a fleet', () => {
  it('gives half more wealth where the aggregate acts on most of ten, none where it acts on none', () => {
    assert.equal(
      fleetPrior(
        'daily',
        many(10, () => followed(true)),
      ).credit,
      1.5,
    );
    assert.equal(
      fleetPrior(
        'daily',
        many(10, () => followed(false)),
      ).credit,
      1,
    );
    const mixed = [...many(2, () => followed(true)), ...many(8, () => followed(false))];
    assert.equal(fleetPrior('daily', mixed).credit, 11 / 9);
  });

  it('keeps mistakes at 5 % of all: the credit times the share in shadow, one more counted, is at most 1', () => {
    for (let acting = 0; acting <= 20; acting++) {
      const fleet = [...many(acting, () => followed(true)), ...many(20 - acting, () => followed(false))];
      const { credit } = fleetPrior('steady', fleet);
      assert.ok(credit >= 1 && credit * ((20 - acting + 1) / 21) <= 1 + 1e-12, `${acting}: ${credit}`);
    }
  });

  it('says nothing of fewer than ten, nor of those younger than a week', () => {
    assert.deepEqual(fleetPrior('daily', []), { credit: 1 });
    assert.equal(
      fleetPrior(
        'daily',
        many(9, () => followed(true)),
      ).credit,
      1,
    );
    assert.deepEqual(
      fleetPrior(
        'daily',
        many(30, () => followed(true, 'daily', 6)),
      ),
      { credit: 1 },
    );
  });

  it('asks its own kind first, for the credit and for the tail, and all where that kind is rare', () => {
    const daily = many(10, () => followed(true, 'daily', 14, 1));
    const bursty = many(12, () => followed(false, 'bursty', 14, 5));
    const [asDaily, asBursty, asSparse] = (['daily', 'bursty', 'sparse'] as const).map((kind) =>
      fleetPrior(kind, [...daily, ...bursty]),
    );
    assert.equal(asDaily!.credit, 1.5);
    assert.equal(asBursty!.credit, 1);
    assert.equal(asSparse!.credit, 1.5);
    const meanOf = ({ tail }: typeof asDaily & object) => tail!.scale / (1 - tail!.shape);
    assert.ok(Math.abs(meanOf(asDaily!) - 1) < 0.01 && Math.abs(meanOf(asBursty!) - 5) < 0.01);
    assert.ok(meanOf(asSparse!) > 2 && meanOf(asSparse!) < 4, `${meanOf(asSparse!)}`);
  });
});
