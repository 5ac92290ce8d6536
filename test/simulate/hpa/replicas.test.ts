import assert from 'node:assert/strict';
import { propose } from '../../../src/simulate/hpa/replicas.ts';
import {
  defaultController,
  defaultScaleDown,
  defaultScaleUp,
  type HpaInput,
  type HpaSpec,
  type MetricReading,
  type MetricSpec,
  type PodGroup,
} from '../../../src/simulate/hpa/spec.ts';

const nowMs = 10_000_000;
const old = nowMs - 3_600_000;
const ready: PodGroup = {
  count: 1,
  phase: 'running',
  requestMilli: 1000,
  startedMs: old,
  ready: { status: true, changedMs: old },
};
const starting: PodGroup = {
  ...ready,
  startedMs: nowMs - 60_000,
  ready: { status: false, changedMs: nowMs - 60_000 },
};
const pending: PodGroup = { count: 1, phase: 'pending', requestMilli: 1000 };

const cpu50: MetricSpec = { kind: 'utilisation', resource: 'cpu', targetPercent: 50 };

function specOf(metric: MetricSpec): HpaSpec {
  return {
    minReplicas: 1,
    maxReplicas: 100,
    metrics: [metric],
    behavior: { scaleUp: defaultScaleUp, scaleDown: defaultScaleDown },
    controller: defaultController,
  };
}

/** Pods with their usage in thousandths; undefined where the metrics API has none. */
function proposed(metric: MetricSpec, pods: readonly (readonly [PodGroup, number | undefined])[], replicas?: number) {
  const groups = pods.map(([pod]) => pod);
  const existing = groups.reduce((sum, { count, phase }) => sum + (phase === 'failed' ? 0 : count), 0);
  const input: HpaInput = {
    nowMs,
    replicas: replicas ?? existing,
    statusReplicas: existing,
    pods: groups,
    readings: [],
  };
  const samples = pods.map(([, milli]) => (milli === undefined ? undefined : { milli, atMs: nowMs, windowMs: 30_000 }));
  const proposal = propose(specOf(metric), metric, { kind: 'pods', samples }, input);
  return proposal.kind === 'replicas' ? proposal.replicas : proposal.message;
}

function proposedByValue(metric: MetricSpec, reading: MetricReading, input: Partial<HpaInput>) {
  const base: HpaInput = { nowMs, replicas: 3, statusReplicas: 3, pods: [{ ...ready, count: 3 }], readings: [] };
  const proposal = propose(specOf(metric), metric, reading, { ...base, ...input });
  return proposal.kind === 'replicas' ? proposal.replicas : proposal.message;
}

