/** Where forescale is not the only one who writes: people, pauses, other autoscalers and GitOps. */
import assert from 'node:assert/strict';
import { createActuator } from '../../src/adapters/kubernetes/write/actuator.ts';
import { createEventWriter } from '../../src/adapters/kubernetes/write/events.ts';
import { createGate } from '../../src/adapters/kubernetes/write/gate.ts';
import { createFloorKeeper, restore } from '../../src/adapters/kubernetes/write/restore.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import { type ControlPlane, findRig, titleWithRig } from '../rig/rig.ts';
import { type ActuationWorld, hpa, hpaPath, readHpa, ref, specFor, workload } from './actuation-world.ts';
import { type ActuationCluster, startActuationCluster } from './support/actuation-cluster.ts';

const rig = findRig();
const minute = 60_000;

(rig.kind === 'found' ? describe : describe.skip)(
  titleWithRig('actuation beside others on a real cluster', rig),
  () => {
    let cluster: ActuationCluster;
    let plane: ControlPlane;
    let world: ActuationWorld;

    before(async () => {
      cluster = await startActuationCluster();
      ({ plane, world } = cluster);
    });
    after(() => cluster?.stop());

    it('leaves a workload alone whose namespace is paused, and restore skips it and says so', async () => {
      const web = ref('web', 'quiet');
      await plane.apply([workload(web), hpa(web)]);
      await world.seen(web, (state) => state.hpa.kind === 'owned');
      await world.decide(web, 7);
      await plane.kubectl(['annotate', 'namespace', 'quiet', 'forescale.dev/paused=yes']);
      await world.seen(web, ({ paused }) => paused);
      const written = cluster.writesOfOurs().length;
      const outcome = await world.decide(web, 3);
      assert.ok(outcome.kind === 'nothing-to-do' && outcome.reasons?.[0]?.code === 'paused');
      const all = await restore(world.client, { expiredOnly: false, nowMs: Date.now(), gate: dryGate(world) });
      const ours = all.find(({ namespace }) => namespace === 'quiet');
      assert.ok(ours?.actuation.kind === 'nothing-to-do' && ours.actuation.reasons?.[0]?.code === 'paused');
      assert.equal(cluster.writesOfOurs().length, written);
    });

    it('reports a person who sets minReplicas to 4, leaves it for that round, and takes 4 as the original after it', async () => {
      const web = ref('contested');
      await plane.apply([workload(web), hpa(web)]);
      await world.seen(web, (state) => state.hpa.kind === 'owned');
      await world.decide(web, 8);
      await world.seen(web, (state) => state.hpa.kind === 'owned' && state.hpa.hpa.lease !== undefined);
      await plane.kubectl([
        'patch',
        '-n',
        'shop',
        'hpa',
        'contested',
        '--field-manager=alice',
        '-p',
        '{"spec":{"minReplicas":4}}',
      ]);
      await world.seen(web, (state) => state.hpa.kind === 'owned' && state.hpa.hpa.minReplicas === 4);
      const reported = await world.decide(web, 8);
      assert.ok(reported.kind === 'conflict');
      assert.equal(reported.manager, 'alice');
      assert.match(reported.message, /minReplicas is 4, forescale had written 8; left alone until this round/);
      assert.equal((await readHpa(plane, web)).spec.minReplicas, 4);

      assert.equal((await world.decide(web, 8, { nowMs: Date.now() + 1000 })).kind, 'applied');
      const { metadata, spec } = await readHpa(plane, web);
      assert.deepEqual([spec.minReplicas, metadata.annotations?.['forescale.dev/original-min-replicas']], [8, '4']);
    });

    it('sees a change made after its copy by the tests of the patch, and reports it instead of writing over it', async () => {
      const web = ref('late');
      await plane.apply([workload(web), hpa(web)]);
      const state = await world.seen(web, ({ hpa: found }) => found.kind === 'owned');
      await world.decide(web, 8);
      await world.seen(web, (now) => now.hpa.kind === 'owned' && now.hpa.hpa.lease !== undefined);
      const old = world.reader.hpa('shop', 'late');
      await plane.api.mergePatch(hpaPath(web), { spec: { minReplicas: 3 } });
      const events = createEventWriter(world.gate, { instance: 'test' });
      const behind = createActuator(world.client, { gate: world.gate, events, leaseMs: 600_000, cachedHpa: () => old });
      const decision = { kind: 'scale', ref: web, from: 2, to: 9, reasons: [], trace: [] } as const;
      const outcome = await behind.apply(specFor(web), state, decision, Date.now());
      assert.ok(outcome.kind === 'conflict');
      assert.equal((await readHpa(plane, web)).spec.minReplicas, 3);
    });

    it('recognises HPAs of KEDA and of Argo CD that manage minReplicas, and one of Argo CD that leaves it out as free', async () => {
      const [keda, argo, free] = [ref('keda'), ref('argo'), ref('free')];
      await plane.apply([keda, argo, free].map((one) => workload(one)));
      const kedaHpa = hpa(keda);
      await plane.apply({
        ...kedaHpa,
        metadata: { ...kedaHpa.metadata, labels: { 'scaledobject.keda.sh/name': 'keda' } },
      });
      const apply = (object: object) =>
        plane.kubectl(['apply', '--server-side', '--field-manager=argocd-controller', '-f', '-'], {
          input: JSON.stringify(object),
        });
      await apply(hpa(argo));
      const { spec, ...rest } = hpa(free);
      const { minReplicas: _, ...withoutMin } = spec;
      await apply({ ...rest, spec: withoutMin });
      const kedaState = await world.seen(keda, (state) => state.hpa.kind !== 'none');
      const argoState = await world.seen(argo, (state) => state.hpa.kind !== 'none');
      const freeState = await world.seen(free, (state) => state.hpa.kind !== 'none');
      assert.ok(kedaState.hpa.kind === 'foreign' && argoState.hpa.kind === 'foreign');
      assert.deepEqual([kedaState.hpa.owner, argoState.hpa.owner], ['KEDA ScaledObject keda', 'Argo CD']);
      assert.equal(freeState.hpa.kind, 'owned');
      const outcome = await world.decide(argo, 9);
      assert.ok(outcome.kind === 'nothing-to-do' && outcome.reasons?.[0]?.code === 'foreign-hpa');
    });

    it('holds when two HPAs target one workload', async () => {
      const web = ref('twice');
      await plane.apply([workload(web), hpa(web), hpa(web, 2, 9, { name: 'twice-too' })]);
      const state = await world.seen(web, ({ hpa: found }) => found.kind === 'ambiguous');
      assert.deepEqual(state.hpa, { kind: 'ambiguous', names: ['twice', 'twice-too'] });
      const outcome = await world.decide(web, 9);
      assert.ok(outcome.kind === 'nothing-to-do' && outcome.reasons?.[0]?.code === 'ambiguous-hpa');
    });

    it('renews a followed floor itself, but ends one with its lease on an HPA that KEDA took over', async () => {
      const [ours, taken] = [ref('followed'), ref('taken-over')];
      await plane.apply([ours, taken].flatMap((one) => [workload(one), hpa(one)]));
      for (const one of [ours, taken]) {
        await world.seen(one, (state) => state.hpa.kind === 'owned');
        await world.decide(one, 8, { nowMs: Date.now() - 20 * minute });
      }
      await plane.kubectl(['label', '-n', 'shop', 'hpa', 'taken-over', 'scaledobject.keda.sh/name=so']);
      await world.seen(ours, (state) => state.hpa.kind === 'owned' && state.hpa.hpa.lease !== undefined);
      await world.seen(taken, (state) => state.hpa.kind === 'foreign');
      const { client, gate, reader } = world;
      const followed = () => new Set([ours, taken].map(workloadKey));
      const keeper = createFloorKeeper(client, { gate }, reader.floors, followed);
      await keeper.restoreExpired(0); // the start of the daemon, when nothing had run out
      const ended = await keeper.restoreExpired(Date.now());
      assert.deepEqual(
        ended.map(({ target }) => target),
        ['shop/HorizontalPodAutoscaler/taken-over'],
      );
      assert.deepEqual(
        [(await readHpa(plane, ours)).spec.minReplicas, (await readHpa(plane, taken)).spec.minReplicas],
        [8, 2],
      );
    });

    it('after a restore, a server-side apply of the same values by whoever made the HPA does not conflict', async () => {
      const web = ref('reapplied');
      await plane.apply(workload(web));
      const reapply = () =>
        plane.kubectl(['apply', '--server-side', '--field-manager=platform', '-f', '-'], {
          input: JSON.stringify(hpa(web)),
        });
      await reapply();
      await world.seen(web, (state) => state.hpa.kind === 'owned');
      await world.decide(web, 8);
      await assert.rejects(reapply(), /conflict.*forescale/s, 'while the floor stands it does, and names forescale');
      await world.seen(web, (state) => state.hpa.kind === 'owned' && state.hpa.hpa.lease !== undefined);
      await world.decide(web, 2);
      await reapply();
    });
  },
);

function dryGate({ client }: ActuationWorld) {
  return createGate(client, { mode: () => 'dry-run', rateLimit: async () => {} });
}
