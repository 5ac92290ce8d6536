/**
 * What the cluster says, from a local copy that watches keep up to date: a round costs no request at all.
 *
 * A copy that the server has not confirmed for `staleAfterMs` is not handed out: `states` rejects, the round stops
 * before it decides, and nothing shrinks. It works again by itself once the watches do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HpaState, WorkloadState } from '../../../domain/cluster.ts';
import type { ClusterReader } from '../../../domain/ports.ts';
import type { DiscoverySettings, KubernetesSettings } from '../../../domain/settings.ts';
import { workloadKey } from '../../../domain/workload.ts';
import type { KubeClient } from '../client/client.ts';
import { type Discovered, discoverWorkloads } from './discover.ts';
import { type HpaRecord, hpaSituation } from './hpa.ts';
import type { HpaView } from './hpa-view.ts';
import type { PodRecord } from './pod.ts';
import { type Source, staleness } from './source.ts';
import { createSources, type Sources } from './sources.ts';
import { createStartUpBook } from './start-ups.ts';
import type { WorkloadRecord } from './workload.ts';

/** A quiet kind of object costs one request in this time. */
const defaultSilenceMs = 30_000;

export interface ReaderOptions {
  readonly now?: () => number;
  /** A watch that says nothing for so long is begun anew. */
  readonly silenceMs?: number;
  /** Three times that by default. */
  readonly staleAfterMs?: number;
  /** A watch or list that fails, once per kind of failure; it is tried again by itself. */
  readonly onWarning?: (message: string) => void;
}

export interface KubernetesReader extends ClusterReader {
  /** Resolves when everything was read once, or after `timeoutMs`, so that the daemon can start without a cluster. */
  start(timeoutMs?: number): Promise<void>;
  close(): void;
  /** Everything was read and confirmed within the limit. */
  synced(): boolean;
  /** Why not, one sentence for each kind of object; empty when synced. */
  problems(): readonly string[];
  discover(discovery: DiscoverySettings): Promise<readonly Discovered[]>;
  /** HPAs on which forescale left something to undo, of configured workloads or not. */
  floors(): readonly HpaState[];
  /** One HPA as the writer needs it. */
  hpa(namespace: string, name: string): HpaView | undefined;
}

/** The copy of the cluster is missing or too old. */
export class StaleClusterError extends Error {
  constructor(problems: readonly string[]) {
    super(`the state of the cluster is not known well enough, so nothing is changed. ${problems.join('. ')}`);
    this.name = 'StaleClusterError';
  }
}

export function createClusterReader(
  client: KubeClient,
  settings: Pick<KubernetesSettings, 'timeoutMs'>,
  { now = Date.now, silenceMs = defaultSilenceMs, onWarning = () => {}, ...options }: ReaderOptions = {},
): KubernetesReader {
  const { staleAfterMs = 3 * silenceMs } = options;
  const book = createStartUpBook();
  const sources = createSources(client, { now, silenceMs, onWarning, onPodGone: book.gone });
  const all: readonly Source<unknown>[] = Object.values(sources).flat();
  const problems = () => staleness(all, now(), staleAfterMs);
  const check = () => {
    const found = problems();
    if (found.length > 0) throw new StaleClusterError(found);
  };
  return {
    start: async (timeoutMs = settings.timeoutMs) => {
      for (const source of all) source.start();
      const deadline = performance.now() + timeoutMs;
      while (problems().length > 0 && performance.now() < deadline) await sleep(20);
    },
    close: () => {
      for (const source of all) source.close();
    },
    synced: () => problems().length === 0,
    problems,
    states: async (workloads) => {
      check();
      const keys = new Set(workloads.map(workloadKey));
      book.follow(keys);
      return assemble(sources, keys, (workload, pods) => book.samples(workload, pods, now()));
    },
    discover: async (discovery) => {
      check();
      return discoverWorkloads(client, discovery, records(sources.workloads));
    },
    hpa: (namespace, name) =>
      records(sources.hpas).find(({ view }) => view.namespace === namespace && view.name === name)?.view,
    floors: () => records(sources.hpas).flatMap(({ state }) => (state.lease || state.requestsPending ? [state] : [])),
  };
}

type Samples = (workload: string, alive: readonly PodRecord[]) => WorkloadState['startUps'];

function assemble(sources: Sources, wanted: ReadonlySet<string>, samples: Samples): Map<string, WorkloadState> {
  const pods = Map.groupBy(records(sources.pods), ({ workload }) => workload);
  const hpas = Map.groupBy(records(sources.hpas), ({ target }) => (target ? workloadKey(target) : ''));
  const paused = new Set(records(sources.namespaces).flatMap((one) => (one.paused ? [one.name] : [])));
  const states = new Map<string, WorkloadState>();
  for (const record of records(sources.workloads)) {
    const key = workloadKey(record.ref);
    if (!wanted.has(key)) continue;
    const alive = pods.get(key) ?? [];
    const state = workloadState(record, alive, hpas.get(key) ?? [], samples(key, alive));
    states.set(key, paused.has(record.ref.namespace) ? { ...state, paused: true } : state);
  }
  return states;
}

function workloadState(
  record: WorkloadRecord,
  alive: readonly PodRecord[],
  hpas: readonly HpaRecord[],
  startUps: WorkloadState['startUps'],
): WorkloadState {
  const { ref, desiredReplicas, readyReplicas, containers, rolloutInProgress, paused } = record;
  const templateHash = newestTemplate(alive) ?? record.templateHash;
  const hpa = hpaSituation(hpas);
  return { ref, desiredReplicas, readyReplicas, containers, templateHash, rolloutInProgress, paused, hpa, startUps };
}

/** The template of the newest pod, so that it compares with the samples; ties go to the larger name, always the same. */
function newestTemplate(alive: readonly PodRecord[]): string | undefined {
  let newest: PodRecord['sample'] | undefined;
  for (const { sample } of alive) {
    const isNewer = !newest || sample.createdMs > newest.createdMs;
    const isTie = newest?.createdMs === sample.createdMs && sample.templateHash > newest.templateHash;
    if (isNewer || isTie) newest = sample;
  }
  return newest?.templateHash;
}

function records<R>(sources: readonly Source<R>[]): readonly R[] {
  return sources.flatMap((source) => [...source.records()]);
}
