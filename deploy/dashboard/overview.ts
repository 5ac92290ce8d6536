/** All workloads together: whether forescale runs, what it costs and what it misses. */
import type { Row } from './layout.ts';
import { byLegend, number, stacked, table } from './panels.ts';

const byWorkload = 'namespace, kind, name';
const cost = (policy: string) => `sum(increase(forescale_replica_seconds_total{policy="${policy}"}[$__range]))`;
const replicas = (state: string) => `max by (${byWorkload}) (forescale_replicas{state="${state}"})`;

export const overview: Row = {
  title: 'All workloads',
  panels: [
    number(
      'Mode',
      { expr: 'max by (mode) (forescale_mode) == 1', legend: '{{mode}}' },
      { description: 'dry-run: planned and explained, nothing written.', text: 'name' },
    ),
    number(
      'Version',
      { expr: 'max by (version) (forescale_build_info)', legend: '{{version}}' },
      { description: 'What runs.', text: 'name' },
    ),
    number(
      'Workloads',
      { expr: 'max(forescale_workloads)', legend: 'workloads' },
      { description: 'Under management: listed or discovered.' },
    ),
    number(
      'Floors standing',
      {
        expr: 'count(max by (namespace, kind, name) (forescale_floor_expiry_timestamp_seconds) > 0) or vector(0)',
        legend: 'floors',
      },
      { description: 'HPAs whose minReplicas is raised under a lease.' },
    ),
    number(
      'Cost against the plain HPA',
      { expr: `${cost('actual')} / ${cost('plain_hpa')} - 1`, legend: 'difference' },
      {
        description:
          'Replica-time in the span shown, more or less than an HPA alone would have used for the same load. In dry run: what runs now.',
        unit: 'percentunit',
        fieldConfig: { min: null },
      },
    ),
    number(
      'Time short of replicas',
      { expr: 'sum(rate(forescale_violation_seconds_total[$__range])) / max(forescale_workloads)', legend: 'share' },
      {
        description: 'Share of the span shown with fewer ready replicas than the load needed, mean of the workloads.',
        unit: 'percentunit',
        fieldConfig: { decimals: 2 },
      },
    ),
    table(
      'Workloads',
      [
        { expr: replicas('ready'), legend: 'ready' },
        { expr: replicas('planned'), legend: 'planned' },
        { expr: replicas('needed'), legend: 'needed' },
        { expr: replicas('plain_hpa'), legend: 'plain HPA' },
        { expr: `max by (${byWorkload}) (forescale_forecast_error_ratio)`, legend: 'forecast error' },
        { expr: `sum by (${byWorkload}) (rate(forescale_violation_seconds_total[$__range]))`, legend: 'time short' },
      ],
      {
        description:
          'Replicas now; the smoothed error of the forecast; the share of the span shown that was short of replicas.',
        overrides: [
          byLegend('forecast error', { unit: 'percentunit' }),
          byLegend('time short', { unit: 'percentunit', decimals: 2 }),
        ],
      },
    ),
    stacked(
      'Decisions by reason, all workloads',
      [{ expr: 'sum by (reason) (increase(forescale_decisions_total[$__rate_interval]))', legend: '{{reason}}' }],
      { description: 'Every reason that shaped a decision; a decision has one or more.' },
    ),
    stacked(
      'What became of the decisions, all workloads',
      [{ expr: 'sum by (outcome) (increase(forescale_actuations_total[$__rate_interval]))', legend: '{{outcome}}' }],
      {
        description:
          'dry-run: would have been written. conflict: another manager holds the field. unknown: no answer in time.',
      },
    ),
  ],
};
