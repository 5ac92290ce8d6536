import assert from 'node:assert/strict';
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import fc from 'fast-check';
import { hpaView } from '../../../../src/adapters/kubernetes/state/hpa-view.ts';
import {
  baseOf,
  changedByOthers,
  type FloorWish,
  planFloor,
  raisedTarget,
  rfc3339,
  withoutLease,
} from '../../../../src/adapters/kubernetes/write/floor.ts';
import { type DesiredHpa, hpaChange } from '../../../../src/adapters/kubernetes/write/hpa-change.ts';
import { pointer } from '../../../../src/adapters/kubernetes/write/json-patch.ts';
import { applyPatch } from './apply-patch.ts';

const nowMs = Date.UTC(2026, 10, 21, 9);
const leaseMs = 600_000;

interface Shape {
  readonly min?: number;
  readonly max?: number;
  /** Percent; null for an HPA without a CPU target. */
  readonly cpu?: number | null;
  readonly annotations?: { readonly [name: string]: string };
}

function hpa({ min = 2, max = 10, cpu = 70, annotations }: Shape = {}): V2HorizontalPodAutoscaler {
  const memory = {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 60 } },
  };
  const cpuMetric = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } },
  };
  return {
    metadata: { uid: 'u', namespace: 'shop', name: 'web', ...(annotations && { annotations }) },
    spec: {
      minReplicas: min,
      maxReplicas: max,
      scaleTargetRef: { kind: 'Deployment', name: 'web' },
      metrics: cpu === null ? [memory] : [memory, cpuMetric],
    },
  } as V2HorizontalPodAutoscaler;
}

const wish = (replicas: number | undefined, more: Partial<FloorWish> = {}): FloorWish => ({
  mode: 'floor',
  leaseMs,
  nowMs,
  ...(replicas !== undefined && { replicas }),
  ...more,
});

/** The HPA after the patch for this wish; the same object when nothing is to be written. */
function afterWish(object: V2HorizontalPodAutoscaler, wanted: FloorWish): V2HorizontalPodAutoscaler {
  return patched(object, planFloor(hpaView(object), wanted).desired);
}

function patched(object: V2HorizontalPodAutoscaler, desired: DesiredHpa): V2HorizontalPodAutoscaler {
  const change = hpaChange(hpaView(object), desired);
  return change ? (applyPatch(object, change.change.patch) ?? assert.fail('a test of the patch failed')) : object;
}

const cpuOf = (object: V2HorizontalPodAutoscaler) => hpaView(object).cpu?.percent;

