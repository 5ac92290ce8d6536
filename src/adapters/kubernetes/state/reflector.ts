/**
 * A local copy of all objects of one kind, by one list and then a watch.
 *
 *          ┌──────── 410, or three failures in a row ─────────┐
 *          ▼                                                  │
 *       listing ── resourceVersion ──► watching ── ends ──► pausing
 *          ▲                              ▲                   │
 *          └── failed: pause and again    └── from the last ──┘
 *                                             resourceVersion
 *
 * The library's own informer is not used: it stops at the first error, keeps whole objects (a pod is 10 kB, what is
 * needed of it 200 bytes) and cannot say how old its copy is. Its Watch is; that one gives up after some silence, which
 * is how a half-open connection is noticed and why the copy of a quiet kind of object is confirmed now and then.
 * Watch semantics: kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Watch } from '@kubernetes/client-node';
import type { KubeClient } from '../client/client.ts';
import { describeFailure, failureText } from '../client/failure.ts';
import { readAgain } from '../client/retry.ts';
import type { Source } from './source.ts';

const pageSize = 500;
const firstPauseMs = 500;
const longestPauseMs = 15_000;
/** A watch that ends sooner than this did not work, whatever it says: without a pause it would be a busy loop. */
const shortestWatchMs = 1_000;
const failuresBeforeRelist = 3;

interface Listed<T> {
  readonly items: readonly T[];
  readonly metadata?: { readonly resourceVersion?: string; readonly _continue?: string };
}

interface Meta {
  readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface ReflectorOptions<T extends Meta, R> {
  readonly name: string;
  /** `/api/v1/pods` */
  readonly path: string;
  readonly fieldSelector?: string;
  readonly list: (page: { readonly limit: number; readonly _continue?: string }) => Promise<Listed<T>>;
  /** What is kept of an object; undefined keeps nothing. */
  readonly project: (object: T, before: R | undefined, nowMs: number) => R | undefined;
  readonly onRemove?: (record: R, nowMs: number) => void;
  readonly onWarning: (message: string) => void;
  /** A watch that says nothing for so long is begun anew, in case its line is dead. */
  readonly silenceMs: number;
  readonly now: () => number;
}

export class Reflector<T extends Meta, R> implements Source<R> {
  readonly name: string;
  readonly #options: ReflectorOptions<T, R>;
  readonly #watch: Watch;
  readonly #closing = new AbortController();
  readonly #records = new Map<string, R>();
  #resourceVersion = '';
  #confirmedMs: number | undefined;
  #problem: string | undefined;
  #failures = 0;
  #endWatch: (() => void) | undefined;

  constructor(client: KubeClient, options: ReflectorOptions<T, R>) {
    this.name = options.name;
    this.#options = options;
    this.#watch = new Watch(client.config);
    // Private in the types, with 30 s as its value; the age at which a copy is stale is measured in it.
    (this.#watch as unknown as { requestTimeoutMs: number }).requestTimeoutMs = options.silenceMs;
  }

  start(): void {
    void this.#run();
  }

  close(): void {
    this.#closing.abort();
    this.#endWatch?.();
  }

  records(): Iterable<R> {
    return this.#records.values();
  }

  confirmedMs(): number | undefined {
    return this.#confirmedMs;
  }

  problem(): string | undefined {
    return this.#problem;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const problem = await this.#once().catch((error: unknown) => `a fault of our own: ${String(error)}`);
      if (this.#closing.signal.aborted) return;
      if (problem === undefined) this.#failures = 0;
      else await this.#pauseAfter(problem);
    }
  }

  /** One list when it is needed, then one watch to its end. @returns what went wrong, undefined when nothing did. */
  async #once(): Promise<string | undefined> {
    if (this.#resourceVersion === '') {
      const problem = await this.#relist();
      if (problem !== undefined) return problem;
    }
    const startedMs = this.#options.now();
    const problem = await this.#watchToItsEnd();
    const lastedMs = this.#options.now() - startedMs;
    return problem ?? (lastedMs < shortestWatchMs ? `the watch ended after ${lastedMs} ms` : undefined);
  }

