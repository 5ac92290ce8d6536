import type { PolicyReport } from '../../simulate/report.ts';
import { table } from '../table.ts';

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

/** The policies side by side; numbers to the right. */
export function formatTable(reports: readonly PolicyReport[]): string {
  const heads = columns.map(([heading]) => heading);
  const rows = reports.map((report) => columns.map(([, cell]) => cell(report)));
  const widths = heads.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  const toTheRight = (row: readonly string[]) => row.map((cell, i) => (i === 0 ? cell : cell.padStart(widths[i]!)));
  return table(toTheRight(heads), rows.map(toTheRight));
}
