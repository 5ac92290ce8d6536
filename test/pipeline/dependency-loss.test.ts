import assert from 'node:assert/strict';
import { dependencyLost } from '../../src/decide/policies/dependency-lost.ts';
import type { WorkloadFacts } from '../../src/domain/facts.ts';
import { emptyMemory } from '../../src/domain/plan.ts';
import { withDependencyLoss } from '../../src/pipeline/dependency-loss.ts';

const minute = 60_000;
const steps = 12;
const nowMs = steps * minute;

/** A workload with eleven steps of `before` and a last one of `last`. */
function workload(
  name: string,
  before: number,
  last: number,
  memory: WorkloadFacts['memory'] = emptyMemory,
): WorkloadFacts {
  const values = new Float64Array(steps).fill(before);
  values[steps - 1] = last;
  return {
    spec: { ref: { namespace: 'shop', kind: 'Deployment', name } } as WorkloadFacts['spec'],
    series: { requests: { startMs: 0, stepMs: minute, values } },
    quality: [],
    capacity: { driver: 'requests' } as NonNullable<WorkloadFacts['capacity']>,
    startUp: { p50Ms: 0, p90Ms: 0, p99Ms: 0, samples: 0, source: 'default' },
    memory,
  };
}

const lostOf = (workloads: readonly WorkloadFacts[], atMs = nowMs) =>
  withDependencyLoss(workloads, atMs).map(({ memory }) => memory.lost);

describe('withDependencyLoss', () => {
  it('remembers a collapse below 20 % that 2 of 3 workloads share, with the load before it', () => {
    const lost = lostOf([workload('a', 100, 5), workload('b', 40, 0), workload('c', 10, 10)]);
    assert.deepEqual(lost, [{ sinceMs: nowMs, loadBefore: 100 }, { sinceMs: nowMs, loadBefore: 40 }, undefined]);
  });

  it('takes the collapse of one workload alone for what it is, also when it is the only one', () => {
    assert.deepEqual(lostOf([workload('a', 100, 5)]), [undefined]);
    assert.deepEqual(lostOf([workload('a', 100, 5), workload('b', 40, 39), workload('c', 10, 9)]), [
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('does not call 2 of 5 workloads a common cause', () => {
    const lost = lostOf([
      workload('a', 100, 5),
      workload('b', 40, 0),
      ...['c', 'd', 'e'].map((name) => workload(name, 10, 10)),
    ]);
    assert.deepEqual(lost, Array(5).fill(undefined));
  });

  it('is no collapse to fall to 25 %, to be missing, or to have been at nothing', () => {
    assert.deepEqual(lostOf([workload('a', 100, 25), workload('b', 40, 10)]), [undefined, undefined]);
    assert.deepEqual(lostOf([workload('a', 100, Number.NaN), workload('b', 40, Number.NaN)]), [undefined, undefined]);
    assert.deepEqual(lostOf([workload('a', 0, 0), workload('b', 0, 0)]), [undefined, undefined]);
  });

  it('forgets when half of the load is back, or after 30 minutes without it', () => {
    const lost = { sinceMs: nowMs - 5 * minute, loadBefore: 100 };
    const remembered = { ...emptyMemory, lost };
    assert.deepEqual(lostOf([workload('a', 5, 49, remembered), workload('b', 5, 51, remembered)]), [lost, undefined]);
    assert.deepEqual(lostOf([workload('a', 5, 5, remembered)], lost.sinceMs + 30 * minute - 1), [lost]);
    assert.deepEqual(lostOf([workload('a', 5, 5, remembered)], lost.sinceMs + 30 * minute), [undefined]);
  });
});

describe('dependency-lost', () => {
  const situation = (from: number, lost?: { sinceMs: number; loadBefore: number }) =>
    ({ from, memory: { ...emptyMemory, ...(lost && { lost }) } }) as Parameters<typeof dependencyLost.judge>[0];
  const lost = { sinceMs: Date.UTC(2026, 0, 5), loadBefore: 123.456 };

  it('holds what stands on the way down and says since when and from which load', () => {
    assert.deepEqual(dependencyLost.judge(situation(9, lost), 3), {
      kind: 'hold',
      replicas: 9,
      reason: {
        code: 'dependency-lost',
        message: 'the load of several workloads collapsed at 2026-01-05T00:00:00.000Z, here from 123.5; stays at 9',
      },
    });
  });

  it('passes a rise, and everything while nothing is lost', () => {
    assert.equal(dependencyLost.judge(situation(9, lost), 10).kind, 'pass');
    assert.equal(dependencyLost.judge(situation(9), 3).kind, 'pass');
  });
});
