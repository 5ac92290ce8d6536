/** A real API server behind a line that fails: what is lost is named, nothing shrinks, and work resumes by itself. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
import { type FaultProxy, type Seen, startFaultProxy } from '../support/fault-proxy.ts';
import { type ActuationWorld, hpa, plainKubeconfig, readHpa, ref, startWorld, workload } from './actuation-world.ts';

const rig = findRig();
const isPatch = ({ method }: Seen) => method === 'PATCH';

(rig.kind === 'found' ? describe : describe.skip)(titleWithRig('actuation over a line that fails', rig), () => {
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
  });
  beforeEach(async () => {
    world = await startWorld({ kubeconfig, timeoutMs: 1_000, silenceMs: 2_000 });
  });
  afterEach(async () => {
    proxy.heal();
    await world.close();
  });
  after(async () => {
    await proxy?.close();
    await player?.stop();
    await plane?.stop();
    folder?.remove();
  });

  async function withHpa(name: string) {
    const web = ref(name);
    await plane.apply([workload(web), hpa(web)]);
    await world.seen(web, (state) => state.hpa.kind === 'owned');
    return web;
  }
  const minOf = async (name: string) => (await readHpa(plane, ref(name))).spec.minReplicas;

  it('429 with Retry-After: 1 is waited for once, then the floor stands', async () => {
    const web = await withHpa('throttled');
    proxy.inject(isPatch, { kind: 'answer', code: 429, reason: 'TooManyRequests', headers: { 'retry-after': '1' } }, 1);
    const start = Date.now();
    assert.equal((await world.decide(web, 8)).kind, 'applied');
    assert.ok(Date.now() - start >= 1_000);
    assert.equal(await minOf('throttled'), 8);
  });

  it('429 with Retry-After: 60 is not waited for, and the outcome says 60 s', async () => {
    const web = await withHpa('refused');
    proxy.inject(isPatch, { kind: 'answer', code: 429, reason: 'TooManyRequests', headers: { 'retry-after': '60' } });
    const outcome = await world.decide(web, 8);
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.retryAfterMs, 60_000);
    assert.match(outcome.message, /429 TooManyRequests/);
    assert.equal(await minOf('refused'), 2);
  });

  it('500 is an outcome and is not sent again; the next round succeeds', async () => {
    const web = await withHpa('broken');
    proxy.inject(isPatch, { kind: 'answer', code: 500, reason: 'InternalError' }, 1);
    const sent = proxy.seen.filter(isPatch).length;
    assert.equal((await world.decide(web, 8)).kind, 'failed');
    assert.equal(proxy.seen.filter(isPatch).length, sent + 1);
    assert.equal((await world.decide(web, 8)).kind, 'applied');
  });

  it('409 twice is a conflict; once, it is decided again from a fresh read', async () => {
    const web = await withHpa('racing');
    proxy.inject(isPatch, { kind: 'answer', code: 409, reason: 'Conflict' }, 2);
    assert.equal((await world.decide(web, 8)).kind, 'conflict');
    proxy.heal();
    proxy.inject(isPatch, { kind: 'answer', code: 409, reason: 'Conflict' }, 1);
    assert.equal((await world.decide(web, 8)).kind, 'applied');
  });

  it('a write without an answer is unknown; it happened, and the next round sees that and writes nothing', async () => {
    const web = await withHpa('lost');
    proxy.inject(isPatch, { kind: 'lose-answer' }, 1);
    assert.equal((await world.decide(web, 8)).kind, 'unknown');
    await world.seen(web, (state) => state.hpa.kind === 'owned' && state.hpa.hpa.lease?.floor === 8);
    assert.equal((await world.decide(web, 8)).kind, 'nothing-to-do');
  });

  it('a write that is never answered is unknown after the time limit of 1 s', async () => {
    const web = await withHpa('silent');
    proxy.inject(isPatch, { kind: 'silence' }, 1);
    const start = Date.now();
    const outcome = await world.decide(web, 8);
    assert.equal(outcome.kind, 'unknown');
    assert.ok(Date.now() - start < 3_000);
    assert.equal(await minOf('silent'), 2);
  });

  it('a read that fails twice with 500 is tried a third time', async () => {
    const web = await withHpa('retried');
    await plane.apply(workload(ref('retried-bare')));
    const bare = ref('retried-bare');
    await world.seen(bare, () => true);
    proxy.inject(
      ({ method, path }) => method === 'GET' && !path.includes('watch'),
      { kind: 'answer', code: 500, reason: 'InternalError' },
      2,
    );
    assert.equal((await world.decide(bare, 4)).kind, 'applied');
    assert.equal((await world.decide(web, 4)).kind, 'applied');
  });

  it('watches that are cut resume from where they were and miss no change', async () => {
    const web = await withHpa('resumed');
    const lists = () => proxy.seen.filter(({ path }) => path.includes('limit=500')).length;
    const before = lists();
    assert.ok(proxy.cutOpenLines() >= 5);
    await plane.kubectl(['scale', '-n', 'shop', 'deployment', 'resumed', '--replicas=5']);
    await world.seen(web, (state) => state.desiredReplicas === 5);
    assert.equal(lists(), before, 'no new list was needed');
  });

  it('a server that refuses watches: states are refused after 6 s, named, and come back by themselves', async () => {
    const web = await withHpa('blind');
    proxy.inject(() => true, { kind: 'cut' });
    proxy.cutOpenLines();
    await waitUntil('the copy of Deployments is too old', () =>
      world.reader.problems().some((text) => text.startsWith('deployments:')),
    );
    await assert.rejects(world.reader.states([web]), (error: Error) => {
      assert.equal(error.name, 'StaleClusterError');
      assert.match(error.message, /deployments: last confirmed \d+ s ago, limit 6 s: (watch|list): /);
      return true;
    });
    assert.ok(world.warnings.some((text) => text.startsWith('deployments: watch: ')));
    proxy.heal();
    await waitUntil('the copy is fresh again', () => world.reader.synced());
    assert.equal((await world.reader.states([web])).size, 1);
  });

  it('a server away at the start: the daemon starts, hands out nothing, and works once the server is there', async () => {
    proxy.inject(() => true, { kind: 'answer', code: 503, reason: 'ServiceUnavailable' });
    const late = await startWorld({ kubeconfig, timeoutMs: 500 });
    try {
      assert.equal(late.reader.synced(), false);
      await assert.rejects(late.reader.states([]), /deployments: not read yet/);
      proxy.heal();
      await waitUntil('everything is read', () => late.reader.synced());
    } finally {
      await late.close();
    }
  });

  it('410 on a watch leads to a new list, in which deletions are noticed', async () => {
    const web = await withHpa('compacted');
    proxy.inject(({ path }) => path.includes('watch=true'), { kind: 'answer', code: 410, reason: 'Expired' }, 5);
    proxy.cutOpenLines();
    await plane.kubectl(['delete', '-n', 'shop', 'deployment', 'compacted']);
    await waitUntil('it is gone', async () => (await world.reader.states([web])).size === 0);
    assert.deepEqual(
      world.warnings.filter((text) => text.includes('410')),
      [],
      'it is part of the protocol, not a failure',
    );
  });

  it('half-open lines are given up after 2 s of silence, and the change in between is seen', async () => {
    const web = await withHpa('half-open');
    proxy.freezeOpenLines();
    await plane.kubectl(['scale', '-n', 'shop', 'deployment', 'half-open', '--replicas=7']);
    await sleep(500);
    assert.notEqual((await world.seen(web, () => true)).desiredReplicas, 7);
    await world.seen(web, ({ desiredReplicas }) => desiredReplicas === 7);
  });

  it('100 rounds of 100 states cost no request at all', async () => {
    const web = await withHpa('cheap');
    const before = proxy.seen.length;
    for (let i = 0; i < 100; i++) await world.reader.states(Array.from({ length: 100 }, () => web));
    assert.ok(
      proxy.seen.length - before <= 5,
      `${proxy.seen.length - before} requests, at most one new watch of each kind`,
    );
  });
});
