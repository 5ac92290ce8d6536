/**
 * A proxy in front of a real API server that misbehaves on demand: answers of its own, delays, lines cut, silence.
 *
 * Plain HTTP on this side, so that a test needs no certificate; TLS with the server's CA on the other.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

export type Fault =
  /** Answers itself with a Status; the server never sees the request. */
  | {
      readonly kind: 'answer';
      readonly code: number;
      readonly reason: string;
      readonly headers?: { readonly [name: string]: string };
    }
  /** Never answers; the server never sees the request. */
  | { readonly kind: 'silence' }
  /** The server carries it out, and its answer is lost. */
  | { readonly kind: 'lose-answer' }
  /** Cuts the line before the server sees it. */
  | { readonly kind: 'cut' };

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly atMs: number;
}

export interface FaultProxy {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** The fault for the next `times` requests that match; the rest pass. */
  readonly inject: (match: (seen: Seen) => boolean, fault: Fault, times?: number) => void;
  readonly heal: () => void;
  /** Cuts every line that is open, watches above all. @returns how many. */
  readonly cutOpenLines: () => number;
  /** Lines that are open stay so and carry nothing more: half-open, as after a lost NAT entry. */
  readonly freezeOpenLines: () => void;
  readonly close: () => Promise<void>;
}

interface Rule {
  readonly match: (seen: Seen) => boolean;
  readonly fault: Fault;
  left: number;
}

export async function startFaultProxy(target: { readonly url: string; readonly ca: string }): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true, ca: target.ca });
  const open = new Set<ServerResponse>();
  const frozen = new WeakSet<ServerResponse>();
  const seen: Seen[] = [];
  let rules: Rule[] = [];

  const server = createServer((request, response) => {
    const now: Seen = { method: request.method ?? '', path: request.url ?? '', atMs: Date.now() };
    seen.push(now);
    open.add(response);
    response.on('close', () => open.delete(response));
    const rule = rules.find((one) => one.left > 0 && one.match(now));
    if (rule) rule.left--;
    switch (rule?.fault.kind) {
      case 'answer':
        return answer(response, rule.fault);
      case 'silence':
        return;
      case 'cut':
        return void request.socket.destroy();
      case 'lose-answer':
        return forward(target.url, agent, request, response, {
          onAnswer: () => request.socket.destroy(),
          isFrozen: () => true,
        });
      case undefined:
        return forward(target.url, agent, request, response, {
          onAnswer: () => {},
          isFrozen: () => frozen.has(response),
        });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    inject: (match, fault, times = Number.POSITIVE_INFINITY) => rules.push({ match, fault, left: times }),
    heal: () => {
      rules = [];
    },
    cutOpenLines: () => {
      const lines = [...open];
      for (const response of lines) response.socket?.destroy();
      return lines.length;
    },
    freezeOpenLines: () => {
      for (const response of open) frozen.add(response);
    },
    close: () => closeServer(server, agent),
  };
}

function answer(
  response: ServerResponse,
  { code, reason, headers }: Extract<Fault, { readonly kind: 'answer' }>,
): void {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason,
    code,
    message: `${reason}, says the proxy`,
  };
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(status));
}

interface Passing {
  readonly onAnswer: () => void;
  readonly isFrozen: () => boolean;
}

function forward(
  url: string,
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  passing: Passing,
): void {
  const { method, headers } = request;
  const upstream = httpsRequest(new URL(request.url ?? '/', url), { method, headers: { ...headers, host: '' }, agent });
  upstream.on('error', () => request.socket.destroy());
  upstream.on('response', (from) => {
    passing.onAnswer();
    if (!response.destroyed && !passing.isFrozen()) response.writeHead(from.statusCode ?? 502, from.headers);
    from.on('data', (chunk: Buffer) => {
      if (!passing.isFrozen()) response.write(chunk);
    });
    from.on('end', () => {
      if (!passing.isFrozen()) response.end();
    });
    from.on('error', () => request.socket.destroy());
  });
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function closeServer(server: Server, agent: Agent): Promise<void> {
  agent.destroy();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
