import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { binInputs } from '../../../src/forecast/learners/bins.ts';
import { type BoostingSettings, fitBoosting, predictTreeSum } from '../../../src/forecast/learners/boosting.ts';
import { fitForest, fitRegressionTree } from '../../../src/forecast/learners/forest.ts';
import { leafOf, treeGrower } from '../../../src/forecast/learners/grow-tree.ts';
import type { Lessons } from '../../../src/forecast/learners/lessons.ts';
import { packTree, rulesOf, sumOfTrees } from '../../../src/forecast/learners/trees.ts';
import { seededRandom } from '../../../src/forecast/random.ts';

const WIDTH = 3;
const rules = { mostLeaves: 8, deepest: 4, fewestRows: 5, l2: 1, leastGain: 0 };
const settings: BoostingSettings = {
  ...rules,
  mostTrees: 40,
  rate: 0.2,
  rowShare: 0.8,
  columnShare: 0.7,
  patience: 5,
  seed: 3,
};

/** Targets follow a step in the first column; a share of the second column is missing. */
function lessonsOf(rows: number, seed = 1, noise = 0.1): Lessons {
  const random = seededRandom(seed);
  const inputs = Float32Array.from({ length: rows * WIDTH }, (_, at) =>
    at % WIDTH === 1 && random.uniform() < 0.2 ? Number.NaN : random.normal(),
  );
  const targets = Float64Array.from(
    { length: rows },
    (_, i) => (inputs[i * WIDTH]! > 0.5 ? 2 : 0) + noise * random.normal(),
  );
  return { inputs, width: WIDTH, targets };
}

const rowOf = ({ inputs }: Lessons, i: number) => inputs.slice(i * WIDTH, (i + 1) * WIDTH);

describe('trees', () => {
  it('a packed tree gives every row the leaf that the binned one gave it, in 3 numbers a leaf', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 300 }), fc.integer(), (rows, seed) => {
        const lessons = lessonsOf(rows, seed, 1);
        const inputs = binInputs(lessons);
        const errors = lessons.targets.map((y) => -y);
        const all = Int32Array.from({ length: rows }, (_, i) => i);
        const tree = treeGrower(inputs, rules, seededRandom(1)).grow(all, errors, Int32Array.of(0, 1, 2));
        const values = new Map<object, number>();
        const packed = packTree(tree, inputs, (leaf) => {
          values.set(leaf, Math.fround(leaf.sum));
          return leaf.sum;
        });
        assert.equal(packed.length, values.size === 1 ? 2 : 3 * values.size - 1);
        for (let i = 0; i < rows; i++) {
          assert.equal(sumOfTrees(packed, rowOf(lessons, i)), values.get(leafOf(tree, inputs, i)));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a tree whose bootstrap sample repeats rows weighs them as often', () => {
    const lessons = { inputs: Float32Array.of(0, 1), width: 1, targets: Float64Array.of(0, 6) };
    const inputs = binInputs(lessons);
    const grower = treeGrower(inputs, { ...rules, fewestRows: 1, mostLeaves: 1 }, seededRandom(1));
    const tree = grower.grow(Int32Array.of(0, 1, 1), Float64Array.of(0, -6), Int32Array.of(0));
    assert.deepEqual(tree.kind === 'leaf' && [tree.rows.length, tree.sum], [3, -12]);
  });

  it('finds the step at 0.5 that the targets make, and says so in its rules', () => {
    const tree = fitRegressionTree(lessonsOf(2000), { ...rules, mostLeaves: 2 });
    const [[branch, low, high]] = rulesOf(tree.trees) as [[...ReturnType<typeof rulesOf>[number]]];
    assert.ok(branch?.kind === 'branch' && branch.column === 0 && Math.abs(branch.threshold - 0.5) < 0.06);
    assert.ok(low?.kind === 'leaf' && Math.abs(tree.base + low.value - 0) < 0.05);
    assert.ok(high?.kind === 'leaf' && Math.abs(tree.base + high.value - 2) < 0.05);
  });

  it('sends missing values to the side that fits them', () => {
    const inputs = Float32Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? Number.NaN : i % 4));
    const targets = Float64Array.from(inputs, (x) => (Number.isNaN(x) || x === 1 ? 5 : 0));
    const tree = fitRegressionTree({ inputs, width: 1, targets }, { ...rules, l2: 0 });
    for (const [x, y] of [
      [Number.NaN, 5],
      [1, 5],
      [2, 0],
      [3, 0],
    ] as const) {
      assert.ok(Math.abs(predictTreeSum(tree, Float32Array.of(x)) - y) < 1e-6, `${x}`);
    }
  });

  it('parts missing values from all others, however large, when that is what matters', () => {
    const inputs = Float32Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? Number.NaN : i));
    const targets = Float64Array.from(inputs, (x) => (Number.isNaN(x) ? 4 : 0));
    const tree = fitRegressionTree({ inputs, width: 1, targets }, { ...rules, l2: 0, mostLeaves: 2 });
    assert.ok(Math.abs(predictTreeSum(tree, Float32Array.of(Number.NaN)) - 4) < 1e-6);
    for (const x of [-1e30, 0, 99, 1e30]) assert.ok(Math.abs(predictTreeSum(tree, Float32Array.of(x))) < 1e-6, `${x}`);
  });

  it('a missing value that no row had goes with the larger child', () => {
    const inputs = Float32Array.from({ length: 100 }, (_, i) => (i < 80 ? 0 : 1));
    const targets = Float64Array.from(inputs, (x) => 3 * x);
    const tree = fitRegressionTree({ inputs, width: 1, targets }, { ...rules, l2: 0 });
    assert.ok(Math.abs(predictTreeSum(tree, Float32Array.of(Number.NaN))) < 1e-6);
  });

  it('on constant targets a tree is a single leaf and predicts the constant', () => {
    const lessons = { ...lessonsOf(100), targets: new Float64Array(100).fill(7) };
    const tree = fitRegressionTree(lessons, rules);
    assert.equal(tree.trees.length, 2);
    assert.equal(predictTreeSum(tree, rowOf(lessons, 0)), 7);
  });

  it('never predicts beyond the targets, however far off the inputs are', () => {
    const lessons = lessonsOf(500);
    const model = fitForest(lessons, { ...rules, trees: 20, seed: 1 });
    const [least, most] = [Math.min(...lessons.targets), Math.max(...lessons.targets)];
    for (const x of [-1e30, 1e30, Number.NaN]) {
      const y = predictTreeSum(model, Float32Array.of(x, x, x));
      assert.ok(y >= least && y <= most, `${y}`);
    }
  });
});

