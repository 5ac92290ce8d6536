import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Lessons } from '../../../src/forecast/learners/lessons.ts';
import { inverseMedianDistance, randomFeatures } from '../../../src/forecast/learners/random-features.ts';
import { fitStandardInputs, readStandardInputs } from '../../../src/forecast/learners/standard-inputs.ts';
import { fitSupportVectors, predictLinear } from '../../../src/forecast/learners/support-vectors.ts';
import { chooseSome, seededRandom } from '../../../src/forecast/random.ts';

const rules = { penalty: 1e-3, tolerance: 0.1, passes: 20, seed: 1 };

/** y = 2·x₀ − x₁ + 0.5 and noise. */
function lessonsOf(rows: number, noise: number): Lessons {
  const random = seededRandom(2);
  const inputs = Float32Array.from({ length: rows * 2 }, () => random.normal());
  const targets = Float64Array.from(
    { length: rows },
    (_, i) => 2 * inputs[2 * i]! - inputs[2 * i + 1]! + 0.5 + noise * random.normal(),
  );
  return { inputs, width: 2, targets };
}

function assertNear(weights: Float64Array, expected: readonly number[], tolerance: number): void {
  expected.forEach((w, j) => {
    assert.ok(Math.abs(weights[j]! - w) < tolerance, `${[...weights]}`);
  });
}

describe('fitSupportVectors', () => {
  it('finds 2, −1 and the intercept 0.5 of a noisy line to 0.05', () => {
    assertNear(fitSupportVectors(lessonsOf(1000, 0.3), rules), [2, -1, 0.5], 0.05);
  });

  it('is moved by 5 % of targets at a million no further than 0.2', () => {
    const lessons = lessonsOf(1000, 0.3);
    const targets = lessons.targets.map((y, i) => (i % 20 === 0 ? 1e6 : y));
    assertNear(fitSupportVectors({ ...lessons, targets }, rules), [2, -1, 0.5], 0.2);
  });

  it('gives the same weights for the same seed, bit by bit', () => {
    const lessons = lessonsOf(300, 0.3);
    assert.deepEqual(fitSupportVectors(lessons, rules), fitSupportVectors(lessons, rules));
  });

  it('reads a censored target as a lower bound: 80 % of those above 1 cut off there move no weight by 0.15', () => {
    const lessons = lessonsOf(1000, 0.1);
    const censored = Uint8Array.from(lessons.targets, (y, i) => Number(y > 1 && i % 5 !== 0));
    const targets = lessons.targets.map((y, i) => (censored[i] ? 1 : y));
    assertNear(fitSupportVectors({ ...lessons, targets, censored }, rules), [2, -1, 0.5], 0.15);
    const untold = fitSupportVectors({ ...lessons, targets }, rules);
    assert.ok(predictLinear(untold, Float32Array.of(2, -1)) < 5, `${[...untold]}`);
  });
});

