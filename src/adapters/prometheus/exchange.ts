/**
 * One request to Prometheus through prometheus-query. Each has a driver of its own, which costs little and lets plain
 * closures see the one exchange they belong to: the library itself has no abort, hides the status of answers that are
 * not JSON, and keeps credentials for life.
 */
import {
  type PrometheusConnectionOptions,
  PrometheusDriver,
  type QueryResult,
  type RangeVector,
} from 'prometheus-query';
import type { RawSeries } from '../../domain/ports.ts';
import type { Agents } from './agents.ts';
import type { Credentials } from './credentials.ts';
import { duration } from './expand.ts';
import { type Failure, failureOf, type Seen } from './failure.ts';
import { inspect, type Samples } from './inspect.ts';

export interface Connection {
  readonly url: string;
  readonly timeoutMs: number;
  readonly method: 'POST' | 'GET';
  readonly credentials: Credentials;
  readonly agents: Agents;
  /** Larger answers are given up while they arrive. */
  readonly maxBytes: number;
}

export interface RangeQuery {
  readonly query: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly stepMs: number;
}

export type Exchange<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly warnings: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: Failure };

interface Witness extends Seen {
  samples: readonly Samples[];
  warnings: readonly string[];
}

type Interceptors = Required<Pick<PrometheusConnectionOptions, 'requestInterceptor' | 'responseInterceptor'>>;

/** Instants from `firstMs` to `lastMs`, both included. */
export async function exchangeRange(
  connection: Connection,
  ask: RangeQuery,
  signal: AbortSignal,
): Promise<Exchange<RawSeries[]>> {
  return exchange(connection, 'matrix', signal, async (driver, seen) => {
    const { query, firstMs, lastMs, stepMs } = ask;
    const timeout = duration(connection.timeoutMs);
    const answer = await driver.rangeQuery(query, new Date(firstMs), new Date(lastMs), stepMs / 1000, timeout);
    return rawSeries(answer, seen.samples);
  });
}

/** The cheapest question that needs the query engine; anything that speaks Prometheus' API answers it. */
export async function exchangeProbe(connection: Connection, signal: AbortSignal): Promise<Exchange<void>> {
  return exchange(connection, 'vector', signal, async (driver) => {
    await driver.instantQuery('vector(1)');
  });
}

async function exchange<T>(
  connection: Connection,
  expected: 'matrix' | 'vector',
  signal: AbortSignal,
  ask: (driver: PrometheusDriver, seen: Witness) => Promise<T>,
): Promise<Exchange<T>> {
  const seen: Witness = { samples: [], warnings: [] };
  // The library's own timeout watches for idle sockets only: a server that trickles would hold the loop for ever.
  const deadline = AbortSignal.timeout(connection.timeoutMs);
  const interceptors = watch(connection, expected, seen, AbortSignal.any([signal, deadline]));
  try {
    const value = await ask(new PrometheusDriver({ ...optionsOf(connection), ...interceptors }), seen);
    return { kind: 'answered', value, warnings: seen.warnings };
  } catch (thrown) {
    if (signal.aborted) return { kind: 'failed', failure: { kind: 'cancelled', message: 'cancelled' } };
    if (deadline.aborted) return { kind: 'failed', failure: timedOut(connection.timeoutMs) };
    return { kind: 'failed', failure: failureOf(seen, thrown, Date.now()) };
  }
}

function timedOut(timeoutMs: number): Failure {
  return { kind: 'timeout', message: `no whole answer within ${duration(timeoutMs)} (prometheus.timeout)` };
}

function optionsOf({ url, timeoutMs, method, credentials }: Connection): PrometheusConnectionOptions {
  return {
    endpoint: url,
    headers: { 'user-agent': 'forescale', ...credentials.headers },
    ...(credentials.auth && { auth: { ...credentials.auth } }),
    timeout: timeoutMs,
    preferPost: method === 'POST',
  };
}

function watch(
  connection: Connection,
  expected: 'matrix' | 'vector',
  seen: Witness,
  signal: AbortSignal,
): Interceptors {
  const { agents, maxBytes } = connection;
  return {
    requestInterceptor: {
      // A redirected POST would arrive as a GET without its query, possibly at a login page.
      onFulfilled: (request) =>
        Object.assign(request, { ...agents, signal, maxRedirects: 0, maxContentLength: maxBytes }),
    },
    responseInterceptor: {
      onFulfilled: (response) => {
        const inspected = inspect(response.data, expected);
        if (inspected.kind === 'sound') {
          seen.samples = inspected.samples;
          seen.warnings = inspected.warnings;
          return response;
        }
        seen.unusable = inspected.failure;
        throw new Error(inspected.failure.message);
      },
      onRejected: (error: unknown) => {
        witness(seen, error);
        throw error;
      },
    },
  };
}

/** Keeps what the library is about to drop from an error of axios. */
function witness(seen: Seen, error: unknown): void {
  const { code, message, response } = error as {
    readonly code?: string;
    readonly message?: string;
    readonly response?: { readonly status: number; readonly data: unknown; readonly headers: Record<string, unknown> };
  };
  if (code !== undefined) seen.code = code;
  if (message !== undefined) seen.message = message;
  if (!response) return;
  seen.status = response.status;
  seen.body = response.data;
  const { 'retry-after': retryAfter, location } = response.headers;
  if (retryAfter !== undefined) seen.retryAfter = String(retryAfter);
  if (location !== undefined) seen.location = String(location);
}

function rawSeries(answer: QueryResult, samples: readonly Samples[]): RawSeries[] {
  return (answer.result as RangeVector[]).map(({ metric }, i) => ({
    labels: { ...(metric?.labels as Record<string, string> | undefined) },
    ...samples[i]!,
  }));
}