describe('HPA, one metric over the pods', () => {
  it('wants ceil(replicas × usage / target): 200 of 100 millicores double 3 to 6, 50 halve them to 2', () => {
    const metric: MetricSpec = { kind: 'resource', resource: 'cpu', targetMilli: 100 };
    assert.equal(proposed(metric, [[{ ...ready, count: 3 }, 200]]), 6);
    assert.equal(proposed(metric, [[{ ...ready, count: 3 }, 50]]), 2);
  });

  it('leaves a ratio within 0.1 of 1 alone, both ends included: 45 % to 55 % of a 50 % target', () => {
    for (const milli of [450, 500, 550]) assert.equal(proposed(cpu50, [[{ ...ready, count: 10 }, milli]]), 10);
    assert.equal(proposed(cpu50, [[{ ...ready, count: 10 }, 560]]), 12);
    assert.equal(proposed(cpu50, [[{ ...ready, count: 10 }, 440]]), 9);
  });

  it('rounds utilisation down to whole percent: 559 of 1000 are 55 %, so nothing changes', () => {
    assert.equal(proposed(cpu50, [[{ ...ready, count: 10 }, 559]]), 10);
  });

  it('takes the utilisation of all pods together, not the mean of their shares', () => {
    const large: PodGroup = { ...ready, requestMilli: 3000 };
    // (900 + 900) / (1000 + 3000) = 45 %: within tolerance, though the shares are 90 % and 30 %.
    assert.equal(
      proposed(cpu50, [
        [ready, 900],
        [large, 900],
      ]),
      2,
    );
  });

  it('counts a missing pod as fully used on the way down: 3 pods at 40 % and one missing stay 4', () => {
    // (3 × 400 + 1000) / 4000 = 55 % → ratio 1.1.
    assert.equal(
      proposed(cpu50, [
        [{ ...ready, count: 3 }, 400],
        [ready, undefined],
      ]),
      4,
    );
  });

  it('counts a missing pod as idle on the way up: 3 pods at 80 % and one missing want 5, not 7', () => {
    // (3 × 800) / 4000 = 60 % → ratio 1.2 × 4 = 4.8.
    assert.equal(
      proposed(cpu50, [
        [{ ...ready, count: 3 }, 800],
        [ready, undefined],
      ]),
      5,
    );
  });

  it('takes a missing pod at the target where the target is above 100 %', () => {
    const metric: MetricSpec = { kind: 'utilisation', resource: 'cpu', targetPercent: 150 };
    // (3 × 900 + 1500) / 4000 = 105 % of 150 % → 0.7 × 4 = 2.8.
    assert.equal(
      proposed(metric, [
        [{ ...ready, count: 3 }, 900],
        [ready, undefined],
      ]),
      3,
    );
  });

  it('counts unready pods as idle on the way up: 3 at 90 % and 3 starting stay 6', () => {
    // 2700 / 6000 = 45 %: the turn of direction holds what is there.
    assert.equal(
      proposed(cpu50, [
        [{ ...ready, count: 3 }, 900],
        [{ ...starting, count: 3 }, 100],
      ]),
      6,
    );
  });

  it('goes up past unready pods when the ready ones justify it: 3 at 100 % and 1 starting want 6', () => {
    // 3000 / 4000 = 75 % → ratio 1.5 × 4.
    assert.equal(
      proposed(cpu50, [
        [{ ...ready, count: 3 }, 1000],
        [pending, undefined],
      ]),
      6,
    );
  });

  it('ignores unready pods on the way down: 4 at 20 % and 2 starting want 2', () => {
    assert.equal(
      proposed(cpu50, [
        [{ ...ready, count: 4 }, 200],
        [{ ...starting, count: 2 }, 50],
      ]),
      2,
    );
  });

  it('ignores failed and deleted pods altogether', () => {
    assert.equal(
      proposed(cpu50, [
        [{ ...ready, count: 2 }, 1000],
        [{ ...ready, phase: 'failed' }, 1000],
      ]),
      4,
    );
  });

  it('does not believe the CPU of a pod whose sample began before it was ready', () => {
    const fresh: PodGroup = { ...ready, startedMs: nowMs - 60_000, ready: { status: true, changedMs: nowMs - 10_000 } };
    // Its sample covers 30 s, 20 of them before it was ready: unready, so (2 × 1000) / 3000 = 66 % × 3.
    assert.equal(
      proposed(cpu50, [
        [{ ...ready, count: 2 }, 1000],
        [fresh, 1000],
      ]),
      4,
    );
  });

  it('believes a pod that lost its readiness after 5 min, but not one that never had it', () => {
    const lost: PodGroup = { ...ready, ready: { status: false, changedMs: nowMs - 60_000 } };
    const never: PodGroup = { ...ready, ready: { status: false, changedMs: old + 5_000 } };
    assert.equal(
      proposed(cpu50, [
        [ready, 1000],
        [lost, 1000],
      ]),
      4,
    );
    assert.equal(
      proposed(cpu50, [
        [ready, 1000],
        [never, 1000],
      ]),
      2,
    );
  });

  it('takes readiness into account for CPU only: a starting pod counts for a custom metric', () => {
    const metric: MetricSpec = { kind: 'pods', targetMilli: 10_000 };
    assert.equal(
      proposed(metric, [
        [ready, 30_000],
        [starting, 30_000],
      ]),
      6,
    );
  });

  it('leaves pods that are being deleted out: 2 of 3 at 100 % of a 50 % target want 4', () => {
    assert.equal(
      proposed(cpu50, [
        [{ ...ready, count: 2 }, 1000],
        [{ ...ready, phase: 'terminating' }, 1000],
      ]),
      4,
    );
  });

  it('takes the utilisation of memory by the memory request', () => {
    const metric: MetricSpec = { kind: 'utilisation', resource: 'memory', targetPercent: 50 };
    const large: PodGroup = { ...ready, count: 2, memoryRequestMilli: 4000 };
    assert.equal(proposed(metric, [[large, 3000]]), 3);
  });

  it('gives up on utilisation when one pod of 4 has no request, be it a failed one', () => {
    const { requestMilli: _, ...plain } = ready;
    const message = 'a pod without a resource request has no utilisation';
    for (const odd of [plain, { ...plain, phase: 'failed' as const }])
      assert.equal(
        proposed(cpu50, [
          [{ ...ready, count: 3 }, 900],
          [odd, 900],
        ]),
        message,
      );
    assert.equal(proposed({ kind: 'resource', resource: 'cpu', targetMilli: 300 }, [[{ ...plain, count: 3 }, 900]]), 9);
  });

  it('fails without a single metric', () => {
    assert.equal(proposed(cpu50, [[ready, undefined]]), 'no metrics for the targeted pods');
    assert.equal(proposed(cpu50, [[pending, undefined]]), 'no metrics for the targeted pods');
  });
});

describe('HPA, one metric for the whole workload', () => {
  it('multiplies the ready pods by value / target: 30 of 10 with 2 of 3 ready want 6', () => {
    const pods = [{ ...ready, count: 2 }, starting];
    assert.equal(
      proposedByValue({ kind: 'value', targetMilli: 10_000 }, { kind: 'value', milli: 30_000 }, { pods }),
      6,
    );
  });

  it('counts a ready pod that is being deleted: 30 of 10 with 2 such and 1 running want 9', () => {
    const pods = [ready, { ...ready, count: 2, phase: 'terminating' as const }];
    assert.equal(
      proposedByValue({ kind: 'value', targetMilli: 10_000 }, { kind: 'value', milli: 30_000 }, { pods }),
      9,
    );
  });

  it('fails without a pod, unless the value is within tolerance or the replicas are 0', () => {
    const metric: MetricSpec = { kind: 'value', targetMilli: 10_000 };
    const by = (milli: number, replicas: number) =>
      proposedByValue(metric, { kind: 'value', milli }, { pods: [], replicas });
    assert.equal(by(30_000, 3), 'no pods of the workload');
    assert.equal(by(10_500, 3), 3);
    assert.equal(by(30_000, 0), 3);
  });

  it('divides a total by the average asked for: 100 by 8 want 13', () => {
    const metric: MetricSpec = { kind: 'average-value', targetMilli: 8_000 };
    assert.equal(proposedByValue(metric, { kind: 'value', milli: 100_000 }, {}), 13);
  });

  it('leaves a total within tolerance alone: 26 over 3 pods of 8 each', () => {
    const metric: MetricSpec = { kind: 'average-value', targetMilli: 8_000 };
    assert.equal(proposedByValue(metric, { kind: 'value', milli: 26_000 }, {}), 3);
  });

  it('passes a failure on', () => {
    assert.equal(proposedByValue(cpu50, { kind: 'failed', message: 'metrics API is away' }, {}), 'metrics API is away');
  });
});
