/** The daemon itself: rounds, queries, fits, configuration, budgets. */
import type { Row } from './layout.ts';
import { lines, number, stacked } from './panels.ts';

const quantile = (q: number, metric: string) =>
  `histogram_quantile(${q}, sum by (le) (rate(${metric}_bucket[$__rate_interval])))`;
const increases = (label: string, metric: string) => `sum by (${label}) (increase(${metric}[$__rate_interval]))`;

export const health: Row = {
  title: 'The loop',
  panels: [
    number(
      'Last good round',
      { expr: 'time() - max(forescale_last_loop_timestamp_seconds)', legend: 'ago' },
      { description: 'Since the last round that succeeded.', unit: 's' },
    ),
    number(
      'Configuration',
      { expr: 'min(forescale_config_reload_success)', legend: 'accepted' },
      {
        description: 'Whether the newest file was accepted; a rejected one changes nothing.',
        fieldConfig: {
          mappings: [{ type: 'value', options: { 0: { text: 'rejected', color: 'red' }, 1: { text: 'in force' } } }],
        },
      },
    ),
    number(
      'Configuration read',
      { expr: 'time() - max(forescale_config_reload_timestamp_seconds)', legend: 'ago' },
      { description: 'Since the configuration in force was read.', unit: 's' },
    ),
    number(
      'Floors put back',
      { expr: 'sum(increase(forescale_floors_restored_total[$__range])) or vector(0)', legend: 'floors' },
      { description: 'Because their lease ran out, in the span shown.' },
    ),
    number(
      'Models set aside',
      { expr: 'sum(increase(forescale_models_set_aside_total[$__range]))', legend: 'models' },
      { description: 'Damaged or foreign files in the span shown; they are fitted anew.' },
    ),
    number(
      'Queries per round',
      {
        expr: 'sum(increase(forescale_prometheus_queries_total[$__range])) / sum(increase(forescale_loops_total[$__range]))',
        legend: 'queries',
      },
      { description: 'Queries to Prometheus for one round of all workloads.', fieldConfig: { decimals: 1 } },
    ),
    lines(
      'Duration of a round',
      [
        { expr: quantile(0.5, 'forescale_loop_duration_seconds'), legend: 'median' },
        { expr: quantile(0.99, 'forescale_loop_duration_seconds'), legend: '99 %' },
      ],
      { description: 'Whole rounds.', unit: 's' },
    ),
    stacked(
      'Duration by stage',
      [
        {
          expr: 'sum by (stage) (rate(forescale_stage_duration_seconds_sum[$__rate_interval])) / sum by (stage) (rate(forescale_stage_duration_seconds_count[$__rate_interval]))',
          legend: '{{stage}}',
        },
      ],
      { description: 'Mean duration of each stage.', unit: 's' },
    ),
    stacked('Rounds', [{ expr: increases('result', 'forescale_loops_total'), legend: '{{result}}' }], {
      description: 'A failed round changes nothing.',
      width: 8,
    }),
    stacked(
      'Queries to Prometheus',
      [{ expr: increases('result', 'forescale_prometheus_queries_total'), legend: '{{result}}' }],
      { description: 'By result.', width: 8 },
    ),
    stacked(
      'Refits',
      [
        { expr: increases('result', 'forescale_fits_total'), legend: '{{result}}' },
        { expr: increases('cause', 'forescale_refits_skipped_total'), legend: 'none: {{cause}}' },
      ],
      { description: 'Fits in worker threads; and times at which nothing was refitted, with the cause.', width: 8 },
    ),
    lines(
      'Duration of a refit',
      [
        { expr: quantile(0.5, 'forescale_fit_duration_seconds'), legend: 'median' },
        { expr: quantile(0.99, 'forescale_fit_duration_seconds'), legend: '99 %' },
      ],
      { description: 'One workload, all its candidate models.', unit: 's', width: 8 },
    ),
    stacked(
      'Trainings of the fleet',
      [{ expr: increases('expert, result', 'forescale_fleet_fits_total'), legend: '{{expert}} {{result}}' }],
      {
        description: 'Experts that all workloads share, learned behind each refit. Empty where none is used.',
        width: 12,
      },
    ),
    lines(
      'Age of what the fleet shares',
      [{ expr: 'time() - max by (expert) (forescale_fleet_trained_timestamp_seconds)', legend: '{{expert}}' }],
      { description: 'Since the end of the data that each was learned from.', unit: 's', width: 12 },
    ),
    lines(
      'Budget left: CPU and replicas',
      [
        {
          expr: 'min by (pool, resource) (forescale_budget_left{resource!="memory"})',
          legend: '{{pool}} {{resource}}',
        },
      ],
      { description: 'What the plan leaves of each pool; CPU in cores. Empty without budgets.', width: 8 },
    ),
    lines(
      'Budget left: memory',
      [{ expr: 'min by (pool) (forescale_budget_left{resource="memory"})', legend: '{{pool}}' }],
      { description: 'What the plan leaves of each pool. Empty without budgets.', unit: 'bytes', width: 8 },
    ),
  ],
};
