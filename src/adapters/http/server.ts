/** The HTTP side of the daemon: health, readiness and metrics, all GET, no state of its own. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Pages by path; each is made anew for every request. */
export type Pages = { readonly [path: string]: () => Page | Promise<Page> };

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A JSON page: 200 while `ok`, else 503 as probes expect. */
export function statusPage(ok: boolean, detail: object): Page {
  return { status: ok ? 200 : 503, contentType: 'application/json', body: `${JSON.stringify(detail, null, 2)}\n` };
}

async function pageFor(pages: Pages, request: IncomingMessage): Promise<Page> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const make = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (!make)
    return { status: 404, contentType: 'text/plain', body: `not found; there are ${Object.keys(pages).join(', ')}\n` };
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, contentType: 'text/plain', body: 'only GET\n' };
  return make();
}

async function answer(pages: Pages, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const page = await pageFor(pages, request).catch((error: unknown) => ({
    status: 500,
    contentType: 'text/plain',
    body: `${String(error)}\n`,
  }));
  response.writeHead(page.status, { 'content-type': page.contentType, 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : page.body);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** @throws Error when the address cannot be bound; the message names it. */
export async function serve(host: string, port: number, pages: Pages): Promise<HttpServer> {
  const server = createServer((request, response) => void answer(pages, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`http ${host}:${port}: ${error.message}`)));
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) };
}
