/**
 * The load of workloads, read from Prometheus: one query per template for all of them, cut in time, retried within
 * bounds. An answer is whole or it is a failure; half of one is never passed on.
 */
import pLimit from 'p-limit';
import type { Log } from '../../domain/log.ts';
import type { LoadAnswer, LoadSource, RawSeries } from '../../domain/ports.ts';
import type { PrometheusSettings } from '../../domain/settings.ts';
import type { SignalTemplate } from '../../domain/workload.ts';
import { type AgentPool, createAgentPool } from './agents.ts';
import { type Chunk, halves, planChunks } from './chunks.ts';
import { readCredentials } from './credentials.ts';
import { type Connection, type Exchange, exchangeProbe, exchangeRange } from './exchange.ts';
import { expandTemplate } from './expand.ts';
import type { Failure } from './failure.ts';
import { joinSeries } from './join.ts';
import { LONGEST_WAIT_MS, withRetries } from './retry.ts';

export type Readiness = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };

export interface PrometheusSource extends LoadSource {
  /** Whether Prometheus answers the simplest query. */
  ready(signal?: AbortSignal): Promise<Readiness>;
  /** Ends the requests under way and all connections. */
  close(): void;
}

/** A JSON sample takes about 35 bytes; labels and warnings get a share of their own. */
const BYTES_PER_SAMPLE = 64;
const BYTES_ASIDE = 4 * 1024 * 1024;

interface Source {
  readonly settings: PrometheusSettings;
  readonly pool: AgentPool;
  readonly limit: ReturnType<typeof pLimit>;
  readonly log: Log | undefined;
  readonly closed: AbortController;
  method: 'POST' | 'GET';
  /** The server asked to be left alone until then. */
  notBeforeMs: number;
}

interface Job {
  readonly what: string;
  readonly signal: AbortSignal;
  /** Requests made, retries included. */
  queries: number;
}

interface ReadJob extends Job {
  readonly template: SignalTemplate;
  readonly stepMs: number;
}

type Part =
  | { readonly kind: 'read'; readonly series: readonly RawSeries[]; readonly warnings: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly attempts: number };

/** Nothing is asked before the first read. Retries and changes of method are logged when a log is given. */
export function createLoadSource(settings: PrometheusSettings, log?: Log): PrometheusSource {
  const source: Source = {
    settings,
    log,
    pool: createAgentPool(settings.concurrency),
    limit: pLimit(settings.concurrency),
    closed: new AbortController(),
    method: 'POST',
    notBeforeMs: 0,
  };
  return {
    read: (template, workloads, range, signal) => read(source, template, workloads, range, signal),
    ready: (signal) => ready(source, signal),
    close() {
      source.closed.abort();
      source.pool.close();
    },
  };
}

async function read(
  source: Source,
  ...[template, workloads, range, signal]: Parameters<LoadSource['read']>
): Promise<LoadAnswer> {
  const chunks = planChunks(workloads, range, source.settings.maxSamples);
  if (chunks.length === 0) return { kind: 'answered', series: [], warnings: [], queries: 0 };
  // The first failure ends the other chunks: the answer is lost, and the server may be suffering.
  const others = new AbortController();
  const job: ReadJob = {
    what: `template ${JSON.stringify(template.name)}`,
    signal: jobSignal(source, others.signal, signal),
    queries: 0,
    template,
    stepMs: range.stepMs,
  };
  const parts = await Promise.all(
    chunks.map(async (chunk) => {
      const part = await readChunk(source, job, chunk);
      if (part.kind === 'failed' && part.failure.kind !== 'cancelled') others.abort();
      return part;
    }),
  );
  return answerOf(source, job, parts);
}

function jobSignal(source: Source, ...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any([source.closed.signal, ...signals.filter((signal) => signal !== undefined)]);
}

function answerOf({ settings }: Source, job: Job, parts: readonly Part[]): LoadAnswer {
  const failed = parts.filter((part) => part.kind === 'failed');
  const worst = failed.find((part) => part.failure.kind !== 'cancelled') ?? failed[0];
  if (worst)
    return {
      kind: 'failed',
      message: failureMessage(settings, job, worst.failure, worst.attempts),
      queries: job.queries,
    };
  const read = parts.filter((part) => part.kind === 'read');
  const warnings = [...new Set(read.flatMap((part) => part.warnings))];
  return { kind: 'answered', series: joinSeries(read.map((part) => part.series)), warnings, queries: job.queries };
}

