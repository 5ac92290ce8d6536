/** A server that answers as a test says, for what a real API server does not do on demand. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type KubeClient } from '../../../src/adapters/kubernetes/client/client.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answerer = (request: Request, response: ServerResponse) => void;

export interface FakeApi {
  readonly url: string;
  readonly kubeconfig: string;
  readonly client: KubeClient;
  readonly requests: Request[];
  readonly connections: () => number;
  answer: Answerer;
  readonly close: () => Promise<void>;
}

export async function startFakeApi(answer: Answerer, timeoutMs = 500): Promise<FakeApi> {
  const requests: Request[] = [];
  let connections = 0;
  const server = createServer(async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body };
    requests.push(request);
    api.answer(request, response);
  });
  server.on('connection', () => {
    connections++;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = mkdtempSync(join(tmpdir(), 'forescale-fake-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigFor({ server: url, 'insecure-skip-tls-verify': true }));
  const client = createClient({ kubeconfig, namespaces: [], timeoutMs, leaseMs: 60_000, writesPerSecond: 100 });
  const close = async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  };
  const api: FakeApi = { url, kubeconfig, client, requests, connections: () => connections, answer, close };
  return api;
}

export function kubeconfigFor(cluster: object, user: object = { token: 'secret' }): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'here',
  });
}

export function json(
  response: ServerResponse,
  code: number,
  body: object,
  headers: { readonly [name: string]: string } = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function status(code: number, reason: string, message: string, details: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details };
}
