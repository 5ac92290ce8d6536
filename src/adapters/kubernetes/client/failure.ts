/**
 * What went wrong with a request, as a value: every other file decides on these kinds and never on exceptions of
 * the client library, whose `ApiException.body` is JSON text for some answers and an object for others.
 */
import { ApiException } from '@kubernetes/client-node';

export type ApiFailure =
  /** The server answered with a Status. `reason` is the machine word of it (`Conflict`, `Forbidden`, …), '' when absent. */
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly reason: string;
      readonly message: string;
      readonly retryAfterMs?: number;
      /** A `test` of a JSON patch did not hold: the object is not what it was taken for. */
      readonly testFailed?: boolean;
    }
  /** No answer in time: a write may or may not have happened. */
  | { readonly kind: 'timeout'; readonly message: string }
  /** The connection broke after it had been opened: a write may or may not have happened. */
  | { readonly kind: 'broken'; readonly message: string }
  /** The request never reached the server. */
  | { readonly kind: 'unreachable'; readonly message: string };

const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** @param error - whatever a call of the client library threw. Our own bugs (TypeError without a cause) are thrown on. */
export function describeFailure(error: unknown): ApiFailure {
  if (error instanceof ApiException) return fromAnswer(error);
  if (!(error instanceof Error)) return { kind: 'broken', message: String(error) };
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    return { kind: 'timeout', message: 'the API server did not answer in time' };
  }
  return fromNetwork(error);
}

/** One sentence for logs, Events and outcomes. */
export function failureText(failure: ApiFailure): string {
  if (failure.kind !== 'status') return failure.message;
  const words = [failure.code, failure.reason].filter((word) => word !== '').join(' ');
  return `the API server answered ${words}: ${failure.message}`;
}

/** Whether the same read may succeed a moment later. */
export function isTransient(failure: ApiFailure): boolean {
  return failure.kind !== 'status' || failure.code === 429 || failure.code >= 500;
}

interface StatusBody {
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly details?: { readonly retryAfterSeconds?: unknown; readonly causes?: unknown };
}

function fromAnswer(error: ApiException<unknown>): ApiFailure {
  const body = statusBody(error.body);
  const retryAfterMs = retryAfter(error.headers['retry-after'], body.details?.retryAfterSeconds);
  return {
    kind: 'status',
    code: error.code,
    reason: typeof body.reason === 'string' ? body.reason : '',
    message: typeof body.message === 'string' ? body.message : String(error.body).slice(0, 300),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    // A value that the server's validation refuses is 422 too, but names its causes.
    ...(error.code === 422 && !body.details?.causes && { testFailed: true }),
  };
}

function statusBody(body: unknown): StatusBody {
  if (typeof body === 'object' && body !== null) return body;
  try {
    const parsed: unknown = JSON.parse(String(body));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {}; // a proxy in between answers in HTML
  }
}

function retryAfter(header: string | undefined, fromStatus: unknown): number | undefined {
  const seconds = Number(header ?? fromStatus ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** undici wraps the socket's error as the cause of `TypeError: fetch failed`; a client's own bug has no such cause. */
function fromNetwork(error: Error): ApiFailure {
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause ? String(cause.code) : '';
  if (error instanceof TypeError && !error.cause) throw error;
  const message = code === '' || cause.message.includes(code) ? cause.message : `${cause.message} (${code})`;
  return { kind: neverSent.has(code) ? 'unreachable' : 'broken', message };
}
