/**
 * A median further out than the range of everything seen, widened by half and by a factor two, is a model that ran away
 * and not a forecast. The range follows the samples, so growth that really happens is never cut.
 */
export interface Bounds {
  observe(z: number): void;
  /** Clamps in place; what is not finite becomes the last sample. */
  apply(medians: Float64Array): void;
}

const WIDEN_SHARE = 0.5;
const WIDEN_LOG = Math.LN2;

export function startBounds(): Bounds {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let last = 0;
  return {
    observe(z) {
      if (Number.isNaN(z)) return;
      last = z;
      low = Math.min(low, z);
      high = Math.max(high, z);
    },
    apply(medians) {
      const margin = high >= low ? WIDEN_SHARE * (high - low) + WIDEN_LOG : 0;
      for (let i = 0; i < medians.length; i++) {
        const m = medians[i]!;
        medians[i] = Number.isFinite(m) && high >= low ? Math.min(high + margin, Math.max(low - margin, m)) : last;
      }
    },
  };
}
