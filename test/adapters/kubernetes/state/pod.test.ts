import assert from 'node:assert/strict';
import type { V1Pod } from '@kubernetes/client-node';
import { type PodRecord, podRecord } from '../../../../src/adapters/kubernetes/state/pod.ts';
import { createStartUpBook } from '../../../../src/adapters/kubernetes/state/start-ups.ts';

const t0 = Date.UTC(2026, 10, 21, 9);
const at = (seconds: number) => new Date(t0 + seconds * 1000).toISOString();

interface Times {
  readonly scheduled?: number;
  readonly unschedulable?: number;
  readonly ready?: number;
  readonly notReady?: number;
}

function pod(times: Times, metadata: object = {}): V1Pod {
  const condition = (type: string, status: string, seconds: number | undefined) =>
    seconds === undefined ? [] : [{ type, status, lastTransitionTime: at(seconds) }];
  return {
    metadata: {
      namespace: 'shop',
      name: 'web-6d4cf56db6-abcde',
      uid: 'p1',
      creationTimestamp: at(0),
      labels: { 'pod-template-hash': '6d4cf56db6' },
      ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6d4cf56db6', controller: true }],
      ...metadata,
    },
    status: {
      conditions: [
        ...condition('PodScheduled', 'True', times.scheduled),
        ...condition('PodScheduled', 'False', times.unschedulable),
        ...condition('Ready', 'True', times.ready),
        ...condition('Ready', 'False', times.notReady),
      ],
    },
  } as unknown as V1Pod;
}

function seen(steps: readonly (readonly [number, V1Pod])[]): PodRecord | undefined {
  return steps.reduce<PodRecord | undefined>(
    (before, [seconds, now]) => podRecord(now, before, t0 + seconds * 1000),
    undefined,
  );
}

describe('podRecord', () => {
  it('takes the Deployment from the name of the ReplicaSet without its hash, also when the name has dashes', () => {
    const owner = { kind: 'ReplicaSet', name: 'my-web-2-6d4cf56db6', controller: true };
    assert.equal(podRecord(pod({}, { ownerReferences: [owner] }), undefined, t0)?.workload, 'shop/Deployment/my-web-2');
  });

  it('takes a StatefulSet and its revision', () => {
    const labels = { 'controller-revision-hash': 'db-5f' };
    const record = podRecord(
      pod({}, { labels, ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }] }),
      undefined,
      t0,
    );
    assert.deepEqual([record?.workload, record?.sample.templateHash], ['shop/StatefulSet/db', 'db-5f']);
  });

  for (const [what, metadata] of [
    ['of a Job', { ownerReferences: [{ kind: 'Job', name: 'x', controller: true }] }],
    ['of nobody', { ownerReferences: undefined }],
    ['of a ReplicaSet that a person made', { labels: {} }],
    ['of a ReplicaSet with another hash in its name', { labels: { 'pod-template-hash': 'other' } }],
  ] as const) {
    it(`leaves out a pod ${what}`, () => assert.equal(podRecord(pod({}, metadata), undefined, t0), undefined));
  }

  it('keeps the first Ready at 40 s when the pod is not ready at 100 s and ready again at 160 s', () => {
    const record = seen([
      [0, pod({ scheduled: 1 })],
      [40, pod({ scheduled: 1, ready: 40 })],
      [100, pod({ scheduled: 1, notReady: 100 })],
      [160, pod({ scheduled: 1, ready: 160 })],
    ]);
    assert.equal(record?.sample.readyMs, t0 + 40_000);
    assert.equal(record.counts, true);
  });

  it('does not count a pod that was first seen hours after its creation, whether ready or not', () => {
    assert.equal(seen([[20_000, pod({ scheduled: 1, ready: 19_000 })]])?.counts, false);
    const later = seen([
      [20_000, pod({ scheduled: 1, notReady: 19_000 })],
      [20_060, pod({ scheduled: 1, ready: 20_050 })],
    ]);
    assert.equal(later?.counts, false);
  });

  it('counts a pod that was first seen ready and became so 40 s after its creation', () => {
    assert.equal(seen([[90_000, pod({ scheduled: 1, ready: 40 })]])?.counts, true);
  });

  it('waited for a node when it was unschedulable once, or was bound after more than 5 s', () => {
    assert.equal(
      seen([
        [1, pod({ unschedulable: 1 })],
        [60, pod({ scheduled: 3 })],
      ])?.sample.waitedForNode,
      true,
    );
    assert.equal(seen([[60, pod({ scheduled: 45 })]])?.sample.waitedForNode, true);
    assert.equal(seen([[60, pod({ scheduled: 2 })]])?.sample.waitedForNode, false);
  });

  it('reads Date objects of a list and text of a watch alike, and no time from what is neither', () => {
    const fromList = pod({ scheduled: 1 }, { creationTimestamp: new Date(t0) });
    assert.equal(podRecord(fromList, undefined, t0)?.sample.createdMs, t0);
    assert.equal(podRecord(pod({}, { creationTimestamp: 'yesterday' }), undefined, t0 + 5)?.sample.createdMs, t0 + 5);
  });

  it('never has a Ready before the creation, whatever the clocks of the nodes say', () => {
    assert.equal(seen([[10, pod({ ready: -30 })]])?.sample.readyMs, t0);
  });
});

describe('createStartUpBook', () => {
  const record = (uid: string, createdS: number, counts = true): PodRecord => ({
    workload: 'shop/Deployment/web',
    counts,
    sample: { podUid: uid, templateHash: 'h', createdMs: t0 + createdS * 1000, observedMs: t0, waitedForNode: false },
  });
  const web = 'shop/Deployment/web';

  it('gives samples of pods gone and alive together, newest last, censored at now', () => {
    const book = createStartUpBook();
    book.follow(new Set([web]));
    book.gone(record('b', 20), t0 + 30_000);
    const samples = book.samples(web, [record('c', 40), record('a', 10)], t0 + 60_000);
    assert.deepEqual(
      samples.map(({ podUid }) => podUid),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(
      samples.map(({ observedMs }) => observedMs - t0),
      [60_000, 30_000, 60_000],
    );
  });

  it('keeps nothing of workloads that nobody asks for, nor of pods that do not count', () => {
    const book = createStartUpBook();
    book.gone(record('early', 1), t0);
    book.follow(new Set([web]));
    book.gone(record('old', 2, false), t0);
    assert.deepEqual(book.samples(web, [record('x', 3, false)], t0), []);
    book.gone(record('kept', 4), t0);
    book.follow(new Set());
    book.follow(new Set([web]));
    assert.deepEqual(book.samples(web, [], t0), []);
  });

  it('keeps the newest 200 of 500', () => {
    const book = createStartUpBook();
    book.follow(new Set([web]));
    for (let i = 0; i < 500; i++) book.gone(record(String(i), i), t0);
    const samples = book.samples(web, [], t0);
    assert.deepEqual([samples.length, samples[0]?.podUid], [200, '300']);
  });
});
