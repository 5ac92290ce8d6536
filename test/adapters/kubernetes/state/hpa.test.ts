import assert from 'node:assert/strict';
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { hpaRecord, hpaSituation } from '../../../../src/adapters/kubernetes/state/hpa.ts';
import { otherManager, revertingOwner } from '../../../../src/adapters/kubernetes/state/hpa-owner.ts';
import { hpaView } from '../../../../src/adapters/kubernetes/state/hpa-view.ts';

type Metadata = NonNullable<V2HorizontalPodAutoscaler['metadata']>;

function hpa(metadata: Partial<Metadata> = {}, spec: object = {}): V2HorizontalPodAutoscaler {
  return {
    metadata: { namespace: 'shop', name: 'web', uid: 'u1', resourceVersion: '7', ...metadata },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [
        { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '10' } } },
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
      ...spec,
    },
    status: { currentReplicas: 3, desiredReplicas: 4 },
  } as V2HorizontalPodAutoscaler;
}

const manages = (manager: string, fields: object, time = '2026-11-21T09:00:00Z') =>
  ({ manager, operation: 'Update', fieldsV1: { 'f:spec': fields }, time }) as unknown as NonNullable<
    Metadata['managedFields']
  >[number];
const min = { 'f:minReplicas': {} };

describe('hpaRecord', () => {
  it('gives the target as a share, the counts, and the workload it scales', () => {
    const record = hpaRecord(hpa());
    assert.deepEqual(record?.target, { namespace: 'shop', kind: 'Deployment', name: 'web' });
    assert.deepEqual(record.state, {
      namespace: 'shop',
      name: 'web',
      minReplicas: 2,
      maxReplicas: 10,
      currentReplicas: 3,
      desiredReplicas: 4,
      cpuUtilisationTarget: 0.7,
      resourceVersion: '7',
    });
  });

  it('takes an absent minReplicas for 1, as the API server does', () => {
    assert.equal(hpaRecord(hpa({}, { minReplicas: undefined }))?.state.minReplicas, 1);
  });

  it('has no CPU target when CPU is measured as a value', () => {
    const target = { type: 'AverageValue', averageValue: '500m' };
    const record = hpaRecord(hpa({}, { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] }));
    assert.equal(record && 'cpuUtilisationTarget' in record.state, false);
  });

  it('is nothing while it is being deleted', () => {
    assert.equal(hpaRecord(hpa({ deletionTimestamp: new Date() })), undefined);
  });

  for (const [kind, apiVersion] of [
    ['Rollout', 'argoproj.io/v1alpha1'],
    ['Deployment', 'example.com/v1'],
    ['ReplicaSet', 'apps/v1'],
  ]) {
    it(`does not take ${kind} of ${apiVersion} for a workload of ours`, () => {
      const record = hpaRecord(hpa({}, { scaleTargetRef: { kind, apiVersion, name: 'web' } }));
      assert.ok(record && !('target' in record));
    });
  }

  it('says that requests are pending, also when the note about it is damaged', () => {
    const record = hpaRecord(hpa({ annotations: { 'forescale.dev/pending-requests': '{' } }));
    assert.equal(record?.state.requestsPending, true);
    assert.equal(record.view.pending.kind, 'damaged');
  });
});

