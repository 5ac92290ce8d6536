/** The daemon as its own process, against servers that are away or say nothing. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Started, start } from '../acceptance/support/cli.ts';
import { freePort, waitUntil } from '../rig/rig.ts';

/** Nobody listens there. */
const away = 'https://127.0.0.1:6';

const kubeconfig = `
apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: "${away}", insecure-skip-tls-verify: true } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x
`;

const configText = (folder: string, prometheus: string, port: number, more: string) => `
loop: 5s
prometheus: { url: "${prometheus}", timeout: 30s }
kubernetes: { kubeconfig: "${join(folder, 'kubeconfig')}", timeout: 1s }
defaults: { replicas: { max: 20 }, signals: { requests: http-by-app } }
storage: { dataDir: "${join(folder, 'data')}", modelDir: "${join(folder, 'models')}" }
http: { host: 127.0.0.1, port: ${port} }
log: { format: json }
${more}`;

describe('the daemon', () => {
  let folder: string;
  let silent: Server;
  let prometheus: string;
  let asked: number;
  let daemon: Started | undefined;
  const sockets = new Set<Socket>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-daemon-'));
    writeFileSync(join(folder, 'kubeconfig'), kubeconfig);
    const port = await freePort();
    silent = createServer((socket) => {
      sockets.add(socket.on('error', () => {}).on('data', () => asked++));
    }).listen(port, '127.0.0.1');
    prometheus = `http://127.0.0.1:${port}`;
  });

  beforeEach(() => {
    asked = 0;
  });

  afterEach(async () => {
    daemon?.child.kill('SIGKILL');
    await daemon?.finished;
  });

  after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
    rmSync(folder, { recursive: true });
  });

  async function run(command: readonly string[], more: string): Promise<{ started: Started; port: number }> {
    const port = await freePort();
    const path = join(folder, 'forescale.yaml');
    writeFileSync(path, configText(folder, prometheus, port, more));
    daemon = start([...command, '--config', path]);
    return { started: daemon, port };
  }

  const named = 'workloads: [{ namespace: shop, name: checkout }]';

  it('ends within 5 s of SIGTERM, though Prometheus has 30 s to answer each of 3 queries', async () => {
    const { started } = await run(['run'], named);
    await waitUntil('a query under way', async () => asked > 0, { timeoutMs: 120_000 });
    const atMs = Date.now();
    started.child.kill('SIGTERM');
    assert.equal((await started.finished).code, 0, started.output().stderr);
    assert.ok(Date.now() - atMs < 5_000, `${Date.now() - atMs} ms`);
    assert.doesNotMatch(started.output().stderr, /round failed|unavailable/);
  });

  it('starts though the cluster cannot be searched for workloads, is alive but not ready, and goes on asking', async () => {
    const { started, port } = await run(['run'], 'discovery: { annotation: true }');
    const rounds = () => started.output().stderr.match(/round failed; nothing was changed/g)?.length ?? 0;
    await waitUntil('two rounds', async () => rounds() >= 2, { timeoutMs: 120_000 });
    assert.match(started.output().stderr, /workloads cannot be looked for yet/);
    const status = async (page: string) => (await fetch(`http://127.0.0.1:${port}/${page}`)).status;
    assert.deepEqual([await status('healthz'), await status('readyz')], [200, 503]);
    started.child.kill('SIGTERM');
    assert.equal((await started.finished).code, 0);
  });

  it('plan ends within 5 s of Ctrl-C, with exit code 1 and a sentence', async () => {
    const { started } = await run(['plan'], named);
    await waitUntil('a query under way', async () => asked > 0, { timeoutMs: 120_000 });
    const atMs = Date.now();
    started.child.kill('SIGINT');
    assert.equal((await started.finished).code, 1);
    assert.ok(Date.now() - atMs < 5_000, `${Date.now() - atMs} ms`);
    assert.match(started.output().stderr, /forescale: stopped before anything was decided\n$/);
  });
});
