/**
 * The whole loop with real parts: fourteen days in a real Prometheus, a real API server, the real HPA controller, the
 * shipped RBAC and the ServiceAccount's own token; forescale runs as its users run it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRig, isWrite, titleWithRig, waitUntil } from '../rig/rig.ts';
import { asWritten, readHpa } from './actuation-world.ts';
import { run, type Started, start } from './support/cli.ts';
import { checkout, type LoopWorld, startLoopWorld } from './support/loop-world.ts';

const MINUTE = 60_000;
const account = 'system:serviceaccount:forescale:forescale';

const rig = findRig();
const suite = rig.kind === 'found' ? describe : describe.skip;
suite(titleWithRig('the loop, from Prometheus to the HPA', rig), () => {
  let world: LoopWorld;
  let original: string;
  let daemon: Started | undefined;

  const writes = () => world.plane.auditLog().filter((event) => isWrite(event) && event.user.username === account);
  const configOf = (name: string) => join(world.folder, `${name}.yaml`);
  const act = (config: string) => {
    daemon = start(['run', '--act', '--config', config]);
    return daemon;
  };

  before(async () => {
    world = await startLoopWorld();
    original = asWritten(await readHpa(world.plane, checkout));
  });

  afterEach(async () => {
    daemon?.child.kill('SIGKILL');
    await daemon?.finished;
    daemon = undefined;
  });

  after(() => world?.stop());

  it('plans the peak in a dry run, says why, exits with 2 and writes nothing, by the audit log', async () => {
    await world.history(2 * MINUTE); // at its height a minute later, well inside the lead of 4 minutes
    const { path } = await world.configure('dry');
    const plan = await run(['plan', '--config', path, '-o', 'json']);
    assert.equal(plan.code, 2, plan.stderr);
    const { mode, changes } = JSON.parse(plan.stdout);
    assert.equal(mode, 'dry-run');
    assert.equal(changes.length, 1);
    assert.deepEqual([changes[0].workload, changes[0].from], ['shop/Deployment/checkout', 2]);
    assert.ok(
      changes[0].to >= 10,
      `200 requests/s at 25 a replica need at least 10 replicas, planned ${changes[0].to}`,
    );
    assert.equal(changes[0].reasons[0].code, 'forecast-peak');
    const once = await run(['run', '--once', '--config', path]);
    assert.equal(once.code, 0, once.stderr);
    assert.match(once.stdout, /1 of 1 workloads would change/);
    assert.deepEqual(writes(), []);
    assert.equal(asWritten(await readHpa(world.plane, checkout)), original);
  });

  it('stays within a budget of 6 replicas, says so and says what is left', async () => {
    const { path } = await world.configure('budget', { yaml: 'budgets: { default: { replicas: 6 } }\n' });
    const plan = await run(['plan', '--config', path, '-o', 'json']);
    assert.equal(plan.code, 2, plan.stderr);
    const { changes, budget } = JSON.parse(plan.stdout);
    assert.equal(changes[0].to, 6);
    assert.ok(changes[0].reasons.some(({ code }: { code: string }) => code === 'budget'));
    assert.deepEqual([budget[0].used.replicas, budget[0].left.replicas], [6, 0]);
  });

  it('prints the patch that it would send', async () => {
    const patch = await run(['plan', '--config', configOf('dry'), '-o', 'patch']);
    assert.equal(patch.code, 2, patch.stderr);
    assert.match(
      patch.stdout,
      /kind: HorizontalPodAutoscaler\nmetadata:\n {2}namespace: shop\n {2}name: checkout\nspec:\n {2}minReplicas: 1\d\n/,
    );
  });

  it('raises the floor, and the real HPA controller scales, before the load climbs', async () => {
    const climbs = Date.now() + 3 * MINUTE;
    await world.history(3 * MINUTE);
    act((await world.configure('peak')).path);
    const { deployment } = world;
    await waitUntil('10 replicas', async () => (await deployment()).spec.replicas >= 10, { timeoutMs: 90_000 });
    await waitUntil('10 are ready', async () => ((await deployment()).status.readyReplicas ?? 0) >= 10);
    assert.ok(Date.now() < climbs, 'before the peak');
    const raised = await readHpa(world.plane, checkout);
    assert.equal(raised.metadata.annotations?.['forescale.dev/original-min-replicas'], '2');
    assert.ok(Date.parse(raised.metadata.annotations?.['forescale.dev/floor-expires'] ?? '') > Date.now());
    assert.ok(writes().some(({ objectRef }) => objectRef?.resource === 'horizontalpodautoscalers'));
    assert.ok(
      writes().some(({ objectRef }) => objectRef?.resource === 'events'),
      'an Event says why',
    );
  });

  it('ends within 5 s of SIGTERM and leaves the floor to its lease', async () => {
    const { output, child, finished } = act(configOf('peak'));
    const inForce = () => output().stderr.includes('configuration in force');
    await waitUntil('the start', inForce, { timeoutMs: 60_000 });
    const asked = Date.now();
    child.kill('SIGTERM');
    assert.equal((await finished).code, 0);
    assert.ok(Date.now() - asked < 5_000, `${Date.now() - asked} ms`);
    assert.ok((await world.floor()) >= 10);
  });

  it('explains the last decision from the series to the number', async () => {
    const explained = await run(['explain', 'checkout', '--config', configOf('peak')]);
    assert.equal(explained.code, 0, explained.stderr);
    const parts = [
      /^series\n {2}requests: /m,
      /^forecast\n {2}\S+: next/m,
      /^capacity\n {2}one replica serves 25/m,
      /^policies\n {2}/m,
    ];
    for (const part of parts) assert.match(explained.stdout, part);
    const asked = Date.now();
    const data = await run(['explain', 'checkout', '--config', configOf('peak'), '-o', 'json']);
    assert.ok(JSON.parse(data.stdout).atMs < asked, 'it is the decision of the daemon, not one made now');
  });

  it('lowers the floor to what it was when the peak is over', async () => {
    await world.history(-3 * 60 * MINUTE);
    act((await world.configure('after')).path);
    await waitUntil('the original floor', async () => (await world.floor()) <= 3, { timeoutMs: 90_000 });
  });

  it('learns trees and support vectors behind the nightly refit, and a daemon that was killed goes on with them', async () => {
    const forecast =
      'candidates: [aggregate], experts: [regression, boosted-trees, linear-svr], refitCron: "* * * * *", spread: 0s, backend: wasm';
    await world.history(-3 * 60 * MINUTE);
    const { path, port } = await world.configure('night', { forecast });
    const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const learned = (expert: string) => new RegExp(`fleet_fits_total\\{expert="${expert}",result="ok"\\} [1-9]`);
    const through = /fleet_trained_timestamp_seconds\{expert="linear-svr"\} (\S+)/;
    const before = act(path);
    const isLearned = async () => {
      const text = await metrics().catch(() => '');
      return [learned('boosted-trees'), learned('linear-svr')].every((one) => one.test(text));
    };
    // Its thread runs behind everything else on the machine.
    await waitUntil('a night', isLearned, { timeoutMs: 300_000 });
    const manifest = join(world.folder, 'night/models/fleet/manifest.json');
    const isStored = async () => existsSync(manifest) && readFileSync(manifest, 'utf8').includes('linear-svr');
    await waitUntil('the fleet on disk', isStored, { timeoutMs: 30_000 });
    before.child.kill('SIGKILL');
    await before.finished;
    const { output } = act(path);
    await waitUntil('the fleet of before', async () => through.test(await metrics().catch(() => '')), {
      timeoutMs: 30_000,
    });
    assert.doesNotMatch(output().stderr, /set aside/);
  }).timeout(420_000);

  it('puts everything back byte for byte on restore', async () => {
    await world.history(3 * MINUTE);
    const { child, finished } = act((await world.configure('again')).path);
    await waitUntil('a raised floor', async () => (await world.floor()) >= 10, { timeoutMs: 90_000 });
    child.kill('SIGTERM');
    await finished;
    const restored = await run(['restore', '--config', configOf('again')]);
    assert.equal(restored.code, 0, restored.stderr);
    assert.match(restored.stdout, /shop\/HorizontalPodAutoscaler\/checkout: applied; /);
    assert.equal(asWritten(await readHpa(world.plane, checkout)), original);
  });
});
