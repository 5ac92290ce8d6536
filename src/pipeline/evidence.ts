/** What speaks for or against a load being demand, from everything that is observed of a workload. */
import { replicasFor } from '../capacity/replicas-for.ts';
import type { Uplifts } from '../domain/calendar.ts';
import type { CapacityModel } from '../domain/capacity.ts';
import { endMs, type TimeSeries } from '../domain/time-series.ts';
import type { SignalName, WorkloadSpec } from '../domain/workload.ts';
import type { Evidence, Span } from '../forecast/preparation/marks.ts';
import { eventSpans } from './calendar/event-spans.ts';

export interface Observed {
  readonly spec: Pick<WorkloadSpec, 'objective' | 'events'>;
  readonly series: { readonly [name in SignalName]?: TimeSeries };
  /** Ready replicas over time, as far as the loop has seen them. */
  readonly replicas?: TimeSeries;
  readonly capacity?: CapacityModel;
  /** Of one replica; absent when a container has none. */
  readonly cpuLimitMillicores?: number;
  readonly incidents: readonly Span[];
  /** How long events of its calendar are felt. */
  readonly uplifts?: Uplifts;
}

/** @param load - what is forecast: the series of the capacity model's driver, or the one that stands in for it */
export function evidenceOf(load: TimeSeries, observed: Observed): Evidence {
  const { spec, series, replicas, capacity, cpuLimitMillicores, incidents, uplifts } = observed;
  const { objective } = spec;
  const isServedBy = capacity !== undefined && capacity.source !== 'none';
  return {
    load,
    incidents: [...incidents, ...eventSpans(spec.events, load.startMs, endMs(load), uplifts)],
    ...(replicas && { readyReplicas: replicas }),
    ...(series.cpu && { cpu: series.cpu }),
    ...(cpuLimitMillicores !== undefined && { cpuLimitMillicores }),
    ...(series.throttling && { throttledShare: series.throttling }),
    ...(series.errors && { errorShare: series.errors }),
    ...(series.latency && { latency: series.latency }),
    ...(objective.kind === 'latency' && { objectiveSeconds: objective.seconds }),
    ...(isServedBy && { replicasFor: (value: number) => replicasFor(capacity, value) }),
  };
}
