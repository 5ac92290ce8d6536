/** All scores of the models of one series, each on the same outcomes. */
import type { Forecast, ForecasterName } from '../domain/forecast.ts';
import { endMs } from '../domain/time-series.ts';
import { type CoverageCount, coverageBy } from './coverage.ts';
import { meanScaledIntervalScore } from './interval-score.ts';
import { scoringLevels } from './levels.ts';
import { type NaiveScale, naiveScale } from './naive-scale.ts';
import { countsBelow, pitHistogram } from './pit.ts';
import { pointScores } from './point-errors.ts';
import { crps, meanPinball, type QuantileLoss, quantileLoss } from './quantile-losses.ts';
import { type Ramps, rampKinds, usualRamps } from './ramps.ts';
import type { Roll } from './rolling-origin.ts';
import { type SeasonParts, seasonParts, usableSeason } from './season-parts.ts';
import type { Verified } from './verified.ts';

/** Stands for the forecasts of whatever the gate let act. */
export const ACTING = 'acting';
export type ModelName = ForecasterName | typeof ACTING;

/** Scores of one model on one series. NaN where a score cannot be computed. */
export interface ModelScores {
  readonly model: ModelName;
  readonly mase: number;
  readonly rmsse: number;
  readonly smape: number;
  readonly bias: number;
  readonly msis: number;
  /** In the unit of the series. */
  readonly crps: number;
  readonly quantileLoss: QuantileLoss;
  readonly coverage: CoverageCount;
  /** By part of the season. */
  readonly coverageByPart: readonly CoverageCount[];
  /** By `rampKinds`; empty when the series has no ramps to speak of. */
  readonly coverageOnRamps: readonly CoverageCount[];
  readonly pit: Float64Array;
  /** By `scoringLevels`. */
  readonly below: Float64Array;
  /**
   * Mean pinball loss of each origin at the gate's levels over the scale of the naive, so that series can be added up;
   * NaN where there was no forecast or no outcome.
   */
  readonly losses: Float64Array;
  /** Origins at which this model could forecast. */
  readonly origins: number;
}

export interface SeriesScores {
  readonly id: string;
  readonly models: readonly ModelScores[];
  readonly parts: SeasonParts;
  /** Day, or other season, that each origin lies in: the blocks of the bootstrap. */
  readonly days: readonly number[];
}

interface Ground {
  readonly roll: Roll;
  readonly levels: readonly number[];
  readonly gateLevels: readonly number[];
  readonly scale: NaiveScale;
  readonly parts: SeasonParts;
  readonly ramps: Ramps | undefined;
}

/** @param shownAt - what the clock on the wall shows at a moment, as if it were UTC; UTC itself when absent */
export function scoreSeries(roll: Roll, shownAt?: (ms: number) => number): SeriesScores {
  const { id, history, seasonLengths, levels, origins } = roll.request;
  const first = origins.known[0]!;
  const past = { ...history, values: history.values.subarray(0, first) };
  const season = usableSeason(first, seasonLengths);
  const parts = seasonParts(history.stepMs, season, shownAt);
  const ground: Ground = {
    roll,
    levels: scoringLevels(levels),
    gateLevels: [...new Set([...levels, 0.5])],
    scale: naiveScale(past.values, season),
    parts,
    ramps: usualRamps(past, season),
  };
  const named = Object.entries(roll.forecasts) as [ForecasterName, readonly (Forecast | undefined)[]][];
  const acting = roll.acting.map((model, i) => roll.forecasts[model]?.[i]);
  const dayMs = Math.max(season, 1) * history.stepMs;
  return {
    id,
    models: [...named, [ACTING, acting] as const].map(([model, forecasts]) => scoreModel(ground, model, forecasts)),
    parts,
    days: origins.known.map((known) => Math.floor((endMs(past) + (known - first) * history.stepMs) / dayMs)),
  };
}

function scoreModel(ground: Ground, model: ModelName, forecasts: readonly (Forecast | undefined)[]): ModelScores {
  const { levels, gateLevels, scale, parts, ramps } = ground;
  const pairs = pairUp(ground, forecasts);
  const made = pairs.filter((pair) => pair !== undefined);
  const byPart = coverageBy(made, parts.count, (pair, i) => parts.partAt(startOf(pair, i)));
  return {
    model,
    ...pointScores(made, scale),
    msis: meanScaledIntervalScore(made, scale.absolute),
    crps: crps(made),
    quantileLoss: quantileLoss(made, gateLevels),
    coverage: coverageBy(made, 1, () => 0)[0]!,
    coverageByPart: byPart,
    coverageOnRamps: ramps ? coverageBy(made, rampKinds.length, (pair, i) => ramps.kindAt(startOf(pair, i))) : [],
    pit: pitHistogram(made),
    below: countsBelow(made, levels),
    losses: Float64Array.from(pairs, (pair) => (pair ? scaledLoss(pair, gateLevels, scale) : Number.NaN)),
    origins: made.length,
  };
}

function pairUp({ roll }: Ground, forecasts: readonly (Forecast | undefined)[]): readonly (Verified | undefined)[] {
  const { history, horizonSteps, origins } = roll.request;
  return forecasts.map((forecast, i) => {
    const known = origins.known[i]!;
    return forecast && { forecast, truth: history.values.subarray(known, known + horizonSteps) };
  });
}

function startOf({ forecast }: Verified, step: number): number {
  return forecast.startMs + step * forecast.stepMs;
}

function scaledLoss(pair: Verified, levels: readonly number[], scale: NaiveScale): number {
  return meanPinball(pair, levels) / (scale.absolute > 0 ? scale.absolute : Number.NaN);
}
