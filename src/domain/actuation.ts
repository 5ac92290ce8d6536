import type { Reason } from './reasons.ts';
import type { WorkloadRef } from './workload.ts';

/**
 * What became of a decision, with what the cluster added to its reasons (a cap, a hand-over).
 * `unknown` is the honest answer when a write timed out: the next round looks again.
 */
export type Actuation =
  | { readonly kind: 'applied'; readonly writes: readonly Write[]; readonly reasons?: readonly Reason[] }
  | { readonly kind: 'dry-run'; readonly writes: readonly Write[]; readonly reasons?: readonly Reason[] }
  | { readonly kind: 'nothing-to-do'; readonly reasons?: readonly Reason[] }
  | { readonly kind: 'conflict'; readonly message: string; readonly manager?: string }
  | { readonly kind: 'failed'; readonly message: string; readonly retryAfterMs?: number }
  | { readonly kind: 'unknown'; readonly message: string };

/** One change to one object, as a person would read it. */
export interface Write {
  readonly target: string;
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** One line of the journal of decisions. */
export interface JournalEntry {
  readonly atMs: number;
  readonly ref: WorkloadRef;
  readonly from: number;
  readonly to: number;
  readonly reasons: readonly Reason[];
  readonly outcome: Actuation['kind'];
  readonly mode: 'dry-run' | 'act';
}
