/** A member that learns one rule from all series together. */
import type { Frame, Past } from './expert.ts';

/** What surrounds learning: chance is an argument, and work is bounded by counts. */
export interface PooledSettings extends Frame {
  readonly seed: number;
}

export type PooledFitted =
  | {
      readonly kind: 'fitted';
      /** Goes on learning from longer pasts of the same series. */
      readonly extend: (pasts: readonly Past[]) => void;
      /**
       * One row of `horizon` steps per history into `out`, row-major; NaN where it has nothing to say of a series.
       *
       * @param histories - those of one series are the beginnings of the longest of them
       * @param series - index of the series that each history belongs to
       */
      readonly forecast: (histories: readonly Float64Array[], series: readonly number[], out: Float64Array) => void;
    }
  | { readonly kind: 'asleep'; readonly reason: string };

export interface PooledExpert {
  readonly name: string;
  /** How long it takes compared to the local members of 16 series, for a progress bar. */
  readonly effort: number;
  learn(pasts: readonly Past[], settings: PooledSettings): PooledFitted;
}
