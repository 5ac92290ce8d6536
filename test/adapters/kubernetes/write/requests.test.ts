import assert from 'node:assert/strict';
import type { V1Deployment, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import fc from 'fast-check';
import { hpaView, type PendingRequests } from '../../../../src/adapters/kubernetes/state/hpa-view.ts';
import { withoutLease } from '../../../../src/adapters/kubernetes/write/floor.ts';
import { hpaChange } from '../../../../src/adapters/kubernetes/write/hpa-change.ts';
import {
  beginRequests,
  finishRequests,
  isInPlace,
  pendingFor,
  refusal,
  templateChange,
  totalMillicores,
} from '../../../../src/adapters/kubernetes/write/requests.ts';
import type { WorkloadState } from '../../../../src/domain/cluster.ts';
import type { RequestsChange } from '../../../../src/domain/plan.ts';
import { applyPatch } from './apply-patch.ts';

const Mi = 2 ** 20;
const wish = { mode: 'floor', leaseMs: 600_000, nowMs: Date.UTC(2026, 10, 21, 9) } as const;

function state(...cpu: readonly number[]): WorkloadState {
  const containers = cpu.map((cpuRequestMillicores, i) => ({
    name: `c${i}`,
    cpuRequestMillicores,
    memoryRequestBytes: 64 * Mi,
  }));
  return {
    ref: { namespace: 'shop', kind: 'Deployment', name: 'web' },
    desiredReplicas: 2,
    readyReplicas: 2,
    containers,
    templateHash: 'h',
    rolloutInProgress: false,
    paused: false,
    hpa: { kind: 'none' },
    startUps: [],
  };
}

function change(cpuMillicores: number, memoryBytes = 64 * Mi): RequestsChange {
  return {
    mode: 'apply',
    containers: [
      { name: 'c0', from: { cpuMillicores: 500, memoryBytes: 64 * Mi }, to: { cpuMillicores, memoryBytes } },
    ],
    cpuUtilisationTarget: { from: 0.8, to: 0.4 },
    reason: { code: 'requests-applied', message: '' },
  };
}

function hpa(percent: number, annotations?: { [name: string]: string }, min = 2): V2HorizontalPodAutoscaler {
  const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } };
  return {
    metadata: { uid: 'u', namespace: 'shop', name: 'web', ...(annotations && { annotations }) },
    spec: { minReplicas: min, maxReplicas: 10, metrics: [{ type: 'Resource', resource }] },
  } as unknown as V2HorizontalPodAutoscaler;
}

function write(object: V2HorizontalPodAutoscaler, desired: Parameters<typeof hpaChange>[1]): V2HorizontalPodAutoscaler {
  const planned = hpaChange(hpaView(object), desired);
  return planned ? (applyPatch(object, planned.change.patch) ?? assert.fail('a test failed')) : object;
}

const percentOf = (object: V2HorizontalPodAutoscaler) => hpaView(object).cpu?.percent;
const pendingOf = (object: V2HorizontalPodAutoscaler): PendingRequests => {
  const { pending } = hpaView(object);
  return pending.kind === 'pending' ? pending.pending : assert.fail(pending.kind);
};

function begun(
  object: V2HorizontalPodAutoscaler,
  before: WorkloadState,
  to: RequestsChange,
): V2HorizontalPodAutoscaler {
  const view = hpaView(object);
  return write(object, beginRequests(view, pendingFor(view, before, to, wish) ?? assert.fail(), wish));
}

function finished(
  object: V2HorizontalPodAutoscaler,
  millicores: number,
  hasSettled = true,
): V2HorizontalPodAutoscaler | 'wait' {
  const end = finishRequests(hpaView(object), pendingOf(object), { millicores, hasSettled }, wish);
  return end.kind === 'wait' ? 'wait' : write(object, end.desired);
}

