import type { Parameters } from '../parameters.ts';
import type { Expert } from './expert.ts';

/** Has nothing to say at any horizon, and keeps what was saved of the one whose place it takes. */
export function asleep(saved: Parameters = {}): Expert {
  return {
    observe: () => undefined,
    predict: (out) => void out.fill(Number.NaN),
    save: () => saved,
  };
}
