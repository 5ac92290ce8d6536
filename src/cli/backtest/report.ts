/** The result of a back-test in the form that `-o json` prints and that table and page are made of. Shares are fractions. */
import type { ForecasterName } from '../../domain/forecast.ts';
import type { CoverageCount } from '../../evaluate/coverage.ts';
import { type Gain, gainOver } from '../../evaluate/gain.ts';
import { centralShares, scoringLevels } from '../../evaluate/levels.ts';
import { type PooledScores, poolScores } from '../../evaluate/pool-scores.ts';
import { rampKinds } from '../../evaluate/ramps.ts';
import { ACTING, type ModelName } from '../../evaluate/score-series.ts';
import { judgeModel } from '../../evaluate/verdict.ts';
import { formatInstant } from '../forecast/instants.ts';
import type { Material } from './material.ts';
import type { Outcome } from './run-all.ts';
import type { SeriesResult } from './run-series.ts';

/** Shares of the outcomes inside the central intervals; null where there was no outcome. */
export interface CoverageReport {
  readonly count: number;
  readonly shares: { readonly [share in '0.5' | '0.9' | '0.99']: number | null };
}

export interface ModelReport {
  readonly model: ModelName;
  readonly series: number;
  /** Series that MASE, RMSSE and MSIS leave out because the naive error before the first origin is 0 or unknown. */
  readonly left_out: number;
  readonly origins: number;
  readonly mase: number;
  readonly rmsse: number;
  readonly smape: number;
  readonly bias: number;
  readonly weighted_quantile_loss: number;
  readonly crps: number;
  readonly msis: number;
  readonly coverage: CoverageReport;
  readonly coverage_by_part: readonly CoverageReport[];
  readonly coverage_on_ramps: { readonly [kind in (typeof rampKinds)[number]]?: CoverageReport };
  readonly pit: readonly number[];
  /** Share of outcomes at or below each quantile. */
  readonly reliability: readonly { readonly level: number; readonly share: number }[];
  /** Against seasonal naive, on the pinball loss at the levels; absent for itself. */
  readonly skill?: Gain;
  readonly fits: { readonly count: number; readonly failed: number; readonly mean_seconds: number | null };
  readonly acting_share: number;
  readonly verdict: string;
}

export interface BacktestReport {
  readonly source: string;
  readonly horizon_steps: number;
  readonly season_lengths: readonly number[];
  readonly levels: readonly number[];
  readonly seed: number;
  /** Whether the parts of the coverage are hours of the day. */
  readonly parts_are_hours: boolean;
  /** On whose clock those hours are. */
  readonly zone: string;
  readonly models: readonly ModelReport[];
  readonly series: readonly SeriesReport[];
  readonly failed: Outcome['failed'];
}

export interface SeriesReport {
  readonly id: string;
  readonly origins: number;
  readonly first_origin: string;
  readonly last_origin: string;
  readonly step_seconds: number;
  readonly fits: readonly { readonly at: string; readonly acting: ForecasterName; readonly verdict: string }[];
  /** Models that could not be fitted at some refit, with the newest reason. */
  readonly failures: readonly { readonly model: ForecasterName; readonly reason: string }[];
  readonly models: readonly {
    readonly model: ModelName;
    readonly mase: number;
    readonly rmsse: number;
    readonly smape: number;
    readonly msis: number;
    readonly crps: number;
    readonly bias: number;
  }[];
}

export function reportOf(material: Material, { results, failed }: Outcome, seed: number): BacktestReport {
  const pooled = poolScores(results.map(({ scores }) => scores));
  const { source, horizonSteps, seasonLengths, levels } = material;
  return {
    source,
    horizon_steps: horizonSteps,
    season_lengths: seasonLengths,
    levels,
    seed,
    parts_are_hours: results.every(({ scores }) => scores.parts.hours),
    zone: material.clock?.zone ?? 'UTC',
    models: pooled.map((scores) => modelReport(scores, pooled, material, results, seed)),
    series: results.map(seriesReport),
    failed,
  };
}