describe('randomFeatures', () => {
  it('have inner products within 0.2 of the Gaussian kernel for 200 features, over all pairs of 20 rows', () => {
    const random = seededRandom(4);
    const rows = Array.from({ length: 20 }, () => Float32Array.from({ length: 5 }, () => random.normal()));
    const features = randomFeatures({ width: 5, count: 200, inverseDistance: 0.4, seed: 1 });
    const mapped = rows.map((row) => {
      const out = new Float32Array(200);
      features.write(row, out);
      return out;
    });
    for (let a = 0; a < 20; a++) {
      for (let b = 0; b < 20; b++) {
        const distance = rows[a]!.reduce((sum, x, j) => sum + (x - rows[b]![j]!) ** 2, 0);
        const product = mapped[a]!.reduce((sum, x, i) => sum + x * mapped[b]![i]!, 0);
        assert.ok(Math.abs(product - Math.exp(-0.08 * distance)) < 0.2, `${a}, ${b}: ${product}`);
      }
    }
  });

  it('follow the cosine to 1e-5, for angles of thousands of turns too', () => {
    const features = randomFeatures({ width: 1, count: 1, inverseDistance: 1, seed: 1 });
    const out = new Float32Array(1);
    const at = (x: number) => {
      features.write(Float32Array.of(x), out);
      return out[0]! / Math.SQRT2;
    };
    // cos a, cos (a + d), cos (a − d) of one frequency: cos (a + d) + cos (a − d) = 2 cos a cos d, whatever they are.
    const d = 0.5;
    const turn = (at(1 + d) + at(1 - d)) / (2 * at(1));
    for (const x of [-3, 0, 7, 1000, -20_000]) {
      assert.ok(Math.abs(at(x + d) + at(x - d) - 2 * turn * at(x)) < 5e-5 / Math.abs(at(1)), `${x}`);
    }
  });

  it('are the same when the common inputs are not added again', () => {
    const settings = { width: 4, count: 50, inverseDistance: 0.7, seed: 3 };
    const whole = randomFeatures(settings);
    const split = randomFeatures({ ...settings, common: 3 });
    const [expected, out] = [new Float32Array(50), new Float32Array(50)];
    split.write(Float32Array.of(1, 2, 3, 4), out);
    split.write(Float32Array.of(1, 2, 3, -5), out, true);
    whole.write(Float32Array.of(1, 2, 3, -5), expected);
    out.forEach((x, i) => {
      assert.ok(Math.abs(x - expected[i]!) < 1e-6);
    });
  });

  it('the median distance of rows that are all alike counts as 1', () => {
    const lessons = { inputs: new Float32Array(40).fill(3), width: 2, targets: new Float64Array(20) };
    assert.equal(inverseMedianDistance(lessons, 100, 1), 1);
  });
});

describe('fitStandardInputs', () => {
  it('gives mean 0 and deviation 1, missing as 0, far values as 5, constants as 0', () => {
    const inputs = Float32Array.of(1, 7, 3, 7, Number.NaN, 7, 5, 7);
    const standard = fitStandardInputs({ inputs, width: 2, targets: new Float64Array(4) });
    const out = new Float32Array(2);
    const written = (a: number, b: number) => {
      standard.write(Float32Array.of(a, b), out);
      return [...out];
    };
    assert.deepEqual(written(3, 7), [0, 0]);
    assert.deepEqual(written(Number.NaN, Number.NaN), [0, 0]);
    assert.deepEqual(written(1e30, -1e30), [5, -5]);
    assert.ok(Math.abs(written(5, 7)[0]! - Math.sqrt(1.5)) < 1e-6);
  });

  it('is the same after a round through its parameters', () => {
    const lessons = lessonsOf(50, 1);
    const standard = fitStandardInputs(lessons);
    const [a, b] = [new Float32Array(2), new Float32Array(2)];
    standard.write(lessons.inputs.subarray(0, 2), a);
    readStandardInputs(standard.parameters).write(lessons.inputs.subarray(0, 2), b);
    assert.deepEqual(a, b);
  });
});

describe('chooseSome', () => {
  it('chooses as many different numbers as asked for, ascending, or all there are', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(60), fc.integer(), (n, count, seed) => {
        const chosen = [...chooseSome(n, count, seededRandom(seed))];
        assert.equal(chosen.length, Math.min(n, count));
        assert.ok(chosen.every((x, i) => x < n && (i === 0 || x > chosen[i - 1]!)));
      }),
    );
  });

  it('chooses each of 10 about as often: 300 ± 60 times in 1,000 draws of 3', () => {
    const random = seededRandom(1);
    const times = new Array<number>(10).fill(0);
    for (let i = 0; i < 1000; i++) for (const x of chooseSome(10, 3, random)) times[x]! += 1;
    assert.ok(Math.min(...times) > 240 && Math.max(...times) < 360, `${times}`);
  });
});