describe('fitBoosting', () => {
  it('gives the same bytes for the same seed and other bytes for another', () => {
    const lessons = lessonsOf(600, 1, 1);
    const first = fitBoosting(lessons, 500, settings);
    assert.deepEqual(fitBoosting(lessons, 500, settings), first);
    assert.notDeepEqual(fitBoosting(lessons, 500, { ...settings, seed: 4 }).trees, first.trees);
  });

  it('stops on pure noise after few trees, and keeps none that did no good on the newest 200 rows', () => {
    const random = seededRandom(9);
    const lessons = { ...lessonsOf(1000), targets: Float64Array.from({ length: 1000 }, () => random.normal()) };
    const { treeCount, trees } = fitBoosting(lessons, 800, settings);
    assert.ok(treeCount <= 3, `${treeCount}`);
    assert.equal(rulesOf(trees).length, treeCount);
  });

  it('is not pulled up by spikes of a million when leaves hold medians', () => {
    const lessons = lessonsOf(1000);
    const spiky = { ...lessons, targets: lessons.targets.map((y, i) => (i % 50 === 0 ? 1e6 : y)) };
    const model = fitBoosting(spiky, 1000, { ...settings, leafQuantile: 0.5, fewestRows: 50 });
    const low = predictTreeSum(model, Float32Array.of(-1, 0, 0));
    assert.ok(Math.abs(low) < 0.3, `${low}`);
  });

  it('leaves that hold the 90 % quantile cover 86 to 94 % of unseen rows', () => {
    const model = fitBoosting(lessonsOf(4000, 1, 1), 4000, { ...settings, leafQuantile: 0.9, fewestRows: 50 });
    const unseen = lessonsOf(2000, 2, 1);
    const below = unseen.targets.filter((y, i) => y <= predictTreeSum(model, rowOf(unseen, i))).length / 2000;
    assert.ok(below > 0.86 && below < 0.94, `${below}`);
  });

  it('takes a censored target for a lower bound: half of the rows cut off at 1 do not pull the 2 below 1.8', () => {
    const lessons = lessonsOf(2000);
    const cut = Uint8Array.from(lessons.targets, (y, i) => Number(y > 1 && i % 2 === 0));
    const targets = lessons.targets.map((y, i) => (cut[i] ? 1 : y));
    const high = Float32Array.of(1.5, 0, 0);
    const told = fitBoosting({ ...lessons, targets, censored: cut }, 2000, settings);
    const untold = fitBoosting({ ...lessons, targets }, 2000, settings);
    assert.ok(predictTreeSum(told, high) > 1.8, `${predictTreeSum(told, high)}`);
    assert.ok(predictTreeSum(untold, high) < 1.6, `${predictTreeSum(untold, high)}`);
  });
});
