/** Learners against scikit-learn on one seeded data set; `golden/reference.py` made it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import {
  type BoostingSettings,
  fitBoosting,
  predictTreeSum,
  type TreeSum,
} from '../../../src/forecast/learners/boosting.ts';
import { fitForest, fitRegressionTree } from '../../../src/forecast/learners/forest.ts';
import type { Lessons } from '../../../src/forecast/learners/lessons.ts';
import { featuresOfAll, randomFeatures } from '../../../src/forecast/learners/random-features.ts';
import { fitSupportVectors, predictLinear } from '../../../src/forecast/learners/support-vectors.ts';

type Plain = readonly (number | null)[];
const golden = JSON.parse(readFileSync(new URL('golden/learners.json', import.meta.url), 'utf8')) as {
  readonly width: number;
  readonly targets: readonly number[];
  readonly unseenTargets: readonly number[];
  readonly boosted: readonly number[];
  readonly tree: readonly number[];
  readonly forestErrors: readonly number[];
  readonly medianError: number;
  readonly linear: {
    readonly lambda: number;
    readonly epsilon: number;
    readonly weights: readonly number[];
    readonly objective: number;
    readonly predictions: readonly number[];
  };
  readonly radial: { readonly gamma: number; readonly errors: readonly number[]; readonly exactError: number };
} & { readonly [name in 'inputs' | 'unseen' | 'coarse' | 'coarseUnseen' | 'standard' | 'standardUnseen']: Plain };

const targets = Float64Array.from(golden.targets);

function lessonsOf(inputs: Plain): Lessons {
  return { inputs: Float32Array.from(inputs, (x) => x ?? Number.NaN), width: golden.width, targets };
}

function rowsOf(inputs: Plain): readonly Float32Array[] {
  const all = lessonsOf(inputs).inputs;
  return golden.unseenTargets.map((_, i) => all.slice(i * golden.width, (i + 1) * golden.width));
}

const predictions = (model: TreeSum, inputs: Plain) => rowsOf(inputs).map((row) => predictTreeSum(model, row));

function largestDifference(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));
}

const meanOf = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const meanAbsoluteError = (predicted: readonly number[]) =>
  meanOf(predicted.map((x, i) => Math.abs(x - golden.unseenTargets[i]!)));

const boosting: BoostingSettings = {
  mostTrees: 40,
  rate: 0.1,
  rowShare: 1,
  columnShare: 1,
  patience: 40,
  mostLeaves: 12,
  deepest: 5,
  fewestRows: 15,
  l2: 1,
  leastGain: 0,
  seed: 1,
};

describe('learners against scikit-learn', () => {
  it('40 boosted trees on inputs with 15 % missing in one column predict as HistGradientBoostingRegressor, to 1e-5', () => {
    const model = fitBoosting(lessonsOf(golden.inputs), targets.length, boosting);
    assert.equal(model.treeCount, 40);
    assert.ok(largestDifference(predictions(model, golden.unseen), golden.boosted) < 1e-5);
  });

  it('leaves refilled with medians err on unseen rows as HistGradientBoostingRegressor with absolute error, within 10 %', () => {
    const model = fitBoosting(lessonsOf(golden.inputs), targets.length, { ...boosting, leafQuantile: 0.5 });
    const error = meanAbsoluteError(predictions(model, golden.unseen));
    assert.ok(Math.abs(error / golden.medianError - 1) < 0.1, `${error}, ${golden.medianError}`);
  });

  it('a single tree on columns with at most 64 values predicts as the exact DecisionTreeRegressor, to 1e-6', () => {
    const rules = { mostLeaves: 16, deepest: 6, fewestRows: 10, l2: 0, leastGain: 0 };
    const tree = fitRegressionTree(lessonsOf(golden.coarse), rules);
    assert.ok(largestDifference(predictions(tree, golden.coarseUnseen), golden.tree) < 1e-6);
  });

  it('a forest of 100 trees errs on unseen rows as RandomForestRegressor over five seeds, within 10 % of the mean', () => {
    const settings = {
      trees: 100,
      mostLeaves: 64,
      deepest: 20,
      fewestRows: 5,
      columnsPerSplit: 2,
      l2: 0,
      leastGain: 0,
    };
    const errors = [1, 2, 3, 4, 5].map((seed) => {
      const forest = fitForest(lessonsOf(golden.coarse), { ...settings, seed });
      return meanOf(predictions(forest, golden.coarseUnseen).map((x, i) => (x - golden.unseenTargets[i]!) ** 2));
    });
    assert.ok(Math.abs(meanOf(errors) / meanOf(golden.forestErrors) - 1) < 0.1, `${errors}, ${golden.forestErrors}`);
  });

  it('linear support vectors reach the optimum of LinearSVR within 0.2 %, weights within 0.02', () => {
    const { lambda, epsilon, weights, objective } = golden.linear;
    const lessons = lessonsOf(golden.standard);
    const fitted = fitSupportVectors(lessons, { penalty: lambda, tolerance: epsilon, passes: 100, seed: 1 });
    let loss = 0;
    for (let i = 0; i < targets.length; i++) {
      const row = lessons.inputs.subarray(i * golden.width, (i + 1) * golden.width);
      loss += Math.max(0, Math.abs(targets[i]! - predictLinear(fitted, row)) - epsilon) / targets.length;
    }
    const reached = loss + (lambda / 2) * fitted.reduce((sum, w) => sum + w * w, 0);
    assert.ok(reached >= objective * (1 - 1e-6) && reached < 1.002 * objective, `${reached}, ${objective}`);
    assert.ok(largestDifference([...fitted], weights) < 0.02, `${fitted}`);
  });

  it('support vectors on 200 random features err over 20 seeds as RBFSampler with LinearSVR, within 3 %, and 10 % of the exact kernel', () => {
    const { gamma, errors, exactError } = golden.radial;
    const ours = errors.map((_, seed) => {
      const features = randomFeatures({ width: golden.width, count: 200, inverseDistance: gamma, seed });
      const lessons = featuresOfAll(features, lessonsOf(golden.standard));
      const settings = { penalty: golden.linear.lambda, tolerance: golden.linear.epsilon, passes: 30, seed };
      const weights = fitSupportVectors(lessons, settings);
      const mapped = new Float32Array(200);
      return meanAbsoluteError(
        rowsOf(golden.standardUnseen).map((row) => {
          features.write(row, mapped);
          return predictLinear(weights, mapped);
        }),
      );
    });
    assert.ok(Math.abs(meanOf(ours) / meanOf(errors) - 1) < 0.03, `${meanOf(ours)}, ${meanOf(errors)}`);
    assert.ok(meanOf(ours) < 1.1 * exactError, `${ours}, ${exactError}`);
  });
});
