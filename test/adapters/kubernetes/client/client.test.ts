import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../../../src/adapters/kubernetes/client/client.ts';
import { describeFailure } from '../../../../src/adapters/kubernetes/client/failure.ts';
import { type FakeApi, json, kubeconfigFor, startFakeApi } from '../fake-api.ts';

describe('createClient', () => {
  let api: FakeApi;
  let dir: string;
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'forescale-client-'));
    api = await startFakeApi((_, response) => json(response, 200, { metadata: { name: 'shop' } }));
  });
  after(async () => {
    await api.close();
    rmSync(dir, { recursive: true });
  });

  const settings = { namespaces: [], timeoutMs: 200, leaseMs: 1, writesPerSecond: 1 };
  const file = (content: string) => {
    const path = join(dir, 'kubeconfig');
    writeFileSync(path, content);
    return path;
  };

  it('makes 50 requests over at most 2 connections', async () => {
    const before = api.connections();
    for (let i = 0; i < 50; i++) await api.client.core.readNamespace({ name: 'shop' });
    assert.ok(api.connections() - before <= 2);
  });

  it('says who it is and sends the token with every request', async () => {
    await api.client.core.readNamespace({ name: 'shop' });
    const { headers } = api.requests.at(-1) ?? assert.fail();
    assert.equal(headers['user-agent'], 'forescale');
    assert.equal(headers.authorization, 'Bearer secret');
  });

  it('gives up a request after the time limit of 200 ms', async () => {
    api.answer = () => {};
    const client = createClient({ ...settings, kubeconfig: api.kubeconfig });
    const start = performance.now();
    const error = await client.core.readNamespace({ name: 'shop' }).catch((found: unknown) => found);
    assert.equal(describeFailure(error).kind, 'timeout');
    assert.ok(performance.now() - start < 1_000);
    await client.close();
  });

  it('refuses a server without TLS unless the kubeconfig says so, and says what to set', () => {
    const kubeconfig = file(kubeconfigFor({ server: 'http://cluster:8080' }));
    assert.throws(() => createClient({ ...settings, kubeconfig }), {
      message: `kubernetes: ${kubeconfig} names the server http://cluster:8080 without TLS; if that is meant, set insecure-skip-tls-verify: true on the cluster in the kubeconfig`,
    });
  });

  it('names a kubeconfig that cannot be read', () => {
    const kubeconfig = join(dir, 'absent');
    assert.throws(
      () => createClient({ ...settings, kubeconfig }),
      /kubernetes\.kubeconfig: expected a readable kubeconfig at .*absent, found: ENOENT/,
    );
  });

  it('names the contexts there are when another one is asked for', () => {
    const kubeconfig = file(kubeconfigFor({ server: 'https://cluster' }));
    assert.throws(() => createClient({ ...settings, kubeconfig, context: 'there' }), {
      message: 'kubernetes.context: expected one of here, got "there"',
    });
  });

  it('uses the context that is asked for', () => {
    const kubeconfig = file(kubeconfigFor({ server: 'https://cluster' }));
    assert.equal(createClient({ ...settings, kubeconfig, context: 'here' }).server, 'https://cluster');
  });
});
