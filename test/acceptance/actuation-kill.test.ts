/** kill -9 in the middle of a write, at each place where there are two, and what the next process finds and does. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { restore } from '../../src/adapters/kubernetes/write/restore.ts';
import {
  type ControlPlane,
  findRig,
  type PodPlayer,
  playPods,
  startControlPlane,
  type TemporaryFolder,
  temporaryFolder,
  titleWithRig,
  waitUntil,
} from '../rig/rig.ts';
import { type Fault, type FaultProxy, type Seen, startFaultProxy } from '../support/fault-proxy.ts';
import {
  type ActuationWorld,
  asWritten,
  type Hpa,
  hpa,
  plainKubeconfig,
  readHpa,
  ref,
  startWorld,
  workload,
} from './actuation-world.ts';

const rig = findRig();
const note = 'forescale.dev/pending-requests';
const cpuOf = ({ spec }: Hpa) => spec.metrics[1]?.resource.target.averageUtilization;
const ofTemplate = ({ method, path }: Seen) => method === 'PATCH' && /\/deployments\/[^/?]+\?/.test(path);
const ofHpa = ({ method, path }: Seen) => method === 'PATCH' && path.includes('/horizontalpodautoscalers/');

(rig.kind === 'found' ? describe : describe.skip)(titleWithRig('kill -9 between the writes', rig), () => {
  let plane: ControlPlane;
  let player: PodPlayer;
  let proxy: FaultProxy;
  let folder: TemporaryFolder;
  let kubeconfig: string;
  let world: ActuationWorld;

  before(async () => {
    plane = await startControlPlane();
    await plane.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    player = await playPods(plane);
    proxy = await startFaultProxy({ url: plane.url, ca: readFileSync(plane.caFile, 'utf8') });
    folder = temporaryFolder();
    kubeconfig = join(folder.path, 'kubeconfig');
    writeFileSync(kubeconfig, plainKubeconfig(proxy.url, plane.adminToken));
    world = await startWorld({ kubeconfig });
  });
  afterEach(() => proxy.heal());
  after(async () => {
    await world?.close();
    await proxy?.close();
    await player?.stop();
    await plane?.stop();
    folder?.remove();
  });

  const apply = { spec: { requestsMode: 'apply' } } as const;
  const requested = async (name: string) => {
    const { spec } = await plane.api.get<Template>(`/apis/apps/v1/namespaces/shop/deployments/${name}`);
    return spec.template.spec.containers[0]?.resources.requests.cpu;
  };

  async function prepared(name: string): Promise<Hpa> {
    await plane.apply([workload(ref(name)), hpa(ref(name))]);
    await world.seen(ref(name), (state) => state.hpa.kind === 'owned' && state.readyReplicas === 2);
    return readHpa(plane, ref(name));
  }

  /** Lets the child run into the fault and kills it there. */
  async function killedAt(match: (seen: Seen) => boolean, fault: Fault, args: readonly string[]): Promise<void> {
    proxy.inject(match, fault, 1);
    const before = proxy.seen.filter(match).length;
    const script = join(import.meta.dirname, '../support/actuation-child.ts');
    const child: ChildProcess = spawn(process.execPath, [script, kubeconfig, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await waitUntil('the child is in the middle of its write', () => proxy.seen.filter(match).length > before);
    await new Promise((resolve) => setTimeout(resolve, 200)); // the server may carry it out
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('before the new requests: the target 80 stands at 40 with a note, and the next process puts 80 back byte for byte', async () => {
    const before = await prepared('first');
    await killedAt(ofTemplate, { kind: 'silence' }, ['first', '', '1000']);
    const between = await readHpa(plane, ref('first'));
    assert.deepEqual([cpuOf(between), await requested('first')], [40, '500m']);
    assert.match(
      between.metadata.annotations?.[note] ?? '',
      /"fromMillicores":500,"toMillicores":1000,"fromTarget":80,"toTarget":40/,
    );
    await world.seen(ref('first'), (state) => state.hpa.kind === 'owned' && state.hpa.hpa.requestsPending === true);
    assert.equal((await world.decide(ref('first'), undefined, apply)).kind, 'applied');
    assert.equal(asWritten(await readHpa(plane, ref('first'))), asWritten(before));
  });

  it('after the new requests: the target stands at 40, and the next process only removes the note once the rollout is over', async () => {
    await prepared('second');
    await killedAt(ofTemplate, { kind: 'lose-answer' }, ['second', '', '1000']);
    assert.equal(await requested('second'), '1');
    await world.seen(ref('second'), (state) => state.hpa.kind === 'owned' && state.hpa.hpa.requestsPending === true);
    await waitUntil('the note is gone', async () => {
      await world.decide(ref('second'), undefined, apply);
      return (await readHpa(plane, ref('second'))).metadata.annotations?.[note] === undefined;
    });
    assert.equal(cpuOf(await readHpa(plane, ref('second'))), 40);
  });

  it('smaller requests: the target stays at 80 until the rollout is over, and is 160 only then', async () => {
    await prepared('smaller');
    await killedAt(ofTemplate, { kind: 'lose-answer' }, ['smaller', '', '250']);
    assert.equal(cpuOf(await readHpa(plane, ref('smaller'))), 80);
    await world.seen(ref('smaller'), (state) => state.hpa.kind === 'owned' && state.hpa.hpa.requestsPending === true);
    const end = await waitUntil('the target is restated', async () => {
      await world.decide(ref('smaller'), undefined, apply);
      const now = await readHpa(plane, ref('smaller'));
      return now.metadata.annotations?.[note] === undefined ? now : undefined;
    });
    assert.equal(cpuOf(end), 160);
    const { status } = await plane.api.get<Template>('/apis/apps/v1/namespaces/shop/deployments/smaller');
    assert.equal(status.updatedReplicas, status.replicas);
  });

  it('restore --expired of another process finishes a change of requests that nobody came back to', async () => {
    const before = await prepared('orphan');
    await killedAt(ofTemplate, { kind: 'silence' }, ['orphan', '', '1000']);
    const later = { nowMs: Date.now() + 20 * 60_000, expiredOnly: true, gate: world.gate };
    assert.deepEqual(await restore(world.client, { ...later, nowMs: Date.now() }), []);
    const [done] = await restore(world.client, later);
    assert.deepEqual([done?.name, done?.actuation.kind], ['orphan', 'applied']);
    assert.equal(asWritten(await readHpa(plane, ref('orphan'))), asWritten(before));
  });

  it('in the write of a floor that arrives: floor and lease are there together, and are undone when the lease ran out', async () => {
    const before = await prepared('arrived');
    await killedAt(ofHpa, { kind: 'lose-answer' }, ['arrived', '8']);
    const { spec, metadata } = await readHpa(plane, ref('arrived'));
    assert.equal(spec.minReplicas, 8);
    assert.equal(metadata.annotations?.['forescale.dev/original-min-replicas'], '2');
    await world.seen(ref('arrived'), (state) => state.hpa.kind === 'owned' && state.hpa.hpa.lease !== undefined);
    assert.deepEqual(await world.keeper.restoreExpired(Date.now()), []);
    const [undone] = await world.keeper.restoreExpired(Date.now() + 11 * 60_000);
    assert.equal(undone?.outcome, 'applied');
    assert.match(undone.message, /spec\.minReplicas 8 → 2/);
    assert.equal(asWritten(await readHpa(plane, ref('arrived'))), asWritten(before));
  });

  it('in the write of a floor that does not arrive: nothing of it is there', async () => {
    const before = await prepared('missed');
    await killedAt(ofHpa, { kind: 'silence' }, ['missed', '8']);
    assert.equal(asWritten(await readHpa(plane, ref('missed'))), asWritten(before));
  });
});

interface Template {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly resources: { readonly requests: { readonly cpu: string } } }[];
      };
    };
  };
  readonly status: { readonly replicas: number; readonly updatedReplicas: number };
}
