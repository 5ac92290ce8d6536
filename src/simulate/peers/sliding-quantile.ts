/** Quantiles of the newest entries of a stream, kept sorted: O(window) copying for each entry, nothing else. */
export interface SlidingQuantile {
  /** NaN takes a place in the window and is left out of the quantile. */
  push(value: number): void;
  /** The ⌈quantile·n⌉-th smallest of the n entries; undefined when there is none. */
  at(quantile: number): number | undefined;
}

/** @param length - entries in the window */
export function createSlidingQuantile(length: number): SlidingQuantile {
  const ring = new Float64Array(length).fill(Number.NaN);
  const sorted = new Float64Array(length);
  let size = 0;
  let next = 0;
  return {
    push(value) {
      const oldest = ring[next]!;
      ring[next] = value;
      next = (next + 1) % length;
      if (!Number.isNaN(oldest)) {
        sorted.copyWithin(lowerBound(sorted, size, oldest), lowerBound(sorted, size, oldest) + 1, size);
        size--;
      }
      if (!Number.isNaN(value)) {
        const place = lowerBound(sorted, size, value);
        sorted.copyWithin(place + 1, place, size);
        sorted[place] = value;
        size++;
      }
    },
    at: (quantile) => (size === 0 ? undefined : quantileOf(sorted.subarray(0, size), quantile)),
  };
}

/** @param sorted - ascending, at least one value */
export function quantileOf(sorted: Float64Array, quantile: number): number {
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)]!;
}

/** First place whose value is not below. */
function lowerBound(sorted: Float64Array, size: number, value: number): number {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
