import assert from 'node:assert/strict';
import { createClient } from '../../src/adapters/kubernetes/client/client.ts';
import { createGate } from '../../src/adapters/kubernetes/write/gate.ts';
import { restore } from '../../src/adapters/kubernetes/write/restore.ts';
import { type ControlPlane, findRig, titleWithRig, waitUntil } from '../rig/rig.ts';
import {
  type ActuationWorld,
  asWritten,
  type Hpa,
  hpa,
  readHpa,
  ref,
  specFor,
  startWorld,
  workload,
} from './actuation-world.ts';
import { type ActuationCluster, startActuationCluster } from './support/actuation-cluster.ts';

const rig = findRig();
const minute = 60_000;

(rig.kind === 'found' ? describe : describe.skip)(titleWithRig('actuation on a real cluster', rig), () => {
  let cluster: ActuationCluster;
  let plane: ControlPlane;
  let world: ActuationWorld;

  before(async () => {
    cluster = await startActuationCluster();
    ({ plane, world } = cluster);
  });
  after(() => cluster?.stop());

  it('raises the floor from 2 to 8, the real HPA controller scales, and the floor comes down byte for byte', async () => {
    const web = ref('web');
    await plane.apply([workload(web), hpa(web)]);
    await world.seen(web, (state) => state.hpa.kind === 'owned' && state.readyReplicas === 2);
    const before = await readHpa(plane, web);
    const raised = await world.decide(web, 8);
    assert.equal(raised.kind, 'applied');
    await waitUntil('8 pods are ready', async () => (await cluster.get('deployments/web')).status.readyReplicas === 8);
    const held = await readHpa(plane, web);
    assert.equal(held.metadata.annotations?.['forescale.dev/original-min-replicas'], '2');
    assert.deepEqual([held.spec.minReplicas, held.spec.maxReplicas], [8, 10]);
    await world.seen(web, (state) => state.hpa.kind === 'owned' && state.hpa.hpa.lease?.floor === 8);

    const lowered = await world.decide(web, 2);
    assert.equal(lowered.kind, 'applied');
    assert.equal(asWritten(await readHpa(plane, web)), asWritten(before));
    assert.deepEqual((await cluster.events('web')).map(({ reason, note }) => `${reason}: ${note}`).sort(), [
      'floor-lowered: minReplicas 8 → 2: the forecast peak needs more',
      'floor-raised: minReplicas 2 → 8: the forecast peak needs more',
    ]);
  });

  it('writes as the field manager forescale and with no other account than its own', async () => {
    const writes = cluster.writesOfOurs();
    assert.ok(writes.length >= 4);
    for (const { requestURI, userAgent } of writes) {
      assert.match(requestURI, /fieldManager=forescale/);
      assert.equal(userAgent, 'forescale');
    }
  });

  it('caps the floor at maxReplicas 10 with the reason and leaves maxReplicas alone', async () => {
    const web = ref('capped');
    await plane.apply([workload(web), hpa(web)]);
    await world.seen(web, (state) => state.hpa.kind === 'owned');
    const outcome = await world.decide(web, 25);
    assert.ok(outcome.kind === 'applied');
    assert.ok(outcome.reasons?.some(({ code, message }) => code === 'above-max' && message.includes('25')));
    assert.deepEqual((({ spec }) => [spec.minReplicas, spec.maxReplicas])(await readHpa(plane, web)), [10, 10]);
  });

  it('raises the CPU target 80 → 90 with the floor, leaves the memory metric alone and puts both back', async () => {
    const web = ref('target');
    await plane.apply([workload(web), hpa(web)]);
    await world.seen(web, (state) => state.hpa.kind === 'owned');
    const before = await readHpa(plane, web);
    const spec = { hpaMode: 'floor-and-target' } as const;
    assert.equal((await world.decide(web, 6, { spec })).kind, 'applied');
    const targets = (now: Hpa) => now.spec.metrics.map(({ resource }) => resource.target.averageUtilization);
    assert.deepEqual(targets(await readHpa(plane, web)), [60, 90]);
    await world.seen(web, (state) => state.hpa.kind === 'owned' && state.hpa.hpa.lease !== undefined);
    assert.equal((await world.decide(web, 1, { spec })).kind, 'applied');
    assert.equal(asWritten(await readHpa(plane, web)), asWritten(before));
  });

  it('writes nothing while more than half of the lease is left, and renews it after that without an Event', async () => {
    const web = ref('renewed');
    await plane.apply([workload(web), hpa(web)]);
    await world.seen(web, (state) => state.hpa.kind === 'owned');
    const nowMs = Date.now();
    await world.decide(web, 5, { nowMs });
    await world.seen(web, (state) => state.hpa.kind === 'owned' && state.hpa.hpa.lease !== undefined);
    assert.deepEqual(await world.decide(web, 5, { nowMs: nowMs + 4 * minute }), { kind: 'nothing-to-do' });
    const renewed = await world.decide(web, undefined, { nowMs: nowMs + 6 * minute });
    assert.ok(renewed.kind === 'applied');
    assert.deepEqual(
      renewed.writes.map(({ field }) => field),
      ['lease until'],
    );
    assert.equal((await cluster.events('renewed')).length, 1);
  });

  it('dry run reads all it needs and leaves no write in the audit log', async () => {
    const [web, bare] = [ref('dry'), ref('dry-bare')];
    await plane.apply([workload(web), hpa(web), workload(bare)]);
    const dry = await startWorld({ kubeconfig: cluster.kubeconfig, mode: 'dry-run' });
    await dry.seen(web, (state) => state.hpa.kind === 'owned');
    const written = cluster.writesOfOurs().length;
    const floor = await dry.decide(web, 9);
    const replicas = await dry.decide(bare, 7);
    const all = await restore(dry.client, { expiredOnly: false, nowMs: Date.now(), gate: dry.gate });
    await dry.close();
    assert.ok(floor.kind === 'dry-run' && replicas.kind === 'dry-run');
    assert.deepEqual(floor.writes[0], {
      target: 'HorizontalPodAutoscaler shop/dry',
      field: 'spec.minReplicas',
      from: '2',
      to: '9',
    });
    assert.deepEqual(
      replicas.writes.map(({ field, to }) => [field, to]),
      [['spec.replicas', '7']],
    );
    assert.ok(all.length >= 2 && all.every(({ actuation }) => actuation.kind === 'dry-run'));
    assert.equal(cluster.writesOfOurs().length, written);
  });

  for (const kind of ['Deployment', 'StatefulSet'] as const) {
    it(`scales a ${kind} without an HPA to 4, and hands it over when an HPA appears`, async () => {
      const bare = ref(`bare-${kind.toLowerCase()}`, 'shop', kind);
      const path = `${kind.toLowerCase()}s/${bare.name}`;
      await plane.apply(workload(bare));
      await world.seen(bare, (state) => state.readyReplicas === 2);
      assert.equal((await world.decide(bare, 4)).kind, 'applied');
      assert.equal((await cluster.get(path)).spec.replicas, 4);
      await world.seen(bare, (state) => state.desiredReplicas === 4);

      await plane.apply(hpa(bare, 3));
      await world.seen(bare, (state) => state.hpa.kind === 'owned');
      const taken = await world.decide(bare, 5);
      assert.ok(taken.kind === 'applied' && taken.reasons?.some(({ code }) => code === 'handed-over'));
      assert.equal((await readHpa(plane, bare)).spec.minReplicas, 5);
      assert.equal((await cluster.get(path)).spec.replicas, 4, 'the replicas themselves are the HPA controller’s now');
    });
  }

  it('does not write replicas when an HPA appeared that the local copy does not show yet', async () => {
    const bare = ref('raced');
    await plane.apply(workload(bare));
    const state = await world.seen(bare, ({ readyReplicas }) => readyReplicas === 2);
    await plane.apply(hpa(bare));
    const decision = { kind: 'scale', ref: bare, from: 2, to: 6, reasons: [], trace: [] } as const;
    const outcome = await world.actuator.apply(
      specFor(bare),
      { ...state, hpa: { kind: 'none' } },
      decision,
      Date.now(),
    );
    assert.ok(outcome.kind === 'nothing-to-do');
    assert.deepEqual(
      outcome.reasons?.map(({ code }) => code),
      ['handed-over'],
    );
    assert.equal((await cluster.get('deployments/raced')).spec.replicas, 2);
  });

  it('restore puts back all floors at once, byte for byte, and a second restore finds nothing', async () => {
    const web = ref('restored');
    await plane.apply([workload(web), hpa(web)]);
    await world.seen(web, (state) => state.hpa.kind === 'owned');
    const before = await readHpa(plane, web);
    await world.decide(web, 8, { spec: { hpaMode: 'floor-and-target' } });
    const client = createClient({
      kubeconfig: cluster.kubeconfig,
      namespaces: ['shop'],
      timeoutMs: 5_000,
      leaseMs: minute,
      writesPerSecond: 50,
    });
    const options = {
      expiredOnly: false,
      nowMs: Date.now(),
      gate: createGate(client, { mode: () => 'act', rateLimit: async () => {} }),
    };
    const [first, second] = [await restore(client, options), await restore(client, options)];
    await client.close();
    assert.equal(first.find(({ name }) => name === 'restored')?.actuation.kind, 'applied');
    assert.equal(asWritten(await readHpa(plane, web)), asWritten(before));
    assert.deepEqual(second, []);
  });

  it('undoes a lease that ran out, and only that one', async () => {
    const [over, standing] = [ref('over'), ref('standing')];
    await plane.apply([over, standing].flatMap((one) => [workload(one), hpa(one)]));
    for (const one of [over, standing]) await world.seen(one, (state) => state.hpa.kind === 'owned');
    await world.decide(over, 8, { nowMs: Date.now() - 20 * minute });
    await world.decide(standing, 8);
    await world.seen(over, (state) => state.hpa.kind === 'owned' && state.hpa.hpa.lease !== undefined);
    const [done] = await world.keeper.restoreExpired(Date.now());
    assert.equal(done?.target, 'shop/HorizontalPodAutoscaler/over');
    assert.equal(done.outcome, 'applied');
    assert.deepEqual(
      [(await readHpa(plane, over)).spec.minReplicas, (await readHpa(plane, standing)).spec.minReplicas],
      [2, 8],
    );
  });

  it('measures the start-up of pods that it saw coming, with the hash of the template that they came from', async () => {
    const web = ref('starting');
    await plane.apply(workload(web, 3));
    const state = await world.seen(web, ({ readyReplicas, startUps }) => readyReplicas === 3 && startUps.length === 3);
    for (const { readyMs, createdMs, templateHash } of state.startUps) {
      assert.ok(readyMs !== undefined && readyMs >= createdMs && readyMs - createdMs < 30_000);
      assert.equal(templateHash, state.templateHash);
    }
  });

  it('finds workloads by annotation and by label, and leaves out what says enabled: "false"', async () => {
    await plane.apply([
      workload(ref('by-annotation'), 1, { annotations: { 'forescale.dev/enabled': 'true', 'forescale.dev/min': '3' } }),
      workload(ref('by-label', 'shop', 'StatefulSet'), 1),
      workload(ref('refused'), 1, { annotations: { 'forescale.dev/enabled': 'false' } }),
    ]);
    await world.seen(ref('refused'), () => true);
    await world.seen(ref('by-annotation'), () => true);
    await world.seen(ref('by-label', 'shop', 'StatefulSet'), () => true);
    const found = await world.reader.discover({
      annotation: true,
      labelSelector: 'app in (by-label, refused)',
    } as Parameters<ActuationWorld['reader']['discover']>[0]);
    assert.deepEqual(
      found.map(({ ref: { kind, name } }) => `${kind}/${name}`),
      ['Deployment/by-annotation', 'StatefulSet/by-label'],
    );
    assert.deepEqual(found[0]?.annotations, { 'forescale.dev/enabled': 'true', 'forescale.dev/min': '3' });
  });
});