function failureMessage(settings: PrometheusSettings, job: Job, failure: Failure, attempts: number): string {
  const tries = attempts > 1 ? `; gave up after ${attempts} attempts` : '';
  return `${job.what} at ${shownUrl(settings.url)}: expected a whole answer, found ${failure.message}${tries}`;
}

/** Without user name and password, which a URL may carry. */
function shownUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`;
}

/** A range that loads too many samples on the server is halved until it passes or is a single instant. */
async function readChunk(source: Source, job: ReadJob, chunk: Chunk): Promise<Part> {
  const { template, stepMs, signal } = job;
  const query = expandTemplate(template, chunk.workloads, source.settings.rateWindowMs);
  const ask = { query, firstMs: chunk.firstMs, lastMs: chunk.lastMs, stepMs };
  const { outcome, attempts } = await request(source, job, (connection) => exchangeRange(connection, ask, signal));
  if (outcome.kind === 'answered') return { kind: 'read', series: outcome.value, warnings: outcome.warnings };
  const parts = outcome.failure.kind === 'too-many-samples' ? halves(chunk, stepMs) : undefined;
  if (!parts) return { kind: 'failed', failure: outcome.failure, attempts };
  source.log?.debug(`prometheus: range of ${job.what} halved`, { error: outcome.failure.message });
  const first = await readChunk(source, job, parts[0]);
  if (first.kind === 'failed') return first;
  const second = await readChunk(source, job, parts[1]);
  if (second.kind === 'failed') return second;
  const warnings = [...first.warnings, ...second.warnings];
  return { kind: 'read', series: joinSeries([first.series, second.series]), warnings };
}

async function request<T>(source: Source, job: Job, ask: (connection: Connection) => Promise<Exchange<T>>) {
  const once = () => source.limit(() => attempt(source, job, ask));
  const result = await withRetries(once, job.signal, ({ message }, waitMs) => {
    source.log?.debug(`prometheus: ${job.what} is asked again`, { error: message, waitMs: Math.round(waitMs) });
  });
  if (result.outcome.kind === 'answered' || result.outcome.failure.kind !== 'method' || source.method === 'GET')
    return result;
  // Some proxies in front of Prometheus pass GET only. Long queries may then fail, which is said by what fails.
  source.log?.warn('prometheus: POST is not allowed, so GET is used from now on', {
    error: result.outcome.failure.message,
  });
  source.method = 'GET';
  return withRetries(once, job.signal, () => undefined);
}

async function attempt<T>(
  source: Source,
  job: Job,
  ask: (connection: Connection) => Promise<Exchange<T>>,
): Promise<Exchange<T>> {
  if (job.signal.aborted) return { kind: 'failed', failure: { kind: 'cancelled', message: 'cancelled' } };
  const waitMs = source.notBeforeMs - Date.now();
  if (waitMs > LONGEST_WAIT_MS) return { kind: 'failed', failure: leftAlone(source.notBeforeMs) };
  const connection = await connect(source);
  if (connection.kind === 'failed') return connection;
  job.queries += 1;
  const outcome = await ask(connection.value);
  if (outcome.kind === 'failed' && outcome.failure.retryAfterMs !== undefined) {
    source.notBeforeMs = Math.max(source.notBeforeMs, Date.now() + outcome.failure.retryAfterMs);
  }
  return outcome;
}

function leftAlone(notBeforeMs: number): Failure {
  return {
    kind: 'refused',
    message: `its earlier wish to be left alone until ${new Date(notBeforeMs).toISOString()} (Retry-After)`,
  };
}

async function connect({ settings, pool, method }: Source): Promise<Exchange<Connection>> {
  try {
    const credentials = await readCredentials(settings);
    const { url, timeoutMs, maxSamples } = settings;
    const maxBytes = maxSamples * BYTES_PER_SAMPLE + BYTES_ASIDE;
    const agents = pool.agents(credentials.tls);
    return { kind: 'answered', value: { url, timeoutMs, method, credentials, agents, maxBytes }, warnings: [] };
  } catch (error) {
    return { kind: 'failed', failure: { kind: 'refused', message: (error as Error).message } };
  }
}

async function ready(source: Source, signal?: AbortSignal): Promise<Readiness> {
  const job: Job = { what: 'readiness', signal: jobSignal(source, signal), queries: 0 };
  const outcome = await attempt(source, job, (connection) => exchangeProbe(connection, job.signal));
  if (outcome.kind === 'answered') return { kind: 'ready' };
  return { kind: 'failed', message: failureMessage(source.settings, job, outcome.failure, 1) };
}
