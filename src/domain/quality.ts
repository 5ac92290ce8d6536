import type { SignalName } from './workload.ts';

/**
 * What became of a signal on its way in, worst first. Each state has one action:
 * `hold` (do not go below what is there, act only upwards on what is still known),
 * `upward-only` (use it, but never to shrink), `use`.
 */
export const qualityStates = [
  'unavailable', // the query failed or timed out
  'empty', // the query succeeded with no series for this workload: unknown, not zero
  'not-a-number', // the newest samples are NaN or infinite
  'stale', // the newest sample is older than the staleness limit
  'insufficient-history', // too little of the window the models need
  'partial', // warnings, or fewer series than before
  'gappy', // holes above the limit inside the window
  'ok',
] as const;
export type QualityState = (typeof qualityStates)[number];
export type QualityAction = 'hold' | 'upward-only' | 'use';

export const qualityActions: { readonly [state in QualityState]: QualityAction } = {
  unavailable: 'hold',
  empty: 'hold',
  'not-a-number': 'hold',
  stale: 'hold',
  'insufficient-history': 'upward-only',
  partial: 'upward-only',
  gappy: 'upward-only',
  ok: 'use',
};

export interface Quality {
  readonly signal: SignalName;
  readonly state: QualityState;
  readonly action: QualityAction;
  /** For people: which limit, expected and found. */
  readonly message: string;
  /** End of the newest step with a sample; undefined when there is none. */
  readonly lastSampleMs?: number;
  /** Share of missing steps in the window that was judged. */
  readonly missingShare: number;
  /** Repairs done on the way: resets, duplicates, infinities, by count. */
  readonly repairs: { readonly resets: number; readonly duplicates: number; readonly infinities: number };
}
