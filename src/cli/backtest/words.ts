/** Numbers of a report as people read them. NaN and null are a dash. */
import type { Gain } from '../../evaluate/gain.ts';
import { ACTING } from '../../evaluate/score-series.ts';
import { describeShare, titleOf } from '../../evaluate/verdict.ts';
import { formatNumber } from '../html/scale.ts';
import type { BacktestReport, CoverageReport, ModelReport } from './report.ts';

export function score(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : '—';
}

export function share(value: number | null | undefined, digits = 1): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '—' : `${(100 * value).toFixed(digits)} %`;
}

/** `+18 % ± 4 %`. */
export function signedGain(gain: Gain | undefined): string {
  if (!gain) return '—';
  return `${gain.gain > 0 ? '+' : ''}${describeShare(gain.gain, gain.interval)}`;
}

export function seconds(value: number | null): string {
  return value === null ? '—' : `${formatNumber(Number(value.toPrecision(2)))} s`;
}

/** `49.1 / 90.3 / 98.8`. */
export function coverages({ shares }: CoverageReport): string {
  const percent = (value: number | null) => (value === null ? '—' : (100 * value).toFixed(1));
  return [shares['0.5'], shares['0.9'], shares['0.99']].map(percent).join(' / ');
}

/** One sentence on what was judged. */
export function subject(report: BacktestReport): string {
  const { series, horizon_steps, source, failed } = report;
  const [first] = series;
  const count = series.length === 1 ? `series ${first!.id}` : `${series.length} series`;
  const origins = series.reduce((sum, one) => sum + one.origins, 0);
  const fits = series.reduce((sum, one) => sum + one.fits.length, 0);
  const span = series.length === 1 ? ` from ${readable(first!.first_origin)} to ${readable(first!.last_origin)}` : '';
  const left = failed.length > 0 ? ` ${failed.length} series could not be learned from.` : '';
  return `${source}: ${count}, ${horizon_steps} steps ahead from ${origins} origins${span}, ${fits} fits, each on what was known then.${left}`;
}

/** Whether an instant of the input is a counter and no time. */
export function isCounter(instant: string): boolean {
  return /^\d{1,8}$/.test(instant);
}

/** Unix seconds as a date; counters and dates stay as they are. */
function readable(instant: string): string {
  if (!/^\d{9,10}$/.test(instant)) return instant;
  return new Date(Number(instant) * 1000).toISOString().replace(/:\d\d\.000Z$/, 'Z');
}

/** The verdict on what acts, for the heading. */
export function conclusion({ models }: BacktestReport): string {
  const acting = models.filter(({ model, acting_share }) => model !== ACTING && acting_share > 0);
  const most = acting.toSorted((a, b) => b.acting_share - a.acting_share)[0];
  return most ? `${capital(titleOf(most.model))} ${most.verdict}.` : 'Nothing acted.';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Name of a model in tables and pictures. */
export function nameOf(model: ModelReport['model']): string {
  return titleOf(model).replace(/^the /, '');
}

/** Scores of a model as they stand in a row of a table: MASE, sMAPE, RMSSE, WQL, CRPS, MSIS, bias, coverage. */
export function scoreCells(report: ModelReport): readonly string[] {
  return [
    score(report.mase),
    share(report.smape / 100),
    score(report.rmsse),
    score(report.weighted_quantile_loss),
    Number.isFinite(report.crps) ? report.crps.toPrecision(4) : '—',
    Number.isFinite(report.msis) ? report.msis.toFixed(2) : '—',
    share(report.bias),
    coverages(report.coverage),
  ];
}
