/** The adapters around the loop. Production wires real ones (compose.ts); tests put others in their place. */

import type { FleetModel, FleetTrainer } from '../domain/fleet.ts';
import type { Trainer } from '../domain/forecast.ts';
import type { Log } from '../domain/log.ts';
import type { Actuator, ClusterReader, HistoryStore, Journal, LoadSource, ModelStore } from '../domain/ports.ts';
import type { Settings } from '../domain/settings.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Book } from './book.ts';

/** Puts floors back whose lease ran out, whoever raised them. */
export interface FloorKeeper {
  restoreExpired(
    nowMs: number,
  ): Promise<readonly { readonly target: string; readonly outcome: string; readonly message: string }[]>;
}

export interface World {
  readonly now: () => number;
  /** The process is to end: waits are over, and nothing is decided or written any more. */
  readonly stop: AbortSignal;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly source: LoadSource;
  readonly cluster: ClusterReader;
  readonly actuator: Actuator;
  readonly floors: FloorKeeper;
  readonly history: HistoryStore;
  readonly models: ModelStore;
  readonly trainer: Trainer & FleetTrainer;
  /** What serves the shared experts until the fleet has learned from its own load. */
  readonly shippedFleet: () => Promise<FleetModel>;
  readonly journal: Journal;
}

/** State of the loop: the settings in force and the book of workloads. */
export interface LoopState {
  settings: Settings;
  readonly book: Book;
  /** What all workloads share; absent when the settings name no expert that needs it. */
  fleet?: FleetModel;
  /** When it was last learned what events do. */
  eventsLearnedMs?: number;
}
