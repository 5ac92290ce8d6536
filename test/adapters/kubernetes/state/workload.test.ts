import assert from 'node:assert/strict';
import type { V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import { deploymentRecord, statefulSetRecord } from '../../../../src/adapters/kubernetes/state/workload.ts';

function deployment(status: object = {}, more: { metadata?: object; spec?: object } = {}): V1Deployment {
  const resources = { requests: { cpu: '250m', memory: '1Gi' }, limits: { memory: '2Gi' } };
  return {
    metadata: { namespace: 'shop', name: 'web', generation: 3, ...more.metadata },
    spec: {
      replicas: 4,
      selector: {},
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', resources }, { name: 'sidecar' }] },
      },
      ...more.spec,
    },
    status: { observedGeneration: 3, replicas: 4, updatedReplicas: 4, readyReplicas: 3, ...status },
  } as V1Deployment;
}

function set(status: object = {}, spec: object = {}): V1StatefulSet {
  const base = {
    observedGeneration: 1,
    replicas: 4,
    updatedReplicas: 4,
    currentRevision: 'db-a',
    updateRevision: 'db-a',
  };
  return {
    metadata: { namespace: 'shop', name: 'db', generation: 1 },
    spec: { replicas: 4, serviceName: 'db', selector: {}, template: { spec: { containers: [] } }, ...spec },
    status: { ...base, ...status },
  } as V1StatefulSet;
}

describe('deploymentRecord', () => {
  it('gives counts and resources in millicores and bytes, and leaves out what is not set', () => {
    const record = deploymentRecord(deployment());
    assert.deepEqual([record.desiredReplicas, record.readyReplicas], [4, 3]);
    assert.deepEqual(record.containers, [
      { name: 'main', cpuRequestMillicores: 250, memoryRequestBytes: 2 ** 30, memoryLimitBytes: 2 ** 31 },
      { name: 'sidecar' },
    ]);
  });

  it('takes absent replicas for 1, and an absent status for no replica ready', () => {
    const record = deploymentRecord({
      metadata: { name: 'web', namespace: 'shop' },
      spec: { template: {} },
    } as V1Deployment);
    assert.deepEqual([record.desiredReplicas, record.readyReplicas], [1, 0]);
  });

  it('is not in a rollout while pods of the same template are added', () => {
    assert.equal(
      deploymentRecord(deployment({ replicas: 6, updatedReplicas: 6, readyReplicas: 2 })).rolloutInProgress,
      false,
    );
  });

  it('is in a rollout while pods of an old template are left', () => {
    assert.equal(deploymentRecord(deployment({ replicas: 5, updatedReplicas: 4 })).rolloutInProgress, true);
  });

  it('is in a rollout as long as the controller has not looked at the newest spec', () => {
    assert.equal(deploymentRecord(deployment({ observedGeneration: 2 })).rolloutInProgress, true);
  });

  it('has the same hash for equal templates in another order and with nulls, and another for another image', () => {
    const hash = (spec: object) => deploymentRecord(deployment({}, { spec: { template: { spec } } })).templateHash;
    const one = hash({ containers: [{ name: 'main', image: 'a' }], nodeName: null });
    assert.equal(one, hash({ containers: [{ image: 'a', name: 'main', env: undefined }] }));
    assert.notEqual(one, hash({ containers: [{ name: 'main', image: 'b' }] }));
  });

  it('is paused by its annotation and keeps those of forescale', () => {
    const annotations = { 'forescale.dev/paused': 'true', 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    const record = deploymentRecord(deployment({}, { metadata: { annotations } }));
    assert.equal(record.paused, true);
    assert.deepEqual(record.annotations, { 'forescale.dev/paused': 'true' });
  });
});

describe('statefulSetRecord', () => {
  it('names the template by the revision that its pods carry', () => {
    assert.equal(statefulSetRecord(set({ updateRevision: 'db-b' })).templateHash, 'db-b');
  });

  it('is in a rollout until all 4 have the new revision', () => {
    assert.equal(statefulSetRecord(set({ updateRevision: 'db-b', updatedReplicas: 3 })).rolloutInProgress, true);
    assert.equal(statefulSetRecord(set({ updateRevision: 'db-b', updatedReplicas: 4 })).rolloutInProgress, false);
  });

  it('with a partition of 3 is done when 1 of 4 has it', () => {
    const spec = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } } };
    assert.equal(statefulSetRecord(set({ updateRevision: 'db-b', updatedReplicas: 1 }, spec)).rolloutInProgress, false);
    assert.equal(statefulSetRecord(set({ updateRevision: 'db-b', updatedReplicas: 0 }, spec)).rolloutInProgress, true);
  });

  it('with OnDelete is not held for ever by pods that nobody replaces', () => {
    const spec = { updateStrategy: { type: 'OnDelete' } };
    assert.equal(statefulSetRecord(set({ updateRevision: 'db-b', updatedReplicas: 0 }, spec)).rolloutInProgress, false);
  });
});
