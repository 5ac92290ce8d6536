import type { FleetFit } from '../../domain/fleet.ts';
import type { FitRequest, FittedSeries } from '../../domain/forecast.ts';
import type { PackedFleet } from './packed-fleet.ts';

/** What goes to a training worker, and what comes back. One task at a time. */
export type TrainingTask =
  | { readonly kind: 'series'; readonly request: FitRequest }
  | { readonly kind: 'fleet'; readonly request: PackedFleet };

export type TrainingAnswer =
  | { readonly kind: 'fitted'; readonly fitted: FittedSeries }
  | { readonly kind: 'learned'; readonly learned: FleetFit }
  | { readonly kind: 'failed'; readonly message: string };

export interface WorkerSettings {
  readonly backend: 'wasm' | 'tensorflow';
  readonly isBehindOthers: boolean;
}
