/**
 * Every metric that forescale exports, with its help text, in one list. Base units; labels are
 * `namespace,kind,name` of a workload and at most one more, whose values are few: five horizons, three contenders,
 * the experts of the library.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const workload = ['namespace', 'kind', 'name'] as const;
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** `type`, help and labels by metric name without the `forescale_` prefix. */
const definitions = {
  build_info: { type: 'gauge', help: 'Always 1; the label says which version runs.', labels: ['version'] },
  mode: { type: 'gauge', help: '1 for the mode in force: dry-run or act.', labels: ['mode'] },
  loops_total: { type: 'counter', help: 'Rounds of the loop by result: ok or failed.', labels: ['result'] },
  last_loop_timestamp_seconds: { type: 'gauge', help: 'When the last round that succeeded ended.', labels: [] },
  loop_duration_seconds: { type: 'histogram', help: 'Duration of a whole round.', labels: [] },
  stage_duration_seconds: { type: 'histogram', help: 'Duration of one stage of the round.', labels: ['stage'] },
  config_reload_success: {
    type: 'gauge',
    help: '1 if the last configuration read was accepted, 0 if the old one stays.',
    labels: [],
  },
  config_reload_timestamp_seconds: { type: 'gauge', help: 'When the configuration in force was read.', labels: [] },
  prometheus_queries_total: { type: 'counter', help: 'Queries sent to Prometheus by result.', labels: ['result'] },
  workloads: { type: 'gauge', help: 'Workloads under management.', labels: [] },
  signal_usable: {
    type: 'gauge',
    help: '1 if the signal may lower as well as raise replicas, else 0.',
    labels: [...workload, 'signal'],
  },
  quality_signals: {
    type: 'gauge',
    help: 'Signals of a workload in each quality state.',
    labels: [...workload, 'state'],
  },
  load: {
    type: 'gauge',
    help: 'Load of the last complete step: requests per second, or CPU millicores where there are none.',
    labels: [...workload],
  },
  forecast_load: {
    type: 'gauge',
    help: 'What was forecast one lead time ago for the step that just ended, by quantile or mean.',
    labels: [...workload, 'quantile'],
  },
  planned_load: {
    type: 'gauge',
    help: 'Load that is planned for: the forecast peak at the decision quantile inside the lead and review window.',
    labels: [...workload],
  },
  forecast_error_ratio: {
    type: 'gauge',
    help: 'Smoothed absolute error of the forecast made one lead time ago, relative to the load.',
    labels: [...workload],
  },
  forecast_score: {
    type: 'gauge',
    help: 'Out-of-sample weighted quantile loss of each model at the last refit.',
    labels: [...workload, 'model'],
  },
  forecast_horizon_error_ratio: {
    type: 'gauge',
    help: 'Mean absolute error of what acts over about the last day, relative to the load, by horizon; each up to the one named.',
    labels: [...workload, 'horizon'],
  },
  forecast_horizon_loss_ratio: {
    type: 'gauge',
    help: 'Quantile loss at 0.5, 0.9 and 0.99 of what acts over about the last day, relative to the load, by horizon.',
    labels: [...workload, 'horizon'],
  },
  forecast_coverage_ratio: {
    type: 'gauge',
    help: 'Share of the loads of about the last day at or under the 90 % quantile forecast for them, by horizon.',
    labels: [...workload, 'horizon'],
  },
  forecast_tail_coverage_ratio: {
    type: 'gauge',
    help: 'Share of the loads of about the last day at or under the 99 % quantile forecast for them, by horizon.',
    labels: [...workload, 'horizon'],
  },
  forecast_lead_coverage_ratio: {
    type: 'gauge',
    help: 'Share of the loads at or under the quantile of a level forecast one lead time ahead, as capacity is planned for.',
    labels: [...workload, 'level'],
  },
  contender_loss_ratio: {
    type: 'gauge',
    help: 'Quantile loss over about the last day one lead time ahead, relative to the load: the aggregate and its yardsticks.',
    labels: [...workload, 'contender'],
  },
  gate_acting: {
    type: 'gauge',
    help: '1 for what acts: the aggregate, or the simple method that it does not beat.',
    labels: [...workload, 'contender'],
  },
  gate_changes_total: {
    type: 'counter',
    help: 'Promotions (beats-both) and demotions (loses, window, worse-today) of the aggregate, by cause.',
    labels: [...workload, 'cause'],
  },
  borrowed_history_seconds: {
    type: 'gauge',
    help: 'History of the workload that it is declared to be like, behind a second forecast; 0 without one.',
    labels: [...workload],
  },
  borrowed_acting: {
    type: 'gauge',
    help: '1 while the forecast on borrowed history acts, 0 while that on own history does.',
    labels: [...workload],
  },
  expert_weight_ratio: {
    type: 'gauge',
    help: 'Weight of each expert at the median one lead time ahead; 0 while it sleeps.',
    labels: [...workload, 'expert'],
  },
  expert_tail_weight_ratio: {
    type: 'gauge',
    help: 'Weight of each expert at the 99 % quantile one lead time ahead; 0 while it sleeps.',
    labels: [...workload, 'expert'],
  },
  load_samples_total: {
    type: 'counter',
    help: 'Steps given to the forecaster: ok, censored (demand was cut off), excluded (an incident or event), missing.',
    labels: [...workload, 'use'],
  },
  load_changes_total: {
    type: 'counter',
    help: 'Changes noticed: level-up, level-down, season-new, season-gone, and deployment for another pod template.',
    labels: [...workload, 'change'],
  },
  forecaster_state_bytes: {
    type: 'gauge',
    help: 'What the running forecaster keeps in memory; the history is not counted.',
    labels: [...workload],
  },
  acting_model: { type: 'gauge', help: '1 for the model that acts.', labels: [...workload, 'model'] },
  model_trained_timestamp_seconds: {
    type: 'gauge',
    help: 'End of the data that the acting model was fitted on.',
    labels: [...workload],
  },
  fleet_trained_timestamp_seconds: {
    type: 'gauge',
    help: 'End of the data that an expert of the fleet was learned from.',
    labels: ['expert'],
  },
  fleet_fits_total: {
    type: 'counter',
    help: 'Trainings of the experts that the fleet shares, by result: ok or failed.',
    labels: ['expert', 'result'],
  },
  fits_total: { type: 'counter', help: 'Refits by result: ok or failed.', labels: ['result'] },
  refits_skipped_total: {
    type: 'counter',
    help: 'Times of the refit clock at which nothing was refitted: overlap (the refit before had not ended) or missed (the process could not run).',
    labels: ['cause'],
  },
  fit_duration_seconds: { type: 'histogram', help: 'Duration of one refit in a worker.', labels: [] },
  models_set_aside_total: {
    type: 'counter',
    help: 'Stored models that were damaged or foreign and were set aside.',
    labels: [],
  },
  replicas: {
    type: 'gauge',
    help: 'Replicas: desired, ready, planned (what forescale asks for), needed (for the last load), plain_hpa (what an HPA alone would run).',
    labels: [...workload, 'state'],
  },
  replica_seconds_total: {
    type: 'counter',
    help: 'Replica-seconds: actual, and plain_hpa for what an HPA alone would have run.',
    labels: [...workload, 'policy'],
  },
  violation_seconds_total: {
    type: 'counter',
    help: 'Time in which ready replicas were fewer than the load needed.',
    labels: [...workload],
  },
  decisions_total: { type: 'counter', help: 'Reasons that shaped decisions.', labels: [...workload, 'reason'] },
  actuations_total: { type: 'counter', help: 'What became of decisions.', labels: [...workload, 'outcome'] },
  floor_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the lease of the raised floor runs out; 0 without one.',
    labels: [...workload],
  },
  floors_restored_total: { type: 'counter', help: 'Floors put back because their lease ran out.', labels: ['outcome'] },
  startup_seconds: {
    type: 'gauge',
    help: 'Measured time from a replica asked for to a replica ready, by quantile.',
    labels: [...workload, 'quantile'],
  },
  capacity_per_replica: {
    type: 'gauge',
    help: 'Load that one fully busy replica serves, in the unit of the load.',
    labels: [...workload],
  },
  budget_left: {
    type: 'gauge',
    help: 'What the plan leaves of a budget, by pool; resource is cpu (cores), memory (bytes) or replicas.',
    labels: ['pool', 'resource'],
  },
} as const satisfies Record<
  string,
  { type: 'gauge' | 'counter' | 'histogram'; help: string; labels: readonly string[] }
>;

type Definitions = typeof definitions;
export type MetricName = keyof Definitions;
type Instrument<K extends 'gauge' | 'counter' | 'histogram'> = K extends 'gauge'
  ? Gauge<string>
  : K extends 'counter'
    ? Counter<string>
    : Histogram<string>;

export type Metrics = { readonly [N in MetricName]: Instrument<Definitions[N]['type']> } & {
  readonly registry: Registry;
};

function instrument(name: string, { type, help, labels }: Definitions[MetricName], registry: Registry) {
  const options = { name: `forescale_${name}`, help, labelNames: [...labels], registers: [registry] };
  switch (type) {
    case 'gauge':
      return new Gauge(options);
    case 'counter':
      return new Counter(options);
    case 'histogram':
      return new Histogram({ ...options, buckets: seconds });
  }
}

/** All instruments on a registry of their own, so that tests and reloads do not share state. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const entries = Object.entries(definitions).map(([name, definition]) => [
    name,
    instrument(name, definition, registry),
  ]);
  return { ...Object.fromEntries(entries), registry } as Metrics;
}

/** Names of all exported metrics, for the tests of dashboards and alert rules. */
export const metricNames = Object.keys(definitions).map((name) => `forescale_${name}`);
