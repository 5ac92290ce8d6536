/** How good the forecasts of one workload are, and what makes them. */
import type { Row } from './layout.ts';
import { lines, number, stacked, timeline } from './panels.ts';

const all = '{namespace="$namespace", name="$workload"}';
const by = (label: string, metric: string) => ({
  expr: `max by (${label}) (${metric}${all})`,
  legend: `{{${label}}}`,
});
const share = { unit: 'percentunit', width: 8 } as const;
const weights = { unit: 'percentunit', fieldConfig: { max: 1 } } as const;

export const forecasting: Row = {
  title: 'Forecasts of $workload',
  panels: [
    lines('Coverage of the 90 % quantile', [by('horizon', 'forescale_forecast_coverage_ratio')], {
      ...share,
      description:
        'Share of the loads of about the last day at or under their 90 % quantile, by horizon. Should be 90 %.',
      fieldConfig: { min: null, max: 1 },
    }),
    lines('Coverage of the 99 % quantile', [by('horizon', 'forescale_forecast_tail_coverage_ratio')], {
      ...share,
      description: 'The same of the 99 % quantile. Should be 99 %.',
      fieldConfig: { min: null, max: 1 },
    }),
    lines('Coverage one lead time ahead', [by('level', 'forescale_forecast_lead_coverage_ratio')], {
      ...share,
      description: 'At the horizon that capacity is planned for, by level. A level should be met by its own share.',
      fieldConfig: { min: null, max: 1 },
    }),
    lines('Error by horizon', [by('horizon', 'forescale_forecast_horizon_error_ratio')], {
      ...share,
      description: 'Mean absolute error of the median over about the last day, relative to the load.',
    }),
    lines('Quantile loss by horizon', [by('horizon', 'forescale_forecast_horizon_loss_ratio')], {
      ...share,
      description: 'Loss at 0.5, 0.9 and 0.99 over about the last day, relative to the load; lower is better.',
    }),
    lines('Aggregate against the simple methods', [by('contender', 'forescale_contender_loss_ratio')], {
      ...share,
      description: 'Quantile loss one lead time ahead over about the last day. The gate compares these.',
    }),
    stacked('Weights at the median', [by('expert', 'forescale_expert_weight_ratio')], {
      ...weights,
      description: 'Of each expert, one lead time ahead. One without weight sleeps, or has not earned any.',
    }),
    stacked('Weights in the tail', [by('expert', 'forescale_expert_tail_weight_ratio')], {
      ...weights,
      description: 'The same at the 99 % quantile.',
    }),
    timeline('What acts', by('contender', 'forescale_gate_acting'), {
      description: 'The aggregate, while it beats both simple methods on this workload; else the better of them.',
      width: 8,
    }),
    stacked(
      'Promotions and demotions by cause',
      [
        {
          expr: `sum by (cause) (increase(forescale_gate_changes_total${all}[$__rate_interval]))`,
          legend: '{{cause}}',
        },
      ],
      {
        description:
          'beats-both promotes the aggregate. loses, window (the last week), worse-today demote it. The reason is in the log.',
        width: 6,
        height: 6,
      },
    ),
    stacked(
      'Changes noticed',
      [
        {
          expr: `sum by (change) (increase(forescale_load_changes_total${all}[$__rate_interval]))`,
          legend: '{{change}}',
        },
      ],
      { description: 'After a change the forecaster learns faster for a while.', width: 6, height: 6 },
    ),
    lines(
      'Borrowed history',
      [
        { expr: `max(forescale_borrowed_history_seconds${all}) / 86400`, legend: 'days that are borrowed' },
        { expr: `max(forescale_borrowed_acting${all})`, legend: '1 while the forecast on them acts' },
      ],
      {
        description:
          'Of the workload that it is declared to be like. A second forecast begins with it, and acts while its loss is lower than that of the forecast on own history.',
        width: 8,
        height: 6,
      },
    ),
    number(
      'Memory of the forecaster',
      { expr: `max(forescale_forecaster_state_bytes${all})`, legend: 'state' },
      { description: 'Of this workload, the history not counted.', unit: 'bytes', height: 6 },
    ),
  ],
};
