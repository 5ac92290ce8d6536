/** The composition root: settings in, real adapters out. Nothing is read or written before `start`. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JsonDocument, jsonDocument } from '../adapters/files/json-document.ts';
import { createHistoryStore, type HistoryFolder } from '../adapters/history/history-store.ts';
import { type FileJournal, openJournal } from '../adapters/journal/file-journal.ts';
import { createClient } from '../adapters/kubernetes/client/client.ts';
import { createRateLimit } from '../adapters/kubernetes/client/rate-limit.ts';
import type { Discovered } from '../adapters/kubernetes/state/discover.ts';
import { createClusterReader } from '../adapters/kubernetes/state/reader.ts';
import { createActuator } from '../adapters/kubernetes/write/actuator.ts';
import { createEventWriter } from '../adapters/kubernetes/write/events.ts';
import { createGate } from '../adapters/kubernetes/write/gate.ts';
import { createFloorKeeper } from '../adapters/kubernetes/write/restore.ts';
import { createModelStore } from '../adapters/model-store/store.ts';
import { createLoadSource } from '../adapters/prometheus/load-source.ts';
import type { Log } from '../domain/log.ts';
import type { DiscoverySettings, Settings } from '../domain/settings.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { isRemembered, journalPath, type Remembered, rememberedPath } from './memory.ts';
import { shippedFleet } from './shipped-fleet.ts';
import { aborted, laterThan } from './stopping.ts';
import { createTrainerWithFleetApart } from './training/fleet-apart.ts';
import type { World } from './world.ts';

/** A world that is connected to the outside. */
export interface LiveWorld extends World {
  readonly history: HistoryFolder;
  readonly remembered: JsonDocument<Remembered>;
  /** Connects; resolves when the cluster was read once, or after its timeout. */
  start(): Promise<void>;
  discover(discovery: DiscoverySettings): Promise<readonly Discovered[]>;
  close(): Promise<void>;
}

export interface Surroundings {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => number;
  /** Keys of the workloads that the loop decides on now. */
  readonly followed: () => ReadonlySet<string>;
  /** Whether this process is the one that writes to the data folder; a look from outside leaves it to the daemon. */
  readonly keep: boolean;
  /** Ends waits, and lets no write begin. */
  readonly stop: AbortSignal;
}

/** A write that is on its way when the process has to end is waited for so long. */
const LAST_ANSWER_MS = 1_500;

function connectCluster(settings: Settings, { log, now, followed, stop }: Surroundings) {
  const onWarning = (message: string) => log.warn(message, { stage: 'cluster' });
  const client = createClient(settings.kubernetes, laterThan(stop, LAST_ANSWER_MS));
  const reader = createClusterReader(client, settings.kubernetes, { now, onWarning });
  const pause = (ms: number) => sleep(ms, undefined, { signal: stop }).catch(() => undefined);
  const rateLimit = createRateLimit(settings.kubernetes.writesPerSecond, undefined, pause);
  const gate = createGate(client, { mode: () => settings.mode, rateLimit, pause, stop });
  const events = createEventWriter(gate, { instance: hostname(), onWarning });
  const actuator = createActuator(client, {
    gate,
    events,
    leaseMs: settings.kubernetes.leaseMs,
    cachedHpa: reader.hpa,
  });
  const floors = createFloorKeeper(client, { gate, events }, reader.floors, followed);
  return { client, reader, actuator, floors };
}

const noJournal: FileJournal = { append: async () => undefined, close: async () => undefined };

function createTraining({ forecast }: Settings, log: Log) {
  return createTrainerWithFleetApart({
    workers: forecast.workers,
    timeoutMs: forecast.fitTimeoutMs,
    backend: forecast.backend,
    log: (level, message) => log[level](message, { stage: 'fit' }),
  });
}

/** @throws Error that names the setting when there are no usable credentials or the data folder cannot be written */
export async function compose(settings: Settings, surroundings: Surroundings): Promise<LiveWorld> {
  const { log, metrics, now, stop, keep } = surroundings;
  const { dataDir, modelDir } = settings.storage;
  const onWarning = (message: string) => log.warn(message);
  const journal = keep ? await openJournal({ dir: journalPath(dataDir), onWarning }) : noJournal;
  const { client, reader, actuator, floors } = connectCluster(settings, surroundings);
  const source = createLoadSource(settings.prometheus, log);
  const trainer = createTraining(settings, log);
  return {
    now,
    stop,
    log,
    metrics,
    source,
    cluster: reader,
    actuator,
    floors,
    history: createHistoryStore(join(dataDir, 'history'), { log, now }),
    models: createModelStore(modelDir),
    trainer,
    shippedFleet: () => shippedFleet(onWarning),
    journal,
    remembered: jsonDocument(rememberedPath(dataDir), isRemembered, onWarning),
    start: () => Promise.race([reader.start(), aborted(stop)]),
    discover: (discovery) => reader.discover(discovery),
    close: async () => {
      reader.close();
      source.close();
      await Promise.all([trainer.close(), journal.close(), client.close()]);
    },
  };
}
