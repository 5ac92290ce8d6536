/** Scores of one model over all series: each series counts the same, except where the published form adds sums. */

import { forecasterNames } from '../domain/forecast.ts';
import { addCoverage, type CoverageCount } from './coverage.ts';
import { ACTING, type ModelName, type ModelScores, type SeriesScores } from './score-series.ts';

export interface PooledScores extends Omit<ModelScores, 'quantileLoss' | 'losses'> {
  readonly weightedQuantileLoss: number;
  /** Series it was scored on, and how many of them the scaled scores leave out because their scale is 0 or unknown. */
  readonly series: number;
  readonly leftOut: number;
}

/** One entry per model that forecast anything, in the order of `forecasterNames`, what acted last. */
export function poolScores(series: readonly SeriesScores[]): readonly PooledScores[] {
  const names: readonly ModelName[] = [...forecasterNames, ACTING];
  return names.flatMap((name) => {
    const scores = series.flatMap(({ models }) => models.filter(({ model, origins }) => model === name && origins > 0));
    return scores.length > 0 ? [poolModel(name, scores)] : [];
  });
}

function poolModel(model: ModelName, scores: readonly ModelScores[]): PooledScores {
  const mean = (of: (score: ModelScores) => number) => finiteMean(scores.map(of));
  return {
    model,
    mase: mean(({ mase }) => mase),
    rmsse: mean(({ rmsse }) => rmsse),
    smape: mean(({ smape }) => smape),
    bias: mean(({ bias }) => bias),
    msis: mean(({ msis }) => msis),
    crps: mean(({ crps }) => crps),
    weightedQuantileLoss: pooledQuantileLoss(scores),
    coverage: addCoverage(scores.map(({ coverage }) => coverage)),
    coverageByPart: addAligned(scores.map(({ coverageByPart }) => coverageByPart)),
    coverageOnRamps: addAligned(scores.map(({ coverageOnRamps }) => coverageOnRamps)),
    pit: addArrays(scores.map(({ pit }) => pit)),
    below: addArrays(scores.map(({ below }) => below)),
    series: scores.length,
    leftOut: scores.filter(({ mase }) => Number.isNaN(mase)).length,
    origins: scores.reduce((sum, { origins }) => sum + origins, 0),
  };
}

function finiteMean(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

function pooledQuantileLoss(scores: readonly ModelScores[]): number {
  let [loss, magnitude] = [0, 0];
  for (const { quantileLoss } of scores) {
    loss += quantileLoss.loss;
    magnitude += quantileLoss.magnitude;
  }
  return magnitude > 0 ? loss / magnitude : Number.NaN;
}

/** Adds group by group; a series with fewer groups (a shorter history, no ramps) adds to those that it has. */
function addAligned(lists: readonly (readonly CoverageCount[])[]): readonly CoverageCount[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => addCoverage(lists.flatMap((list) => list.slice(i, i + 1))));
}

function addArrays(arrays: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(arrays[0]!.length);
  for (const array of arrays) for (let i = 0; i < sum.length; i++) sum[i]! += array[i]!;
  return sum;
}
