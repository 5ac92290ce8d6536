import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLoadSource, type PrometheusSource } from '../../../src/adapters/prometheus/load-source.ts';
import type { PrometheusSettings } from '../../../src/domain/settings.ts';
import { type FaultServer, faultServer, ones } from './fault-server.ts';
import { deployment, range, settings, template } from './settings.ts';

const golden = (file: string) => join(import.meta.dirname, 'golden', file);
const serverTls: ServerOptions = {
  key: readFileSync(golden('prometheus.test.key')),
  cert: readFileSync(golden('prometheus.test.pem')),
};
const trusting = { caFile: golden('ca.pem'), serverName: 'prometheus.test' };

describe('createLoadSource › access', () => {
  let folder: string;
  let server: FaultServer;
  let source: PrometheusSource;
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const start = async (more: Partial<PrometheusSettings>, tls?: ServerOptions) => {
    server = await faultServer([ones], tls);
    source = createLoadSource(settings(server.url, more));
  };
  const read = () => source.read(template, [deployment('checkout')], range);
  const header = (i: number) => server.asked[i]?.headers.authorization;
  const failure = async () => {
    const answer = await read();
    return answer.kind === 'failed' ? answer.message : 'answered';
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-access-'));
  });
  afterEach(async () => {
    source.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('sends the token of a file, and the new one after the file changed', async () => {
    await start({ bearerTokenFile: file('token', 'first\n') });
    await read();
    file('token', 'second\n');
    await read();
    assert.deepEqual([header(0), header(1)], ['Bearer first', 'Bearer second']);
  });

  it('sends user name and password of basic authentication', async () => {
    await start({ basicAuth: { username: 'me', passwordFile: file('password', 'pass:word\n') } });
    await read();
    assert.equal(header(0), `Basic ${btoa('me:pass:word')}`);
  });

  it('sends extra headers and its own name', async () => {
    await start({ headers: { 'X-Scope-OrgID': 'shop' } });
    await read();
    assert.equal(server.asked[0]?.headers['x-scope-orgid'], 'shop');
    assert.equal(server.asked[0]?.headers['user-agent'], 'forescale');
  });

  it('asks nothing without the token it should send', async () => {
    await start({ bearerTokenFile: join(folder, 'none') });
    assert.match(
      await failure(),
      /found prometheus\.bearerTokenFile: expected a readable file, found ENOENT at .*none$/,
    );
    assert.equal(server.asked.length, 0);
  });

  it('asks nothing with an empty password, which would mean unauthenticated', async () => {
    await start({ basicAuth: { username: 'me', passwordFile: file('password', '\n') } });
    assert.match(await failure(), /prometheus\.basicAuth\.passwordFile: expected a secret, found an empty file/);
    assert.equal(server.asked.length, 0);
  });

  it('trusts a server by the CA of the file and the name of the settings', async () => {
    await start({ tls: trusting }, serverTls);
    assert.equal((await read()).kind, 'answered');
  });

  it('does not trust a server without its CA, nor under another name', async () => {
    await start({}, serverTls);
    assert.match(await failure(), /unable to verify|self-signed|UNABLE_TO_VERIFY/i);
    source.close();
    source = createLoadSource(settings(server.url, { tls: { ...trusting, serverName: 'other.test' } }));
    assert.match(await failure(), /ERR_TLS_CERT_ALTNAME_INVALID/);
    assert.equal(server.asked.length, 0);
  });

  it('shows a client certificate, and the new one after the files changed', async () => {
    const cert = file('client.pem', readFileSync(golden('prometheus.test.pem'), 'utf8'));
    const key = file('client.key', readFileSync(golden('prometheus.test.key'), 'utf8'));
    await start(
      { tls: { ...trusting, certFile: cert, keyFile: key } },
      { ...serverTls, requestCert: true, rejectUnauthorized: true, ca: readFileSync(golden('ca.pem')) },
    );
    await read();
    file('client.pem', readFileSync(golden('forescale.pem'), 'utf8'));
    file('client.key', readFileSync(golden('forescale.key'), 'utf8'));
    await read();
    assert.deepEqual(
      server.asked.map((one) => one.client),
      ['prometheus.test', 'forescale'],
    );
  });

  it('asks over one kept-alive connection for 5 reads', async () => {
    await start({});
    for (let i = 0; i < 5; i++) await read();
    const ports = new Set(server.asked.map((one) => one.port));
    assert.equal(ports.size, 1);
  });
});
