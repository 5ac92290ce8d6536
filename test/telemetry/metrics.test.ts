import assert from 'node:assert/strict';
import { keepWorkloads } from '../../src/telemetry/keep-workloads.ts';
import { createMetrics, metricNames } from '../../src/telemetry/metrics.ts';

describe('metrics', () => {
  it('starts every name with forescale_ and exports every name of the list', async () => {
    const { registry } = createMetrics();
    const text = await registry.metrics();
    for (const name of metricNames) {
      assert.match(name, /^forescale_[a-z_]+$/);
      assert.ok(text.includes(`# HELP ${name} `), name);
    }
  });

  it('gives a workload metric namespace, kind, name and at most one label more', async () => {
    const { registry } = createMetrics();
    for (const metric of registry.getMetricsAsArray()) {
      const labels = (metric as unknown as { labelNames: string[] }).labelNames;
      const own = labels.filter((label) => !['namespace', 'kind', 'name'].includes(label));
      const isOfWorkload = own.length < labels.length;
      assert.ok(own.length <= (isOfWorkload ? 1 : 2), `${metric.name}: ${labels.join()}`);
      if (isOfWorkload) assert.equal(labels.length - own.length, 3, metric.name);
    }
  });

  it('forgets a workload that is not managed any more, and nothing else', async () => {
    const metrics = createMetrics();
    const refs = ['checkout', 'guide'].map((name) => ({ namespace: 'shop', kind: 'Deployment', name }) as const);
    for (const ref of refs) {
      metrics.floor_expiry_timestamp_seconds.set({ ...ref }, 1);
      metrics.decisions_total.inc({ ...ref, reason: 'paused' });
    }
    metrics.loops_total.inc({ result: 'ok' });
    await keepWorkloads(metrics, refs.slice(1));
    const text = await metrics.registry.metrics();
    assert.doesNotMatch(text, /name="checkout"/);
    assert.match(text, /forescale_floor_expiry_timestamp_seconds\{[^}]*name="guide"\} 1/);
    assert.match(text, /forescale_decisions_total\{[^}]*name="guide",reason="paused"\} 1/);
    assert.match(text, /forescale_loops_total\{result="ok"\} 1/);
  });

  it('keeps two instances apart, so that a test or a reload starts from nothing', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.loops_total.inc({ result: 'ok' });
    assert.match(await one.registry.metrics(), /forescale_loops_total\{result="ok"\} 1/);
    assert.doesNotMatch(await other.registry.metrics(), /forescale_loops_total\{result="ok"\}/);
  });
});