describe('hpaView', () => {
  it('knows where the CPU metric stands in the list', () => {
    assert.deepEqual(hpaView(hpa()).cpu, { index: 1, percent: 70 });
  });

  it('keeps our annotations only, and whether there are any at all', () => {
    const view = hpaView(hpa({ annotations: { note: 'x', 'forescale.dev/floor': '8' } }));
    assert.deepEqual([view.annotations, view.hasAnnotations], [{ 'forescale.dev/floor': '8' }, true]);
    assert.equal(hpaView(hpa({ annotations: {} })).hasAnnotations, false);
  });

  for (const [what, text] of [
    [
      'a number that is not whole',
      '{"fromMillicores":1.5,"toMillicores":2,"fromTarget":3,"toTarget":4,"expires":"2026-11-21T09:00:00Z"}',
    ],
    ['no expiry', '{"fromMillicores":1,"toMillicores":2,"fromTarget":3,"toTarget":4}'],
    ['zero', '{"fromMillicores":0,"toMillicores":2,"fromTarget":3,"toTarget":4,"expires":"2026-11-21T09:00:00Z"}'],
    ['null', 'null'],
  ] as const) {
    it(`takes a note with ${what} for damaged`, () => {
      assert.equal(hpaView(hpa({ annotations: { 'forescale.dev/pending-requests': text } })).pending.kind, 'damaged');
    });
  }
});

describe('revertingOwner', () => {
  it('is KEDA by its label or its owner reference', () => {
    const owner = { kind: 'ScaledObject', name: 'web', uid: 'x', apiVersion: 'keda.sh/v1alpha1' };
    assert.equal(revertingOwner(hpa({ labels: { 'scaledobject.keda.sh/name': 'web' } })), 'KEDA ScaledObject web');
    assert.equal(revertingOwner(hpa({ ownerReferences: [owner] })), 'KEDA ScaledObject web');
  });

  it('is any controller that owns the HPA, and not an owner for garbage collection only', () => {
    const owner = { kind: 'Shop', name: 's', uid: 'x', apiVersion: 'example.com/v1' };
    assert.equal(revertingOwner(hpa({ ownerReferences: [{ ...owner, controller: true }] })), 'Shop s');
    assert.equal(revertingOwner(hpa({ ownerReferences: [owner] })), undefined);
  });

  for (const [manager, owner] of [
    ['argocd-controller', 'Argo CD'],
    ['kustomize-controller', 'Flux (kustomize-controller)'],
    ['helm-controller', 'Flux (helm-controller)'],
  ] as const) {
    it(`is ${owner} when ${manager} manages minReplicas, and nobody when it manages maxReplicas only`, () => {
      assert.equal(revertingOwner(hpa({ managedFields: [manages(manager, min)] })), owner);
      assert.equal(revertingOwner(hpa({ managedFields: [manages(manager, { 'f:maxReplicas': {} })] })), undefined);
    });
  }

  it('is nobody when a person manages it, or when only the labels of Argo CD are there', () => {
    assert.equal(revertingOwner(hpa({ managedFields: [manages('kubectl-edit', min)] })), undefined);
    assert.equal(revertingOwner(hpa({ labels: { 'app.kubernetes.io/instance': 'shop' } })), undefined);
    assert.equal(revertingOwner(hpa({ managedFields: [manages('constructor', min)] })), undefined);
  });
});

describe('otherManager', () => {
  it('is the newest manager of minReplicas that is not forescale', () => {
    const managedFields = [
      manages('bob', min, '2026-11-21T11:00:00Z'),
      manages('alice', min, '2026-11-21T10:00:00Z'),
      manages('forescale', min, '2026-11-21T12:00:00Z'),
      manages('carol', {}, '2026-11-21T13:00:00Z'),
    ];
    assert.equal(otherManager(hpa({ managedFields })), 'bob');
  });
});

describe('hpaSituation', () => {
  const record = (name: string, more: Partial<Metadata> = {}) => hpaRecord(hpa({ name, ...more })) ?? assert.fail();

  it('is none, owned, foreign or ambiguous, and the names of several are sorted', () => {
    assert.deepEqual(hpaSituation([]), { kind: 'none' });
    assert.equal(hpaSituation([record('web')]).kind, 'owned');
    assert.deepEqual(hpaSituation([record('b'), record('a')]), { kind: 'ambiguous', names: ['a', 'b'] });
    const foreign = hpaSituation([record('web', { labels: { 'scaledobject.keda.sh/name': 'so' } })]);
    assert.ok(foreign.kind === 'foreign' && foreign.owner === 'KEDA ScaledObject so');
  });
});
