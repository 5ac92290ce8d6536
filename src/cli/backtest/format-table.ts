/** The report for a terminal. */
import { rampKinds } from '../../evaluate/ramps.ts';
import { ACTING } from '../../evaluate/score-series.ts';
import { table } from '../table.ts';
import type { BacktestReport, ModelReport } from './report.ts';
import { conclusion, coverages, nameOf, scoreCells, seconds, signedGain, subject } from './words.ts';

const head = [
  'MODEL',
  'MASE',
  'sMAPE',
  'RMSSE',
  'WQL',
  'CRPS',
  'MSIS',
  'BIAS',
  'IN 50 / 90 / 99 %',
  'OVER NAIVE',
  'FIT',
];

function scoreRow(report: ModelReport): string[] {
  return [nameOf(report.model), ...scoreCells(report), signedGain(report.skill), seconds(report.fits.mean_seconds)];
}

export function formatReport(report: BacktestReport): string {
  const verdicts = report.models.map(({ model, verdict }) => [nameOf(model), verdict]);
  return [
    `${subject(report)}\n${conclusion(report)}\n`,
    table(head, report.models.map(scoreRow)),
    table(['MODEL', 'VERDICT OF THE GATE, AND WHAT CAME OF IT'], verdicts),
    coverageTable(report),
    notes(report),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Where the 90 % interval of what acted holds least, and how it does on ramps. */
function coverageTable({ models, parts_are_hours, zone }: BacktestReport): string {
  const acting = models.find(({ model }) => model === ACTING);
  if (!acting) return '';
  const parts = acting.coverage_by_part
    .map(({ shares, count }, part) => ({ part, count, share: shares['0.9'] }))
    .filter((one): one is { part: number; count: number; share: number } => one.share !== null);
  const least = parts.toSorted((a, b) => a.share - b.share)[0];
  const where = (part: number) =>
    parts_are_hours
      ? `${String(part).padStart(2, '0')}:00 ${zone}`
      : `part ${part + 1} of ${parts.length} of the season`;
  const rows = [
    ['overall', coverages(acting.coverage), String(acting.coverage.count)],
    ...rampKinds.flatMap((kind) => {
      const on = acting.coverage_on_ramps[kind];
      return on ? [[kind === 'flat' ? 'off ramps' : `${kind} ramps`, coverages(on), String(on.count)]] : [];
    }),
    ...(least && parts.length > 1
      ? [[`worst, ${where(least.part)}`, coverages(acting.coverage_by_part[least.part]!), String(least.count)]]
      : []),
  ];
  return table(['WHAT ACTED', 'IN 50 / 90 / 99 %', 'OUTCOMES'], rows);
}

function notes({ models, series, failed, levels }: BacktestReport): string {
  const lines = [
    'MASE, RMSSE and MSIS are relative to the error of the seasonal naive before the first origin.',
    `WQL, OVER NAIVE and the verdicts rest on the levels ${levels.join(', ')}. CRPS is in the unit of the load.`,
  ];
  const leftOut = Math.max(0, ...models.map(({ left_out }) => left_out));
  if (leftOut > 0)
    lines.push(`${leftOut} series never changed before the first origin; MASE, RMSSE and MSIS leave them out.`);
  for (const { id, reason } of failed) lines.push(`${id} was left out: ${reason}`);
  for (const { id, failures } of series.slice(0, 10)) {
    for (const { model, reason } of failures)
      lines.push(`${nameOf(model)} could not always be fitted to ${id}: ${reason}`);
  }
  return `${lines.join('\n')}\n`;
}
