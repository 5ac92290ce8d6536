/** The last step of a batch: from what all members said of a group of series to their forecasts. */
import type { Frame } from './expert.ts';
import type { LongRun } from './long-run.ts';
import type { Said } from './member.ts';
import { type Mixed, mix } from './mix.ts';
import type { Origins } from './origins.ts';
import { pooledQuantiles } from './pool-quantiles.ts';
import type { Prepared } from './prepare.ts';
import { scalesOf } from './spread.ts';

export interface Subject {
  readonly prepared: Prepared;
  readonly origins: Origins;
  /** At least one member has a whole forecast: the one that repeats the last value always has. */
  readonly said: readonly Said[];
  readonly longRun: LongRun;
}

export interface BatchForecast {
  /** `horizon` steps: the centre of what is expected, made to be right in absolute error. */
  readonly mean: Float64Array;
  /** One row per level, ascending with the level at every step. */
  readonly quantiles: readonly Float64Array[];
  /** Weight of every member by name, those with none left out. */
  readonly weights: ReadonlyMap<string, number>;
}

/** @param levels - ascending, each in (0, 1) */
export function forecastGroup(subjects: readonly Subject[], frame: Frame, levels: readonly number[]): BatchForecast[] {
  const mixed = subjects.map(({ prepared, said, origins }) => {
    const answer = mix(prepared.past, said, origins, frame.seasons[0]);
    if (answer === undefined) throw new Error('no member had anything to say');
    return answer;
  });
  const errors = subjects.map(({ prepared, origins, longRun }, i) => ({
    past: prepared.past,
    origins,
    errors: mixed[i]!.errors,
    longRun,
  }));
  const scales = scalesOf(errors, frame);
  const quantile = pooledQuantiles(errors, scales);
  const reaches = levels.map(quantile);
  return subjects.map((subject, i) => spreadOut(subject, mixed[i]!, scales[i]!, reaches));
}

function spreadOut(
  { prepared, said }: Subject,
  { point, weights }: Mixed,
  perStep: Float64Array,
  reaches: readonly number[],
): BatchForecast {
  const floor = prepared.past.values.every((y) => y >= 0) ? 0 : -Number.MAX_VALUE;
  const quantiles = reaches.map((reach) =>
    point.map((centre, h) => {
      // The newest sample is `age` steps older than the end of the series, and so is everything learned from it.
      const scale = Math.min(Number.MAX_VALUE, perStep[h]! * Math.sqrt(1 + prepared.age / (h + 1)));
      return Math.min(Number.MAX_VALUE, Math.max(floor, centre + reach * scale));
    }),
  );
  const named = said.map(({ name }, m) => [name, weights[m]!] as const).filter(([, weight]) => weight > 0);
  return { mean: point, quantiles, weights: new Map(named) };
}
