/** One workload: what was expected, what came, what was decided and what it cost. */
import type { Row } from './layout.ts';
import { byLegend, lines, number, stacked, steps, timeline } from './panels.ts';

const chosen = 'namespace="$namespace", name="$workload"';
const all = `{${chosen}}`;

const dashed = { 'custom.lineStyle': { fill: 'dash', dash: [8, 6] } };

export const loadAndReplicas: Row = {
  title: '$namespace / $workload',
  panels: [
    lines(
      'Load against forecast',
      [
        { expr: `max(forescale_forecast_load{${chosen}, quantile="0.99"})`, legend: '99 % quantile' },
        { expr: `max(forescale_forecast_load{${chosen}, quantile="0.9"})`, legend: '90 % quantile' },
        { expr: `max(forescale_forecast_load{${chosen}, quantile="0.1"})`, legend: '10 % quantile' },
        { expr: `max(forescale_forecast_load{${chosen}, quantile="mean"})`, legend: 'forecast' },
        { expr: `max(forescale_planned_load${all})`, legend: 'planned for' },
        { expr: `max(forescale_load${all})`, legend: 'load' },
      ],
      {
        description:
          'What was forecast one lead time before, at the moment it was for, and the load that came. The band holds the load in four of five steps; "planned for" is the peak of the decision quantile in the time ahead.',
        width: 24,
        height: 10,
        overrides: [
          byLegend('90 % quantile', {
            'custom.fillBelowTo': '10 % quantile',
            'custom.fillOpacity': 20,
            'custom.lineWidth': 0,
            color: { mode: 'fixed', fixedColor: 'blue' },
          }),
          byLegend('10 % quantile', { 'custom.lineWidth': 0, color: { mode: 'fixed', fixedColor: 'blue' } }),
          byLegend('99 % quantile', { ...dashed, color: { mode: 'fixed', fixedColor: 'light-blue' } }),
          byLegend('forecast', { ...dashed, color: { mode: 'fixed', fixedColor: 'blue' } }),
          byLegend('planned for', { color: { mode: 'fixed', fixedColor: 'purple' } }),
          byLegend('load', { 'custom.lineWidth': 2, color: { mode: 'fixed', fixedColor: 'orange' } }),
        ],
      },
    ),
    steps('Replicas', [{ expr: `max by (state) (forescale_replicas${all})`, legend: '{{state}}' }], {
      description:
        'desired and ready as the cluster has them; planned by forescale; needed for the last load; plain_hpa: what an HPA alone would run.',
      overrides: [byLegend('needed', dashed), byLegend('plain_hpa', dashed)],
    }),
    stacked(
      'Decisions by reason',
      [{ expr: `sum by (reason) (increase(forescale_decisions_total${all}[$__rate_interval]))`, legend: '{{reason}}' }],
      { description: 'Every reason that shaped a decision. In full: forescale explain.' },
    ),
    lines(
      'Time short of replicas',
      [{ expr: `sum(rate(forescale_violation_seconds_total${all}[$__rate_interval]))`, legend: 'share of the time' }],
      { description: 'Share of the time with fewer ready replicas than the load needed.', unit: 'percentunit' },
    ),
    stacked(
      'What became of the decisions',
      [
        {
          expr: `sum by (outcome) (increase(forescale_actuations_total${all}[$__rate_interval]))`,
          legend: '{{outcome}}',
        },
      ],
      { description: 'Outcomes of writing.' },
    ),
  ],
};

export const costAndFloor: Row = {
  title: 'Cost and floor of $workload',
  panels: [
    lines(
      'Replicas paid for',
      [
        {
          expr: `sum by (policy) (rate(forescale_replica_seconds_total${all}[$__rate_interval]))`,
          legend: '{{policy}}',
        },
      ],
      { description: 'Mean replicas: actual, and what an HPA alone would have run for the same load.' },
    ),
    number(
      'Actual replica-hours',
      {
        expr: `sum(increase(forescale_replica_seconds_total{${chosen}, policy="actual"}[$__range])) / 3600`,
        legend: 'hours',
      },
      { description: 'In the span shown.', width: 6, fieldConfig: { decimals: 1 } },
    ),
    number(
      'Replica-hours of the plain HPA',
      {
        expr: `sum(increase(forescale_replica_seconds_total{${chosen}, policy="plain_hpa"}[$__range])) / 3600`,
        legend: 'hours',
      },
      { description: 'In the span shown, for the same load.', width: 6, fieldConfig: { decimals: 1 } },
    ),
    lines(
      'Lease of the floor',
      [{ expr: `(max(forescale_floor_expiry_timestamp_seconds${all}) > 0) - time()`, legend: 'time left' }],
      {
        description:
          'Empty without a floor. Renewed when half of it is over; at 0 the original minReplicas comes back.',
        unit: 's',
        height: 4,
        fieldConfig: { min: null },
      },
    ),
  ],
};

export const models: Row = {
  title: 'Models of $workload',
  panels: [
    lines('Forecast error', [{ expr: `max(forescale_forecast_error_ratio${all})`, legend: 'error' }], {
      description: 'Smoothed absolute error of the forecast made one lead time before, relative to the load.',
      unit: 'percentunit',
    }),
    lines('Scores of the models', [{ expr: `max by (model) (forescale_forecast_score${all})`, legend: '{{model}}' }], {
      description: 'Weighted quantile loss out of sample at the last refit; lower is better.',
    }),
    timeline(
      'Acting model',
      { expr: `max by (model) (forescale_acting_model${all})`, legend: '{{model}}' },
      { description: 'A learned model acts only while it beats seasonal naive and Holt-Winters.' },
    ),
    lines(
      'Age of the acting model',
      [{ expr: `time() - max(forescale_model_trained_timestamp_seconds${all})`, legend: 'age of its newest data' }],
      { description: 'Since the end of the data it was fitted on.', unit: 's', height: 6 },
    ),
    lines(
      'Capacity of one replica',
      [{ expr: `max(forescale_capacity_per_replica${all})`, legend: 'load of one busy replica' }],
      { description: 'Learned from load and CPU, or latency, of the past.', height: 6 },
    ),
    lines(
      'Start-up time',
      [{ expr: `max by (quantile) (forescale_startup_seconds${all})`, legend: 'quantile {{quantile}}' }],
      {
        description:
          'From a replica asked for to a replica ready, measured from the pods; how far ahead forescale acts.',
        unit: 's',
        height: 6,
      },
    ),
  ],
};

export const data: Row = {
  title: 'Data of $workload',
  panels: [
    stacked('Signals by quality', [{ expr: `max by (state) (forescale_quality_signals${all})`, legend: '{{state}}' }], {
      description: 'Anything but ok never shrinks the workload.',
      width: 8,
      height: 6,
    }),
    stacked(
      'Samples by use',
      [
        {
          expr: `sum by (use) (increase(forescale_load_samples_total${all}[$__rate_interval]))`,
          legend: '{{use}}',
        },
      ],
      {
        description:
          'censored: demand was cut off, so the load is a lower bound of it. excluded: an incident or an event, no seasonal shape learns from it.',
        width: 8,
        height: 6,
      },
    ),
    timeline(
      'Signals that may shrink it',
      { expr: `max by (signal) (forescale_signal_usable${all})`, legend: '{{signal}}' },
      { description: 'Green: the signal may lower as well as raise replicas.', width: 8 },
    ),
  ],
};
