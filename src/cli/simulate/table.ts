import type { FrontierReport } from '../../simulate/frontier/compare.ts';
import type { PolicyReport } from '../../simulate/report.ts';
import { table } from '../table.ts';
import { levelTable, levelTitle, verdicts } from './words.ts';

const columns: readonly (readonly [heading: string, cell: (report: PolicyReport) => string])[] = [
  ['policy', ({ policy }) => policy],
  ['replica-hours', ({ replica_hours }) => replica_hours.toFixed(1)],
  ['cost/oracle', ({ cost_over_oracle }) => cost_over_oracle.toFixed(4)],
  ['violations', ({ violation_share }) => `${(100 * violation_share).toFixed(3)} %`],
  ['rows', ({ violation_rows }) => String(violation_rows)],
  ['unserved', ({ unserved_share }) => `${(100 * unserved_share).toFixed(4)} %`],
  ['ups', ({ scale_ups }) => String(scale_ups)],
  ['downs', ({ scale_downs }) => String(scale_downs)],
];

const moneyColumns: typeof columns = [
  ['money', ({ money }) => money!.toFixed(2)],
  ['money/oracle', ({ money_over_oracle }) => money_over_oracle!.toFixed(4)],
];

/** The policies side by side, numbers to the right; below them what equal violations cost. */
export function formatTable(reports: readonly PolicyReport[], frontier?: FrontierReport): string {
  const shown = reports.some(({ money }) => money !== undefined) ? [...columns, ...moneyColumns] : columns;
  const rows = reports.map((report) => shown.map(([, cell]) => cell(report)));
  const scores = rightTable(
    shown.map(([heading]) => heading),
    rows,
  );
  return frontier === undefined ? scores : `${scores}\n${formatFrontier(frontier)}`;
}

function rightTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  const toTheRight = (row: readonly string[]) => row.map((cell, i) => (i === 0 ? cell : cell.padStart(widths[i]!)));
  return table(toTheRight(heads), rows.map(toTheRight));
}

function formatFrontier(frontier: FrontierReport): string {
  const levels = frontier.levels.map((level) => {
    const { head, rows } = levelTable(level);
    return `${levelTitle(level, frontier.rows)}\n${table(head, rows)}`;
  });
  return `${levels.join('\n')}\n${verdicts(frontier).join('\n')}\n`;
}
