/** What experts are worth on one series: their mean absolute errors on z and those of the yardsticks, on steps that nobody had seen. */
import type { StartExpert } from '../../src/forecast/experts/expert.ts';
import { startPast } from '../../src/forecast/experts/start-past.ts';
import type { FleetSeries } from '../../src/forecast/global/cut-windows.ts';
import { fitHoltWinters, startHoltWinters } from '../../src/forecast/holt-winters.ts';
import { fitSeasonalNaive, startSeasonalNaive } from '../../src/forecast/seasonal-naive.ts';

export interface Errors {
  /** Steps ahead. */
  readonly horizon: number;
  /** In the order in which they were given. */
  readonly experts: readonly number[];
  readonly seasonalNaive: number;
  readonly holtWinters: number;
  readonly persistence: number;
}

interface Span {
  /** First step that counts; the yardsticks are fitted on what lies before. */
  readonly from: number;
  /** First step that does not count any more. */
  readonly until: number;
  /** Every how many steps a forecast is judged. */
  readonly every?: number;
}

/**
 * @param horizons - in steps, ascending
 * @returns one row per horizon, over the steps at which all experts were awake
 */
export function compare(
  series: FleetSeries,
  starts: readonly StartExpert[],
  horizons: readonly number[],
  { from, until, every = 1 }: Span,
): Errors[] {
  const { z, firstStep, stepMs, seasons, calendar } = series;
  const past = startPast({ stepMs, seasons, firstStep });
  const settings = { stepMs, seasons, horizons, past, ...(calendar && { calendar }) };
  const experts = starts.map((start) => ({ expert: start(settings), said: new Float64Array(horizons.length) }));
  const older = { z: z.subarray(0, from), firstStep };
  const farthest = horizons.at(-1)!;
  const naive = startSeasonalNaive(fitSeasonalNaive(older, seasons));
  const winters = startHoltWinters(fitHoltWinters(older, seasons, farthest), firstStep);
  const [naiveSaid, wintersSaid] = [new Float64Array(farthest), new Float64Array(farthest)];
  const sums = horizons.map(() => ({ n: 0, experts: starts.map(() => 0), naive: 0, winters: 0, persistence: 0 }));
  let last = Number.NaN;
  for (let t = 0; t < until; t++) {
    past.push(z[t]!, 'ok', past.filled(past.before(firstStep + t, seasons[0] ?? 1)));
    for (const { expert } of experts) expert.observe();
    naive.observe(z[t]!);
    winters.observe(z[t]!);
    if (!Number.isNaN(z[t]!)) last = z[t]!;
    if (t < from || (t - from) % every !== 0) continue;
    for (const { expert, said } of experts) expert.predict(said);
    naive.predict(naiveSaid);
    winters.predict(wintersSaid);
    for (const [i, horizon] of horizons.entries()) {
      const y = z[t + horizon] ?? Number.NaN;
      if (Number.isNaN(y) || experts.some(({ said }) => Number.isNaN(said[i]!))) continue;
      const sum = sums[i]!;
      sum.n += 1;
      for (const [k, { said }] of experts.entries()) sum.experts[k]! += Math.abs(y - said[i]!);
      sum.naive += Math.abs(y - naiveSaid[horizon - 1]!);
      sum.winters += Math.abs(y - wintersSaid[horizon - 1]!);
      sum.persistence += Math.abs(y - last);
    }
  }
  return sums.map((sum, i) => ({
    horizon: horizons[i]!,
    experts: sum.experts.map((total) => total / sum.n),
    seasonalNaive: sum.naive / sum.n,
    holtWinters: sum.winters / sum.n,
    persistence: sum.persistence / sum.n,
  }));
}