describe('a change of requests', () => {
  it('from 500m at 80 % to 1000m goes to 40 % first, and stays there', () => {
    const first = begun(hpa(80), state(500), change(1000));
    assert.equal(percentOf(first), 40);
    assert.deepEqual(finished(first, 1000), hpa(40));
  });

  it('from 500m at 80 % to 250m keeps 80 % until the rollout is over, and is 160 % then', () => {
    const first = begun(hpa(80), state(500), change(250));
    assert.equal(percentOf(first), 80);
    assert.equal(finished(first, 250, false), 'wait');
    assert.deepEqual(finished(first, 250), hpa(160));
  });

  it('goes back to 80 % when the template still has the old requests', () => {
    assert.deepEqual(finished(begun(hpa(80), state(500), change(1000)), 500), hpa(80));
    assert.deepEqual(finished(begun(hpa(80), state(500), change(250)), 500), hpa(80));
  });

  it('goes back to 80 % when somebody put other requests there meanwhile', () => {
    assert.deepEqual(finished(begun(hpa(80), state(500), change(1000)), 700), hpa(80));
  });

  it('leaves a target alone that somebody else set meanwhile, and only removes the note', () => {
    const first = begun(hpa(80), state(500), change(1000));
    const contested = hpa(55, first.metadata?.annotations);
    assert.deepEqual(finished(contested, 1000), hpa(55));
  });

  it('counts all containers, since the target is a share of their sum', () => {
    const pending = pendingFor(hpaView(hpa(80)), state(500, 300), change(1000), wish);
    assert.deepEqual([pending?.fromMillicores, pending?.toMillicores, pending?.toTarget], [800, 1300, 49]);
  });

  it('needs no note when the HPA has no CPU target or the plan restates none', () => {
    const noTarget = hpaView({
      ...hpa(80),
      spec: { minReplicas: 2, maxReplicas: 10, scaleTargetRef: { kind: 'x', name: 'x' } },
    });
    assert.equal(pendingFor(noTarget, state(500), change(1000), wish), undefined);
    const { cpuUtilisationTarget: _, ...memoryOnly } = change(500);
    assert.equal(pendingFor(hpaView(hpa(80)), state(500), memoryOnly, wish), undefined);
  });

  it('under a lease restates the original too, and the lease goes on', () => {
    const lease = {
      'forescale.dev/original-min-replicas': '2',
      'forescale.dev/floor': '8',
      'forescale.dev/floor-expires': '2026-11-21T09:09:00Z',
      'forescale.dev/original-cpu-target': '80',
      'forescale.dev/cpu-target': '90',
    };
    const raising = { ...wish, mode: 'floor-and-target' } as const;
    const object = hpa(90, lease, 8);
    const view = hpaView(object);
    const pending = pendingFor(view, state(500), change(1000), wish) ?? assert.fail();
    assert.deepEqual([pending.fromTarget, pending.toTarget], [80, 40]);
    const first = write(object, beginRequests(view, pending, raising));
    assert.equal(percentOf(first), 70); // half of what is left above 40
    const end = finishRequests(hpaView(first), pendingOf(first), { millicores: 1000, hasSettled: true }, raising);
    const last = write(first, end.kind === 'finish' ? end.desired : assert.fail());
    assert.equal(last.metadata?.annotations?.['forescale.dev/original-cpu-target'], '40');
    assert.deepEqual(write(last, withoutLease(hpaView(last))), hpa(40));
  });

  it('in no state in between lets a pod use more cores than before and after', () => {
    const sizes = fc.integer({ min: 50, max: 8000 });
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 10, max: 100 }), (from, to, target) => {
        const first = begun(hpa(target), state(from), change(to));
        const end = finished(first, to);
        const cores = (object: V2HorizontalPodAutoscaler, millicores: number) =>
          ((percentOf(object) ?? 0) / 100) * millicores;
        const rounding = 0.005 * Math.max(from, to);
        const most = Math.max(cores(hpa(target), from), end === 'wait' ? 0 : cores(end, to)) + rounding;
        assert.ok(cores(first, from) <= most && cores(first, to) <= most);
      }),
    );
  });
});

describe('templateChange', () => {
  const deployment = (resources: object) =>
    ({
      spec: { template: { spec: { containers: [{ name: 'side' }, { name: 'c0', resources }] } } },
    }) as unknown as V1Deployment;

  it('changes CPU and memory of the container by its name and keeps its other requests', () => {
    const object = deployment({ requests: { cpu: '500m', 'ephemeral-storage': '1Gi' }, limits: { memory: '1Gi' } });
    const { change: planned, writes } = templateChange(object, state(500), change(1000, 128 * Mi));
    assert.deepEqual(
      applyPatch(object, planned.patch),
      deployment({
        requests: { cpu: '1000m', memory: '134217728', 'ephemeral-storage': '1Gi' },
        limits: { memory: '1Gi' },
      }),
    );
    assert.deepEqual(
      writes.map(({ field, from, to }) => `${field} ${from} → ${to}`),
      ['c0 cpu request 500m → 1000m', 'c0 memory request 67108864 → 134217728'],
    );
  });

  it('adds requests where there were none', () => {
    const { change: planned } = templateChange(deployment({}), state(500), change(1000));
    assert.deepEqual(
      applyPatch(deployment({}), planned.patch),
      deployment({ requests: { cpu: '1000m', memory: '67108864' } }),
    );
  });

  it('does not hold when somebody changed the requests meanwhile', () => {
    const { change: planned } = templateChange(deployment({ requests: { cpu: '500m' } }), state(500), change(1000));
    assert.equal(applyPatch(deployment({ requests: { cpu: '600m' } }), planned.patch), undefined);
  });
});

describe('refusal and isInPlace', () => {
  it('refuses what is above a limit before anything is written, and a container that is not there', () => {
    const limited = {
      ...state(500),
      containers: [{ name: 'c0', cpuLimitMillicores: 800, memoryLimitBytes: 100 * Mi }],
    };
    assert.equal(refusal(limited, change(1000)), 'c0: 1000m is above its limit of 800m');
    assert.equal(refusal(limited, change(700, 200 * Mi)), `c0: ${200 * Mi} bytes are above its limit of ${100 * Mi}`);
    assert.equal(refusal({ ...limited, containers: [] }, change(1)), 'shop/Deployment/web has no container c0');
    assert.equal(refusal(state(500), change(9000)), undefined);
  });

  it('is in place when all containers request what is planned', () => {
    assert.equal(isInPlace(state(1000, 20), change(1000)), true);
    assert.equal(isInPlace(state(1000), change(1000, 65 * Mi)), false);
  });

  it('sums requests, absent ones as nothing', () => {
    assert.equal(totalMillicores([{ name: 'a', cpuRequestMillicores: 5 }, { name: 'b' }]), 5);
  });
});
