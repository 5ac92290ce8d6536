import type { Parameters } from '../../../src/forecast/parameters.ts';

/** Bytes in memory of saved state: saved in single precision, numbers as doubles. */
export function bytesOf(saved: Parameters): number {
  return Object.values(saved).reduce<number>((sum, value) => {
    if (value instanceof Float64Array || value instanceof Float32Array) return sum + value.byteLength;
    return sum + (Array.isArray(value) ? 8 * value.length : 8);
  }, 0);
}
