/** Why a request to Prometheus did not give an answer, and what may be tried about it. */

export type FailureKind =
  | 'cancelled' // the caller aborted
  | 'timeout' // no whole answer in time; asking again at once would add to the load
  | 'network' // no connection, or it broke: worth another try
  | 'overloaded' // 429 or 5xx: worth another try, not before `retryAfterMs`
  | 'method' // POST is not allowed here: GET may be
  | 'too-many-samples' // a shorter range may pass
  | 'refused' // any other answer that is an error: asking again would change nothing
  | 'unusable'; // an answer that is not what the API promises

export interface Failure {
  readonly kind: FailureKind;
  /** What was found; the caller adds what was asked, where, and what was expected. */
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** What the interceptors saw of one exchange, since the client library drops most of it. */
export interface Seen {
  status?: number;
  retryAfter?: string;
  location?: string;
  body?: unknown;
  /** Of an error without response, as Node or axios name it. */
  code?: string;
  message?: string;
  /** What is wrong with a body that came with status 200. */
  unusable?: Failure;
}

const EXCERPT_CHARACTERS = 120;

/** The beginning of a text on one line, for messages. */
export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= EXCERPT_CHARACTERS ? line : `${line.slice(0, EXCERPT_CHARACTERS)}…`;
}

/** Retry-After as seconds or as an HTTP date (RFC 9110, 10.2.3); undefined when it is neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function errorOf(body: unknown): { readonly type: string; readonly text: string } | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  const type = 'errorType' in body ? String(body.errorType) : 'error';
  return { type, text: String(body.error) };
}

/** `HTTP 422, execution: …` from Prometheus itself, `HTTP 502 with a body that is not from Prometheus ("…")` from others. */
function describe(status: number, body: unknown): string {
  const error = errorOf(body);
  if (error) return `HTTP ${status}, ${error.type}: ${excerpt(error.text)}`;
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  return text === ''
    ? `HTTP ${status} without a body`
    : `HTTP ${status} with a body that is not from Prometheus ("${excerpt(text)}")`;
}

function kindOf(status: number, body: unknown): FailureKind {
  const error = errorOf(body);
  if (error?.type === 'timeout') return 'timeout';
  if (error && /too many samples|too many points|exceeded maximum resolution/i.test(error.text))
    return 'too-many-samples';
  if (status === 405) return 'method';
  if (status === 429 || status >= 500) return 'overloaded';
  return 'refused';
}

function failureOfStatus(status: number, seen: Seen, nowMs: number): Failure {
  const message =
    status >= 300 && status < 400
      ? `HTTP ${status}, a redirection to ${seen.location ?? 'nowhere'}; prometheus.url has to name the final address`
      : describe(status, seen.body);
  const waitMs = retryAfterMs(seen.retryAfter, nowMs);
  return { kind: kindOf(status, seen.body), message, ...(waitMs !== undefined && { retryAfterMs: waitMs }) };
}

/** The failure that a broken exchange amounts to. `seen` is from the interceptors, `thrown` from the library. */
export function failureOf(seen: Seen, thrown: unknown, nowMs: number): Failure {
  if (seen.unusable) return seen.unusable;
  // An answer that broke off in the middle has a status of success and is an error all the same.
  if (seen.status !== undefined && seen.status >= 300) return failureOfStatus(seen.status, seen, nowMs);
  const message = seen.message ?? messageOf(thrown);
  if (/maxContentLength/.test(message)) {
    const advice = 'the query has to yield one series per workload, or prometheus.maxSamples be raised';
    return { kind: 'unusable', message: `an answer larger than prometheus.maxSamples allows; ${advice}` };
  }
  return { kind: 'network', message: seen.code === undefined ? message : `${message} (${seen.code})` };
}

/** The library throws plain objects with an `error` field. */
function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return errorOf(thrown)?.text ?? String(thrown);
}