function modelReport(
  scores: PooledScores,
  all: readonly PooledScores[],
  { levels }: Material,
  results: readonly SeriesResult[],
  seed: number,
): ModelReport {
  const { model, coverage } = scores;
  const series = results.map((result) => result.scores);
  const names = all.map((other) => other.model);
  const { actingShare, words } = judgeModel(series, model, names, actingShares(results), seed);
  const skill = model === 'seasonal-naive' ? undefined : gainOver(series, model, 'seasonal-naive', seed);
  return {
    model,
    series: scores.series,
    left_out: scores.leftOut,
    origins: scores.origins,
    mase: scores.mase,
    rmsse: scores.rmsse,
    smape: scores.smape,
    bias: scores.bias,
    weighted_quantile_loss: scores.weightedQuantileLoss,
    crps: scores.crps,
    msis: scores.msis,
    coverage: coverageReport(coverage),
    coverage_by_part: scores.coverageByPart.map(coverageReport),
    coverage_on_ramps: Object.fromEntries(
      scores.coverageOnRamps.map((count, i) => [rampKinds[i]!, coverageReport(count)]),
    ),
    pit: Array.from(scores.pit, (mass) => mass / coverage.count),
    reliability: scoringLevels(levels).map((level, j) => ({ level, share: scores.below[j]! / coverage.count })),
    ...(skill && { skill }),
    fits: fitsOf(model, results),
    acting_share: actingShare,
    verdict: words,
  };
}

function coverageReport({ count, inside }: CoverageCount): CoverageReport {
  const shares = centralShares.map((share, k) => [String(share), count > 0 ? inside[k]! / count : null]);
  return { count, shares: Object.fromEntries(shares) as CoverageReport['shares'] };
}

function actingShares(results: readonly SeriesResult[]): ReadonlyMap<ForecasterName, number> {
  const total = results.reduce((sum, { origins }) => sum + origins.count, 0);
  const shares = new Map<ForecasterName, number>();
  for (const { acted } of results) {
    for (const [model, count] of acted) shares.set(model, (shares.get(model) ?? 0) + count / total);
  }
  return shares;
}

/** What acted is fitted when all models are. */
function fitsOf(model: ModelName, results: readonly SeriesResult[]): ModelReport['fits'] {
  const fits = results.flatMap((result) => result.fits);
  const times = fits.flatMap(({ scores }) => {
    const own = scores.filter((score) => (model === ACTING || score.model === model) && score.fitMs !== undefined);
    return own.length > 0 ? [own.reduce((sum, { fitMs }) => sum + fitMs!, 0)] : [];
  });
  const failed = fits.filter(({ scores }) =>
    scores.some((score) => score.model === model && score.failure !== undefined),
  );
  const mean = times.length > 0 ? times.reduce((sum, ms) => sum + ms, 0) / times.length / 1000 : null;
  return { count: fits.length, failed: failed.length, mean_seconds: mean };
}

function seriesReport({ id, origins, fits, scores, style, stepMs }: SeriesResult): SeriesReport {
  const failures = new Map(
    fits.flatMap((fit) => fit.scores.flatMap(({ model, failure }) => (failure ? [[model, failure] as const] : []))),
  );
  return {
    id,
    origins: origins.count,
    first_origin: formatInstant(origins.firstMs, style),
    last_origin: formatInstant(origins.lastMs, style),
    step_seconds: stepMs / 1000,
    fits: fits.map(({ atMs, acting, verdict }) => ({ at: formatInstant(atMs, style), acting, verdict })),
    failures: Array.from(failures, ([model, reason]) => ({ model, reason })),
    models: scores.models.map(({ model, mase, rmsse, smape, msis, crps, bias }) => ({
      model,
      mase,
      rmsse,
      smape,
      msis,
      crps,
      bias,
    })),
  };
}
