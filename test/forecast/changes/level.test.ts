import assert from 'node:assert/strict';
import type { Change } from '../../../src/domain/change.ts';
import { startLevelWatch } from '../../../src/forecast/changes/level.ts';
import { normal, uniform } from '../made-series.ts';

const WEEK = 10_080;
const TWO_WEEKS = 2 * WEEK;

/** Alarms over so many steps of scores. */
function alarms(steps: number, score: (step: number) => number, from = 0): readonly Change[] {
  const watch = startLevelWatch(TWO_WEEKS);
  const seen: Change[] = [];
  for (let step = from; step < from + steps; step++) {
    const change = watch.observe(score(step), step, 'ok');
    if (change) seen.push(change);
  }
  return seen;
}

/** Student's t with ν degrees of freedom, of variance 1: a Gaussian over the root of a χ². */
function student(nu: number, seed: number): () => number {
  const gauss = normal(seed);
  const scale = Math.sqrt((nu - 2) / nu);
  return () => {
    let chi2 = 0;
    for (let i = 0; i < nu; i++) chi2 += gauss() ** 2;
    return (scale * gauss()) / Math.sqrt(chi2 / nu);
  };
}

/** What is left by a forecast that lags: an AR(1) of variance 1. */
function lagging(phi: number, seed: number): () => number {
  const gauss = normal(seed);
  let last = 0;
  return () => {
    last = phi * last + Math.sqrt(1 - phi * phi) * gauss();
    return last;
  };
}

/** A quiet night and a busy day under one scale. */
function uneven(seed: number): (step: number) => number {
  const gauss = normal(seed);
  return (step) => (step % 1440 < 720 ? 0.3 : 1.38) * gauss();
}

const residuals: readonly (readonly [name: string, score: (step: number) => number])[] = [
  ['Gaussian', normal(1)],
  ["Student's t with 5 degrees", student(5, 2)],
  ["Student's t with 3 degrees", student(3, 3)],
  ['half of it left over to the next step', lagging(0.5, 4)],
  ['four fifths of it left over to the next step', lagging(0.8, 5)],
  ['a scale that changes from night to day', uneven(6)],
  [
    'a spike of 30 deviations in one of 200 steps',
    (() => {
      const gauss = normal(7);
      const next = uniform(8);
      return () => (next() < 0.005 ? 30 : gauss());
    })(),
  ],
];

describe('the level watch', () => {
  for (const [name, score] of residuals) {
    it(`raises about one false alarm a week at most at one-minute steps; residuals: ${name}`, () => {
      const weeks = 40;
      const all = alarms(weeks * WEEK, score);
      assert.ok(all.length <= weeks, `${all.length} alarms in ${weeks} weeks`);
    });
  }

  for (const [shift, most] of [
    [2, 12],
    [3, 8],
    [6, 4],
  ] as const) {
    it(`notices a shift of ${shift} deviations within ${most} steps in the median, after a week of ordinary ones`, () => {
      const delays = Array.from({ length: 40 }, (_, run) => {
        const gauss = normal(100 + run);
        const [first] = alarms(WEEK + 200, (step) => gauss() + (step >= WEEK ? shift : 0)).filter(
          ({ atStep }) => atStep >= WEEK,
        );
        return first ? first.atStep - WEEK + 1 : Number.POSITIVE_INFINITY;
      }).sort((a, b) => a - b);
      assert.ok(delays[20]! <= most, `${delays[20]} steps`);
    });
  }

  it('says the side, the size and since when', () => {
    const [change] = alarms(100, (step) => (step < 50 ? 0 : -3));
    assert.deepEqual(change, {
      kind: 'level-down',
      strength: 3,
      atStep: 55,
      message: 'the load has been 3.0 deviations below its one-step forecast for 6 steps',
    });
  });

  it('takes what follows an alarm within 30 steps for the same change', () => {
    const all = alarms(64, () => 4);
    assert.deepEqual(
      all.map(({ atStep }) => atStep),
      [3, 39],
    );
  });

  it('falls silent over a forecast that is wrong for good: a bias of one deviation for 8 weeks, under 25 alarms', () => {
    const gauss = normal(11);
    const all = alarms(8 * WEEK, () => 1 + gauss());
    assert.ok(all.length > 0 && all.length < 25, `${all.length}`);
    const late = all.filter(({ atStep }) => atStep >= 4 * WEEK);
    assert.ok(late.length <= 4, `${late.length} of ${all.length} in the second half`);
  });

  it('learns nothing of incidents and of missing samples', () => {
    const watch = startLevelWatch(TWO_WEEKS);
    for (let step = 0; step < 100; step++) {
      assert.equal(watch.observe(-4, step, 'excluded'), undefined);
      assert.equal(watch.observe(Number.NaN, step, 'ok'), undefined);
    }
    const [, ...sums] = watch.save();
    assert.deepEqual(sums, [0, 0, 0, 0, 0]);
  });

  it('takes a censored sample for what it is: below the forecast it says nothing, above it the load has risen', () => {
    const below = startLevelWatch(TWO_WEEKS);
    const above = startLevelWatch(TWO_WEEKS);
    const seen: (Change | undefined)[] = [];
    for (let step = 0; step < 20; step++) {
      assert.equal(below.observe(-4, step, 'censored'), undefined);
      seen.push(above.observe(3, step, 'censored'));
    }
    assert.equal(seen.find((change) => change)?.kind, 'level-up');
  });

  it('goes on from its saved state as if it had never stopped', () => {
    const score = lagging(0.9, 12);
    const whole = startLevelWatch(50);
    let other = startLevelWatch(50);
    for (let step = 0; step < 20_000; step++) {
      if (step % 97 === 0) other = startLevelWatch(50, other.save());
      const next = score();
      assert.deepEqual(other.observe(next, step, 'ok'), whole.observe(next, step, 'ok'));
    }
    assert.deepEqual(other.save(), whole.save());
  });

  it('refuses a state of another form', () => {
    assert.throws(() => startLevelWatch(TWO_WEEKS, new Float64Array(3)), /state of 3 numbers: expected 6/);
  });
});