  async #relist(): Promise<string | undefined> {
    const seen = new Set<string>();
    let token: string | undefined;
    let resourceVersion = '';
    do {
      const page = { limit: pageSize, ...(token !== undefined && { _continue: token }) };
      const answer = await readAgain(() => this.#options.list(page));
      if (answer.kind === 'failed') return `list: ${failureText(answer.failure)}`;
      for (const item of answer.value.items) seen.add(this.#keep(item));
      token = answer.value.metadata?._continue || undefined;
      resourceVersion = answer.value.metadata?.resourceVersion ?? '';
    } while (token !== undefined);
    for (const uid of this.#records.keys()) if (!seen.has(uid)) this.#remove(uid);
    this.#resourceVersion = resourceVersion;
    this.#confirm();
    return undefined;
  }

  #watchToItsEnd(): Promise<string | undefined> {
    return new Promise((resolve) => {
      let ended = false;
      const end = (problem?: string) => {
        ended = true;
        this.#endWatch = undefined;
        resolve(problem);
      };
      const { path, fieldSelector } = this.#options;
      const query = { resourceVersion: this.#resourceVersion, allowWatchBookmarks: true, fieldSelector };
      const onEvent = (phase: string, object: T) => this.#receive(phase, object);
      const onDone = (error: unknown) => end(this.#afterWatch(error));
      this.#watch.watch(path, query, onEvent, onDone).then(
        (controller) => {
          if (ended) return;
          this.#confirm();
          this.#endWatch = () => controller.abort();
          if (this.#closing.signal.aborted) controller.abort();
        },
        (error: unknown) => end(this.#afterWatch(error)),
      );
    });
  }

  /** The library swallows what its callback throws, so it is caught here and answered with a new list. */
  #receive(phase: string, object: T): void {
    try {
      this.#apply(phase, object);
    } catch (error) {
      this.#options.onWarning(`${this.name}: an event could not be read, listing again: ${String(error)}`);
      this.#resourceVersion = '';
      this.#endWatch?.();
    }
  }

  #apply(phase: string, object: T): void {
    if (phase === 'ERROR') {
      // A Status, most often 410: the version is compacted away. Whatever it is, a new list is right.
      this.#resourceVersion = '';
      this.#endWatch?.();
      return;
    }
    if (phase === 'DELETED') this.#remove(object.metadata?.uid ?? '');
    else if (phase !== 'BOOKMARK') this.#keep(object);
    if (this.#resourceVersion !== '') this.#resourceVersion = object.metadata?.resourceVersion ?? this.#resourceVersion;
    this.#confirm();
  }

  #afterWatch(error: unknown): string | undefined {
    if (error === null || error === undefined || this.#resourceVersion === '') return undefined;
    const code = (error as { readonly statusCode?: unknown }).statusCode;
    if (code === 410) {
      this.#resourceVersion = '';
      return undefined;
    }
    if (typeof code === 'number') return `watch: the API server answered ${code} ${(error as Error).message}`;
    const failure = describeFailure(error);
    return failure.kind === 'timeout' ? undefined : `watch: ${failureText(failure)}`;
  }

  async #pauseAfter(problem: string): Promise<void> {
    if (problem !== this.#problem) this.#options.onWarning(`${this.name}: ${problem}`);
    this.#problem = problem;
    this.#failures++;
    if (this.#failures % failuresBeforeRelist === 0) this.#resourceVersion = '';
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(10, this.#failures - 1));
    // Spread, so that all kinds of objects do not come back at the same instant.
    await sleep(pauseMs * (0.75 + Math.random() / 2), undefined, { signal: this.#closing.signal }).catch(() => {});
  }

  #keep(object: T): string {
    const uid = object.metadata?.uid ?? '';
    const record = this.#options.project(object, this.#records.get(uid), this.#options.now());
    if (record === undefined) this.#records.delete(uid);
    else this.#records.set(uid, record);
    return uid;
  }

  #remove(uid: string): void {
    const record = this.#records.get(uid);
    this.#records.delete(uid);
    if (record !== undefined) this.#options.onRemove?.(record, this.#options.now());
  }

  #confirm(): void {
    this.#confirmedMs = this.#options.now();
    this.#problem = undefined;
  }
}
