import type { FitRequest, FittedSeries } from '../../domain/forecast.ts';

/** What goes to a training worker, and what comes back. One task at a time. */
export interface FitMessage {
  readonly request: FitRequest;
}

export type FitAnswer =
  | { readonly kind: 'fitted'; readonly fitted: FittedSeries }
  | { readonly kind: 'failed'; readonly message: string };

export interface WorkerSettings {
  readonly backend: 'wasm' | 'tensorflow';
}
