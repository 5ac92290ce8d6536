/** What is remembered of the samples themselves: their range, and how long ago the last one and the last gap were. */
import type { StateStore } from './state-store.ts';

export interface Samples {
  /** @param z - NaN when the sample is missing */
  note(z: number): void;
  /** NaN before the first sample. */
  lowest(): number;
  highest(): number;
  /** Missing steps since the newest sample. */
  age(): number;
  /** Samples since the last missing step; large when there was none. */
  sinceGap(): number;
}

const NO_GAP = 1e9;

export function startSamples(store: StateStore): Samples {
  const [LOW, HIGH, AGE, SINCE_GAP] = [0, 1, 2, 3] as const;
  const state = store.doubles('samples', 4, (i) => (i === AGE ? 0 : i === SINCE_GAP ? NO_GAP : Number.NaN));
  return {
    note(z) {
      if (Number.isNaN(z)) {
        state[AGE]! += 1;
        state[SINCE_GAP] = 0;
        return;
      }
      if (!(z >= state[LOW]!)) state[LOW] = z;
      if (!(z <= state[HIGH]!)) state[HIGH] = z;
      state[AGE] = 0;
      state[SINCE_GAP]! += 1;
    },
    lowest: () => state[LOW]!,
    highest: () => state[HIGH]!,
    age: () => state[AGE]!,
    sinceGap: () => state[SINCE_GAP]!,
  };
}
