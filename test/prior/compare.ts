/** What an expert is worth on one series: its mean absolute error on z against that of both yardsticks, on steps they had not seen. */

import type { StartExpert } from '../../src/forecast/experts/expert.ts';
import { startPast } from '../../src/forecast/experts/start-past.ts';
import type { FleetSeries } from '../../src/forecast/global/cut-windows.ts';
import { fitHoltWinters, startHoltWinters } from '../../src/forecast/holt-winters.ts';
import { fitSeasonalNaive, startSeasonalNaive } from '../../src/forecast/seasonal-naive.ts';

export interface Errors {
  /** Steps ahead. */
  readonly horizon: number;
  readonly expert: number;
  readonly seasonalNaive: number;
  readonly holtWinters: number;
  readonly persistence: number;
}

/**
 * @param horizons - in steps, ascending
 * @param from - first step that counts; the yardsticks are fitted on what lies before
 * @param until - first step that does not count any more
 */
export function compare(
  series: FleetSeries,
  start: StartExpert,
  horizons: readonly number[],
  from: number,
  until = series.z.length,
): Errors[] {
  const { z, firstStep, stepMs, seasons, calendar } = series;
  const past = startPast({ stepMs, seasons, firstStep });
  const expert = start({ stepMs, seasons, horizons, past, ...(calendar && { calendar }) });
  const older = { z: z.subarray(0, from), firstStep };
  const farthest = horizons.at(-1)!;
  const naive = startSeasonalNaive(fitSeasonalNaive(older, seasons));
  const winters = startHoltWinters(fitHoltWinters(older, seasons, farthest), firstStep);
  const said = new Float64Array(horizons.length);
  const [naiveSaid, wintersSaid] = [new Float64Array(farthest), new Float64Array(farthest)];
  const sums = horizons.map((horizon) => ({
    horizon,
    n: 0,
    expert: 0,
    seasonalNaive: 0,
    holtWinters: 0,
    persistence: 0,
  }));
  let last = Number.NaN;
  for (let t = 0; t < until; t++) {
    past.push(z[t]!, 'ok', past.filled(past.before(firstStep + t, seasons[0] ?? 1)));
    for (const one of [expert, naive]) one.observe(z[t]!);
    winters.observe(z[t]!);
    if (!Number.isNaN(z[t]!)) last = z[t]!;
    if (t < from) continue;
    expert.predict(said);
    naive.predict(naiveSaid);
    winters.predict(wintersSaid);
    for (const [i, sum] of sums.entries()) {
      const y = z[t + sum.horizon] ?? Number.NaN;
      if (Number.isNaN(y) || Number.isNaN(said[i]!)) continue;
      sum.n += 1;
      sum.expert += Math.abs(y - said[i]!);
      sum.seasonalNaive += Math.abs(y - naiveSaid[sum.horizon - 1]!);
      sum.holtWinters += Math.abs(y - wintersSaid[sum.horizon - 1]!);
      sum.persistence += Math.abs(y - last);
    }
  }
  return sums.map(({ horizon, n, ...rest }) => ({
    horizon,
    expert: rest.expert / n,
    seasonalNaive: rest.seasonalNaive / n,
    holtWinters: rest.holtWinters / n,
    persistence: rest.persistence / n,
  }));
}
