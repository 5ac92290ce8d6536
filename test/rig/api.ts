/**
 * The API server over plain HTTPS, as much as the rig itself needs of it.
 *
 * Deliberately not the client that forescale uses: a fault in that one must not hide in its own tests.
 */

import { Agent, request as httpsRequest } from 'node:https';

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** Any object of the API, with the fields that most of them have. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface Pod extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly name: string; readonly image: string; readonly resources?: unknown }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly startTime?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly { readonly name: string; readonly resources?: unknown }[];
  };
}

export interface List<T> {
  readonly items: readonly T[];
}

export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

export interface ApiRequest {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly token?: string;
}

export interface Api {
  readonly request: <T = unknown>(method: string, path: string, options?: ApiRequest) => Promise<T>;
  readonly get: <T = unknown>(path: string) => Promise<T>;
  readonly mergePatch: <T = unknown>(path: string, body: unknown) => Promise<T>;
  /** the same server as another user */
  readonly as: (token: string) => Api;
  readonly close: () => void;
}

export interface Connection {
  readonly url: string;
  /** read at every request, because the certificate is there only once the server has started */
  readonly ca: () => string;
  readonly token: string;
}

const TIMEOUT_MS = 10_000;

export function connectApi(connection: Connection): Api {
  const agent = new Agent({ keepAlive: true });
  return apiOver(connection, agent);
}

function apiOver(connection: Connection, agent: Agent): Api {
  const request = async <T>(method: string, path: string, options: ApiRequest = {}): Promise<T> => {
    const answer = await send(connection, agent, method, path, options);
    if (answer.status >= 300) throw new ApiError(answer.status, `${method} ${path}: ${answer.status} ${answer.text}`);
    return (answer.text.startsWith('{') ? JSON.parse(answer.text) : answer.text) as T;
  };
  return {
    request,
    get: (path) => request('GET', path),
    mergePatch: (path, body) => request('PATCH', path, { body, contentType: 'application/merge-patch+json' }),
    as: (token) => apiOver({ ...connection, token }, agent),
    close: () => agent.destroy(),
  };
}

function send(
  connection: Connection,
  agent: Agent,
  method: string,
  path: string,
  { body, contentType = 'application/json', token = connection.token }: ApiRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  const payload = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'content-type': contentType,
    'content-length': Buffer.byteLength(payload), // for DELETE Node neither counts nor chunks the body
  };
  return new Promise((resolve, reject) => {
    const request = httpsRequest(new URL(path, connection.url), {
      method,
      agent,
      ca: connection.ca(),
      timeout: TIMEOUT_MS,
      headers,
    });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer in ${TIMEOUT_MS} ms`)));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.end(payload);
  });
}

/** The query string for a selector such as `app=checkout,tier=web`; empty for an empty one. */
export function labelSelectorQuery(selector: string): string {
  return selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
}
