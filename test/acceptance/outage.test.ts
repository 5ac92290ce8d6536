/**
 * What the daemon does while its dependencies are away, slow or wrong: nothing shrinks, the state is named in log and
 * metric, and work goes on by itself.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { findRig, titleWithRig, waitUntil } from '../rig/rig.ts';
import { run, type Started, start } from './support/cli.ts';
import { type LoopWorld, startLoopWorld } from './support/loop-world.ts';

const MINUTE = 60_000;
const patience = { timeoutMs: 60_000 };

const rig = findRig();
const suite = rig.kind === 'found' ? describe : describe.skip;
suite(titleWithRig('outages around the running daemon', rig), () => {
  let world: LoopWorld;
  let daemon: Started;
  let config: string;
  let port: number;
  let raised: number;

  const page = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  const json = async (path: string) => JSON.parse(await page(path));
  const logged = (text: string) => daemon.output().stderr.includes(text);

  /** The value of a metric whose labels contain all of `labels`; undefined when there is no such series. */
  async function metric(name: string, ...labels: readonly string[]): Promise<number | undefined> {
    const lines = (await page('/metrics')).split('\n').filter((line) => line.startsWith(`forescale_${name}`));
    const line = lines.find((one) => labels.every((label) => one.includes(label)));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  }

  before(async () => {
    world = await startLoopWorld();
    await world.history(3 * MINUTE);
    // Half of it is the longest that no write is tried, so that one is under way soon when the API server is away.
    ({ path: config, port } = await world.configure('outage', { lease: '1m' }));
    daemon = start(['run', '--act', '--config', config]);
    await waitUntil('a raised floor', async () => (await world.floor()) >= 10, { timeoutMs: 90_000 });
    raised = await world.floor();
  });

  after(async () => {
    daemon?.child.kill('SIGKILL');
    await daemon?.finished;
    await world?.stop();
  });

  const rounds = async (result: 'ok' | 'failed') => (await metric('loops_total', `result="${result}"`)) ?? 0;

  /** Two more rounds have ended with this result. */
  async function twoMore(result: 'ok' | 'failed'): Promise<void> {
    const before = await rounds(result);
    await waitUntil(`two rounds ${result}`, async () => (await rounds(result)) >= before + 2, patience);
  }

  it('is ready, serves both probes and counts its rounds', async () => {
    await waitUntil('readiness', async () => (await json('/readyz')).status === 'ready', patience);
    assert.equal((await json('/healthz')).status, 'alive');
    assert.equal(await metric('mode', 'mode="act"'), 1);
    assert.equal(await metric('quality_signals', 'name="checkout"', 'state="ok"'), 1);
  });

  for (const [what, begin, finish] of [
    ['frozen, so that queries time out after 2 s', () => world.prometheus().pause(), () => world.prometheus().resume()],
    ['away', () => world.prometheus().halt(), () => world.prometheus().restart()],
  ] as const) {
    it(`keeps the floor while Prometheus is ${what}, says "unavailable" in log and metric, and recovers`, async () => {
      await begin();
      const unavailable = async () => (await metric('quality_signals', 'name="checkout"', 'state="unavailable"')) === 1;
      await waitUntil('the named state', unavailable, patience);
      assert.ok(logged('signal is unavailable'));
      assert.equal(await metric('signal_usable', 'name="checkout"', 'signal="requests"'), 0);
      await twoMore('ok');
      assert.equal(await world.floor(), raised);
      await finish();
      await waitUntil('the signal again', async () => !(await unavailable()), patience);
    });
  }

  it('writes nothing while the API server does not answer, stays alive, and goes on afterwards', async () => {
    await world.plane.pauseApiServer();
    const stuck = async () =>
      (await metric('actuations_total', 'outcome="unknown"')) !== undefined || (await rounds('failed')) > 0;
    await waitUntil('a round that notices', stuck, { timeoutMs: 120_000 });
    assert.equal((await json('/healthz')).status, 'alive');
    await world.plane.resumeApiServer();
    await twoMore('ok');
    assert.ok((await world.floor()) >= raised);
  });

  it('keeps the configuration in force when the file turns bad, and takes the next good one', async () => {
    const good = readFileSync(config, 'utf8');
    writeFileSync(config, good.replace('loop: 5s', 'loop: soon'));
    await waitUntil('the rejection', async () => (await metric('config_reload_success')) === 0, patience);
    assert.ok(logged('Nothing changed; still running'));
    const health = await json('/healthz');
    assert.match(health.config.rejected, /loop \(line 2\): expected .*, got "soon"/);
    assert.equal(health.status, 'alive');
    writeFileSync(config, good.replace('loop: 5s', 'loop: 4s'));
    await waitUntil('the good one', async () => (await metric('config_reload_success')) === 1, patience);
    assert.equal((await json('/healthz')).config.rejected, undefined);
    await twoMore('ok');
    assert.ok((await world.floor()) >= raised);
  });

  it('reads the configuration again on SIGHUP', async () => {
    const before = await metric('config_reload_timestamp_seconds');
    daemon.child.kill('SIGHUP');
    await waitUntil('the reload', async () => (await metric('config_reload_timestamp_seconds')) !== before, patience);
  });

  it('is consistent after kill -9 in the middle of its work, and says so by going on', async () => {
    daemon.child.kill('SIGKILL');
    await daemon.finished;
    daemon = start(['run', '--act', '--config', config]);
    await waitUntil('rounds again', async () => (await rounds('ok').catch(() => 0)) >= 2, patience);
    assert.ok((await world.floor()) >= raised);
    assert.ok(!logged('damaged'));
  });

  it('undoes a floor whose lease ran out while nobody was there', async () => {
    daemon.child.kill('SIGKILL');
    await daemon.finished;
    const name = 'forescale.dev/floor-expires';
    const expires = new Date(Date.now() - 1000).toISOString();
    await world.plane.kubectl(['annotate', '-n', 'shop', 'hpa/checkout', '--overwrite', `${name}=${expires}`]);
    const restored = await run(['restore', '--expired', '--config', config]);
    assert.equal(restored.code, 0, restored.stderr);
    assert.equal(await world.floor(), 2);
  });
});
