/**
 * A server that plays Prometheus for faults only: each request is given to the next of a list of answers, the last of
 * which serves for ever. What works is tested against the real one (test/acceptance/prometheus-read.test.ts).
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
  /** Of the client: equal for requests on one connection. */
  readonly port: number | undefined;
  /** Common name of the client's certificate. */
  readonly client?: string;
}

export type Answer = (response: ServerResponse, asked: Asked) => void;

export interface FaultServer {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

export async function faultServer(answers: readonly Answer[], tls?: ServerOptions): Promise<FaultServer> {
  const asked: Asked[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const one = await askedOf(request);
    asked.push(one);
    answers[Math.min(asked.length, answers.length) - 1]!(response, one);
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => void handle(request, response);
  const server: Server = tls ? createSecureServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function askedOf(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = await text(request);
  const socket = request.socket as { getPeerCertificate?: () => { subject?: { CN?: string } } };
  const client = socket.getPeerCertificate?.().subject?.CN;
  return {
    method: request.method ?? '',
    path: url.pathname,
    headers: request.headers,
    port: request.socket.remotePort,
    form: body === '' ? url.searchParams : new URLSearchParams(body),
    ...(client !== undefined && { client }),
  };
}

export function json(status: number, body: unknown, headers: { readonly [name: string]: string } = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function plain(status: number, body: string, headers: { readonly [name: string]: string } = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    response.end(body);
  };
}

export function matrix(result: readonly unknown[], more: object = {}): Answer {
  return json(200, { status: 'success', data: { resultType: 'matrix', result }, ...more });
}

/** One sample of value 1 at every instant that was asked for. */
export const ones: Answer = (response, { form }) => {
  const values: [number, string][] = [];
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
  for (let time = start!; time <= end!; time += step!) values.push([time, '1']);
  matrix([{ metric: { ns: 'shop', app: 'checkout' }, values }])(response, {} as Asked);
};

export function promError(status: number, errorType: string, error: string): Answer {
  return json(status, { status: 'error', errorType, error });
}
