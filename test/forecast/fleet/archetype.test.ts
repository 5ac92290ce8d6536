import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { type Archetype, archetypeOf, archetypes, traitsOf } from '../../../src/forecast/fleet/archetype.ts';
import { normal, uniform } from '../made-series.ts';

const STEP_MS = 300_000;
const DAY = 288;
const SEASONS = [DAY, 7 * DAY];

/** Load of `days` days, given the step, the noise and a uniform draw. */
function made(load: (t: number, noise: number, draw: number) => number, days = 21): Float64Array {
  const [noise, draw] = [normal(1), uniform(2)];
  return Float64Array.from({ length: days * DAY }, (_, t) => load(t, noise(), draw()));
}

const wave = (t: number) => 1 - 0.8 * Math.cos((2 * Math.PI * t) / DAY);
const isWeekend = (t: number) => Math.floor(t / DAY) % 7 >= 5;

const loads: { readonly [kind in Archetype]: Float64Array } = {
  daily: made((t, noise) => 100 * wave(t) * Math.exp(0.1 * noise)),
  weekly: made((t, noise) => 100 * (isWeekend(t) ? 0.1 : 1) * (0.5 + wave(t)) * Math.exp(0.1 * noise)),
  steady: made((_, noise) => 100 * Math.exp(0.03 * noise)),
  noisy: made((_, noise) => 100 * Math.exp(0.4 * noise)),
  wandering: walk(),
  bursty: made((_, noise, draw) => 100 * (draw < 0.04 ? 20 : 1) * Math.exp(0.1 * noise)),
  'daily-bursts': made((t, noise) => (t % DAY < 12 ? 2000 : 100) * Math.exp(0.1 * noise)),
  sparse: made((_, _noise, draw) => (draw < 0.8 ? 0 : 10)),
};

function walk(): Float64Array {
  const values = made((_, noise) => noise);
  let log = 0;
  return values.map((noise) => {
    log = 0.999 * log + 0.02 * noise;
    return 100 * Math.exp(log);
  });
}

describe('archetype of a load', () => {
  for (const kind of archetypes) {
    it(`three weeks of a load made to be ${kind} are ${kind}`, () => {
      assert.equal(archetypeOf(traitsOf(loads[kind], SEASONS, STEP_MS)), kind);
    });
  }

  it('is that of the same load a thousand times as high', () => {
    for (const kind of archetypes) {
      const high = loads[kind].map((y) => 1000 * y);
      assert.equal(archetypeOf(traitsOf(high, SEASONS, STEP_MS)), kind);
    }
  });

  it('does not know days from two hours, and still tells bursts and zeros', () => {
    for (const kind of ['steady', 'bursty', 'sparse'] as const) {
      const traits = traitsOf(loads[kind].subarray(0, 144), SEASONS, STEP_MS);
      assert.ok(Number.isNaN(traits.daily) && Number.isNaN(traits.weekly));
      assert.equal(archetypeOf(traits), kind);
    }
  });

  it('is the same with every tenth sample missing, and `steady` where none is there', () => {
    const gappy = loads.daily.map((y, t) => (t % 10 === 0 ? Number.NaN : y));
    assert.equal(archetypeOf(traitsOf(gappy, SEASONS, STEP_MS)), 'daily');
    assert.equal(archetypeOf(traitsOf(new Float64Array(100).fill(Number.NaN), SEASONS, STEP_MS)), 'steady');
  });

  it('has traits within bounds or unknown for any load (property)', () => {
    const sample = fc.oneof(fc.double({ min: 0, max: 1e9 }), fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY));
    const property = fc.property(fc.array(sample, { maxLength: 300 }), (values) => {
      const traits = traitsOf(Float64Array.from(values), [24, 168], 3_600_000);
      for (const trait of [traits.daily, Math.abs(traits.weekly), traits.zeros])
        assert.ok(Number.isNaN(trait) || (trait >= 0 && trait <= 1.000001), `${trait}`);
      assert.ok(archetypes.includes(archetypeOf(traits)));
    });
    fc.assert(property, { numRuns: 200, seed: 1 });
  });
});
