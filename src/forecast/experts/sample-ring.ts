/// <reference lib="es2025.float16" />
import type { Mark } from '../../domain/forecast.ts';
import { type Parameters, singlesIn } from '../parameters.ts';

/** Samples and how they may be used, in few bytes, by absolute number; a new one takes the place of the oldest. */
export interface SampleRing {
  readonly length: number;
  /** @param mark - undefined when `z` only stands in for a missing sample */
  set(index: number, z: number, mark: Mark | undefined): void;
  /** NaN where nothing was ever set. */
  z(index: number): number;
  mark(index: number): Mark | undefined;
  /** Every value is kept as its distance from here; set before the first sample. */
  centre: number;
  save(): Parameters;
}

const MARKS: readonly (Mark | undefined)[] = [undefined, 'ok', 'censored', 'excluded'];
/**
 * Rings beyond this length hold half precision. Around the centre that is 0.05 % of the distance: far below the noise of
 * a load, also far from the centre.
 */
const MOST_SINGLES = 1000;
const LARGEST_HALF = 65_504;

export function startSampleRing(length: number, name: string, saved?: Parameters): SampleRing {
  const values = length > MOST_SINGLES ? new Float16Array(length) : new Float32Array(length);
  const codes = new Uint8Array(Math.ceil(length / 4));
  values.fill(Number.NaN);
  if (saved) {
    values.set(sized(singlesIn(saved, `${name}.z`), length, name));
    codes.set(sized(singlesIn(saved, `${name}.marks`), codes.length, name));
  }
  const largest = values instanceof Float32Array ? Number.MAX_VALUE : LARGEST_HALF;
  const ring: SampleRing = {
    length,
    centre: 0,
    set(index, z, mark) {
      const at = index % length;
      values[at] = Math.max(-largest, Math.min(largest, z - ring.centre));
      const shift = 2 * (at & 3);
      codes[at >> 2] = (codes[at >> 2]! & ~(3 << shift)) | (MARKS.indexOf(mark) << shift);
    },
    z: (index) => values[index % length]! + ring.centre,
    mark: (index) => MARKS[codeAt(codes, index % length)],
    save: () => ({ [`${name}.z`]: Float32Array.from(values), [`${name}.marks`]: Float32Array.from(codes) }),
  };
  return ring;
}

function codeAt(codes: Uint8Array, at: number): number {
  return (codes[at >> 2]! >> (2 * (at & 3))) & 3;
}

function sized(values: Float32Array, length: number, name: string): Float32Array {
  if (values.length === length) return values;
  throw new RangeError(`saved samples ${name}: expected ${length}, got ${values.length}; the settings differ`);
}
