import { Counter, Gauge } from 'prom-client';
import { type WorkloadRef, workloadKey } from '../domain/workload.ts';
import type { Metrics } from './metrics.ts';

/** Removes the series of workloads that are not managed any more: their last values would stand, and alert, for ever. */
export async function keepWorkloads(metrics: Metrics, refs: readonly WorkloadRef[]): Promise<void> {
  const kept = new Set(refs.map(workloadKey));
  for (const instrument of Object.values(metrics)) {
    if (!(instrument instanceof Gauge || instrument instanceof Counter)) continue;
    for (const { labels } of (await instrument.get()).values) {
      const { namespace, kind, name } = labels;
      if (kind !== undefined && !kept.has(`${namespace}/${kind}/${name}`)) instrument.remove(labels);
    }
  }
}