describe('planFloor', () => {
  it('raises 2 to 8 and notes original, floor and expiry', () => {
    const raised = afterWish(hpa(), wish(8));
    assert.equal(raised.spec?.minReplicas, 8);
    assert.deepEqual(raised.metadata?.annotations, {
      'forescale.dev/original-min-replicas': '2',
      'forescale.dev/floor': '8',
      'forescale.dev/floor-expires': '2026-11-21T09:10:00Z',
    });
  });

  it('lowers 8 to 5 and keeps the original of 2', () => {
    const lowered = afterWish(afterWish(hpa(), wish(8)), wish(5));
    assert.deepEqual([lowered.spec?.minReplicas, baseOf(hpaView(lowered)).minReplicas], [5, 2]);
  });

  for (const replicas of [2, 1, 0]) {
    it(`puts the original back when ${replicas} of 2 are wanted, with no annotation left`, () => {
      assert.deepEqual(afterWish(afterWish(hpa(), wish(8)), wish(replicas)), hpa());
    });
  }

  it('writes nothing when no floor is there and none is wanted', () => {
    assert.equal(hpaChange(hpaView(hpa()), planFloor(hpaView(hpa()), wish(2)).desired), undefined);
    assert.equal(hpaChange(hpaView(hpa()), planFloor(hpaView(hpa()), wish(undefined)).desired), undefined);
  });

  it('caps 25 at maxReplicas 10 and says so with both numbers', () => {
    const plan = planFloor(hpaView(hpa()), wish(25));
    assert.equal(plan.desired.minReplicas, 10);
    assert.deepEqual(
      plan.reasons.map(({ code, message }) => `${code}: ${message}`),
      ["above-max: a floor of 25 is wanted, the HPA's maxReplicas is 10", 'floor-raised: minReplicas 2 → 10'],
    );
  });

  it('renews a lease of 10 min when 5 min are left, and not a second earlier', () => {
    const raised = hpaView(afterWish(hpa(), wish(8)));
    const change = (laterMs: number, replicas?: number) =>
      hpaChange(raised, planFloor(raised, wish(replicas, { nowMs: nowMs + laterMs })).desired);
    assert.equal(change(299_000, 8), undefined);
    assert.deepEqual(
      change(300_000, 8)?.writes.map(({ field, to }) => `${field} ${to}`),
      ['lease until 2026-11-21T09:15:00Z'],
    );
    assert.ok(change(300_000), 'a hold renews too');
    assert.ok(change(900_000), 'one that ran out is taken up again');
  });

  it('raises the target with the floor, and ends that when the mode changes back', () => {
    const raised = afterWish(hpa(), wish(8, { mode: 'floor-and-target' }));
    assert.equal(cpuOf(raised), 85);
    const floorOnly = afterWish(raised, wish(8));
    assert.deepEqual([cpuOf(floorOnly), floorOnly.spec?.minReplicas], [70, 8]);
    assert.equal('forescale.dev/original-cpu-target' in (floorOnly.metadata?.annotations ?? {}), false);
  });

  it('leaves an HPA without a CPU target alone but for its floor', () => {
    const noCpu = hpa({ cpu: null });
    const metrics = noCpu.spec?.metrics;
    assert.deepEqual(afterWish(noCpu, wish(8, { mode: 'floor-and-target' })).spec?.metrics, metrics);
  });

  it('keeps annotations of people', () => {
    const annotations = { team: 'checkout', 'forescale.dev/paused': 'false' };
    const object = hpa({ annotations });
    assert.deepEqual(afterWish(afterWish(object, wish(8)), wish(1)), object);
  });

  it('takes what somebody set to 4 as the original, and goes on from there', () => {
    const raised = afterWish(hpa(), wish(8));
    const contested = { ...raised, spec: { ...raised.spec, minReplicas: 4 } } as V2HorizontalPodAutoscaler;
    assert.equal(changedByOthers(hpaView(contested)), 'minReplicas is 4, forescale had written 8');
    assert.equal(baseOf(hpaView(afterWish(contested, wish(8)))).minReplicas, 4);
    assert.equal(afterWish(contested, wish(3)).spec?.minReplicas, 4);
  });

  it('keeps the two fields apart: who set the target did not set minReplicas', () => {
    const raised = afterWish(hpa(), wish(8, { mode: 'floor-and-target' }));
    const contested = patched(raised, { minReplicas: 8, cpuPercent: 50, annotations: hpaView(raised).annotations });
    assert.equal(changedByOthers(hpaView(contested)), 'the CPU target is 50, forescale had written 85');
    assert.deepEqual(baseOf(hpaView(contested)), { minReplicas: 2, cpuPercent: 50 });
    const restored = patched(contested, withoutLease(hpaView(contested)));
    assert.deepEqual([restored.spec?.minReplicas, cpuOf(restored)], [2, 50]);
  });

  const shapes = fc.record({
    min: fc.integer({ min: 1, max: 20 }),
    max: fc.integer({ min: 20, max: 40 }),
    cpu: fc.integer({ min: 1, max: 150 }),
    annotations: fc.option(fc.constant({ team: 'x' }), { nil: undefined }),
  });
  const wishes = fc.array(
    fc.record({
      replicas: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
      mode: fc.constantFrom('floor' as const, 'floor-and-target' as const),
      minutes: fc.integer({ min: 0, max: 30 }),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it('whatever was wished, the floor stays between original and maxReplicas, and restore gives the very object back', () => {
    fc.assert(
      fc.property(shapes, wishes, ({ annotations, ...shape }, all) => {
        const original = hpa({ ...shape, ...(annotations && { annotations }) });
        let now = original;
        let atMs = nowMs;
        for (const { replicas, mode, minutes } of all) {
          atMs += minutes * 60_000;
          now = afterWish(now, wish(replicas, { mode, nowMs: atMs }));
          assert.ok(now.spec && (now.spec.minReplicas ?? 0) >= shape.min && (now.spec.minReplicas ?? 0) <= shape.max);
          assert.equal(now.spec.maxReplicas, shape.max);
          assert.equal(changedByOthers(hpaView(now)), undefined);
        }
        assert.deepEqual(patched(now, withoutLease(hpaView(now))), original);
      }),
    );
  });

  it('carried out twice, writes nothing the second time', () => {
    fc.assert(
      fc.property(shapes, wishes, ({ annotations, ...shape }, [first]) => {
        const { replicas, mode } = first ?? assert.fail();
        const once = afterWish(hpa({ ...shape, ...(annotations && { annotations }) }), wish(replicas, { mode }));
        assert.equal(hpaChange(hpaView(once), planFloor(hpaView(once), wish(replicas, { mode })).desired), undefined);
      }),
    );
  });
});

describe('the tests of the patch', () => {
  const change = () =>
    hpaChange(hpaView(hpa()), planFloor(hpaView(hpa()), wish(8, { mode: 'floor-and-target' })).desired);
  const patch = () => change()?.change.patch ?? assert.fail();

  it('hold for the object that was read, whatever its status', () => {
    assert.ok(applyPatch({ ...hpa(), status: { currentReplicas: 9 } }, patch()));
  });

  const changed = (edit: (object: V2HorizontalPodAutoscaler) => void) => {
    const object = hpa();
    edit(object);
    return object;
  };
  for (const [what, object] of [
    ['minReplicas', hpa({ min: 3 })],
    ['maxReplicas', hpa({ max: 11 })],
    ['the CPU target', hpa({ cpu: 50 })],
    ['annotations', hpa({ annotations: { 'forescale.dev/floor': '3' } })],
    ['the object itself', changed((one) => Object.assign(one.metadata ?? {}, { uid: 'other' }))],
    ['the order of the metrics', changed((one) => one.spec?.metrics?.reverse())],
    ['the number of metrics', changed((one) => one.spec?.metrics?.pop())],
  ] as const) {
    it(`do not hold when somebody changed ${what}`, () => assert.equal(applyPatch(object, patch()), undefined));
  }

  it('escape names of annotations', () => {
    assert.equal(pointer('metadata', 'annotations', 'forescale.dev/a~b'), '/metadata/annotations/forescale.dev~1a~0b');
  });

  it('say what changes in words', () => {
    assert.deepEqual(
      change()?.writes.map(({ target, field, from, to }) => `${target}: ${field} ${from} → ${to}`),
      [
        'HorizontalPodAutoscaler shop/web: spec.minReplicas 2 → 8',
        'HorizontalPodAutoscaler shop/web: CPU utilisation target (%) 70 → 85',
        'HorizontalPodAutoscaler shop/web: lease until none → 2026-11-21T09:10:00Z',
      ],
    );
  });
});

describe('raisedTarget', () => {
  for (const [target, expected] of [
    [1, 50],
    [50, 75],
    [70, 85],
    [80, 90],
    [98, 99],
    [99, undefined],
    [100, undefined],
    [160, undefined],
    [undefined, undefined],
  ] as const) {
    it(`${target} → ${expected}`, () => assert.equal(raisedTarget(target), expected));
  }
});

describe('rfc3339', () => {
  it('has whole seconds and never ends a lease early', () => {
    assert.equal(rfc3339(Date.UTC(2026, 0, 1) + 1), '2026-01-01T00:00:01Z');
  });
});
