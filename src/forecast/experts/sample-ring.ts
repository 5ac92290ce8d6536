/// <reference lib="es2025.float16" />
import type { Mark } from '../../domain/forecast.ts';
import { arrayIn, type Parameters, singlesIn } from '../parameters.ts';
import type { Remembers } from './remembers.ts';

/** The newest samples and how they may be used, in few bytes. Ages count from 0, the newest; they must be below `length`. */
export interface SampleRing {
  readonly length: number;
  /** @param mark - undefined when `z` only stands in for a missing sample */
  push(z: number, mark: Mark | undefined): void;
  /** The sample or its stand-in; NaN where nothing was pushed. */
  filled(age: number): number;
  /** NaN for a stand-in. */
  at(age: number): number;
  /** NaN for a stand-in, or when it is excluded. */
  ordinary(age: number): number;
  mark(age: number): Mark | undefined;
  /** Values are kept as their distance from here; set before the first sample. */
  setCentre(z: number): void;
  readonly memory: Remembers['memory'];
  /** Goes on from what was copied into `memory`. */
  wake(): void;
  save(): Parameters;
}

const MARKS: readonly (Mark | undefined)[] = [undefined, 'ok', 'censored', 'excluded'];
const EXCLUDED = MARKS.indexOf('excluded');
/**
 * Rings beyond this length hold half precision: 0.05 % of the distance from the centre, below the noise of a load however
 * far it is.
 */
const MOST_SINGLES = 1000;
const LARGEST_HALF = 65_504;

export function startSampleRing(length: number, name: string, saved?: Parameters): SampleRing {
  const values = length > MOST_SINGLES ? new Float16Array(length) : new Float32Array(length);
  // Two bits each.
  const codes = new Uint8Array(Math.ceil(length / 4));
  const largest = values instanceof Float32Array ? Number.MAX_VALUE : LARGEST_HALF;
  values.fill(Number.NaN);
  // As it is saved; beside it as plain numbers, for those who read.
  const place = saved ? arrayIn(saved, `${name}.head`) : new Float64Array(2);
  let head = place[0]!;
  let centre = place[1]!;
  if (saved) {
    values.set(sized(singlesIn(saved, `${name}.z`), length, name));
    codes.set(sized(singlesIn(saved, `${name}.marks`), codes.length, name));
  }

  // Questions come by the thousand per step: no remainder, no call.
  function code(age: number): number {
    const at = age <= head ? head - age : head - age + length;
    return (codes[at >> 2]! >> (2 * (at & 3))) & 3;
  }

  function filled(age: number): number {
    return values[age <= head ? head - age : head - age + length]! + centre;
  }

  return {
    length,
    push(z, mark) {
      head = head + 1 === length ? 0 : head + 1;
      place[0] = head;
      values[head] = Math.max(-largest, Math.min(largest, z - centre));
      const shift = 2 * (head & 3);
      codes[head >> 2] = (codes[head >> 2]! & ~(3 << shift)) | (MARKS.indexOf(mark) << shift);
    },
    filled,
    at: (age) => (code(age) === 0 ? Number.NaN : filled(age)),
    ordinary(age) {
      const found = code(age);
      return found === 0 || found === EXCLUDED ? Number.NaN : filled(age);
    },
    mark: (age) => MARKS[code(age)],
    setCentre(z) {
      centre = z;
      place[1] = z;
    },
    memory: [values, codes, place],
    wake() {
      head = place[0]!;
      centre = place[1]!;
    },
    save: () => ({
      [`${name}.z`]: Float32Array.from(values),
      [`${name}.marks`]: Float32Array.from(codes),
      [`${name}.head`]: place.slice(),
    }),
  };
}

function sized(values: Float32Array, length: number, name: string): Float32Array {
  if (values.length === length) return values;
  throw new RangeError(`saved samples ${name}: expected ${length}, got ${values.length}; the settings differ`);
}
