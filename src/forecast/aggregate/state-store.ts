/// <reference lib="es2025.float16" />
/**
 * Everything that an aggregate remembers lives in named typed arrays that are made here, so that saving and restoring
 * cannot forget a part: what is saved is what there is.
 */
import type { Parameters } from '../parameters.ts';

/** A value for all places, or one by place. */
type Fill = number | ((i: number) => number);

export interface StateStore {
  /**
   * An array as it was saved, or filled.
   *
   * @throws TypeError when what was saved is of another length: it is of another layout
   */
  doubles(name: string, length: number, fill?: Fill): Float64Array;
  /** As `doubles` in single precision, where memory matters more than digits. */
  singles(name: string, length: number, fill?: Fill): Float32Array;
  /** As `singles` in half precision, 0.05 % of each number; saved as singles, which hold the same. */
  halves(name: string, length: number, fill?: Fill): Float16Array;
  /** Copies of all arrays, by name. */
  save(): Parameters;
  /** All arrays, live: what they lie in. */
  memory(): readonly ArrayBufferView[];
}

type Numbers = Float64Array | Float32Array | Float16Array;

/** Small arrays share buffers: a buffer of its own costs more than most of them hold. */
const CHUNK_BYTES = 4096;

interface Chunk {
  readonly buffer: ArrayBuffer;
  used: number;
}

export function openStateStore(saved?: Parameters): StateStore {
  const arrays = new Map<string, Numbers>();
  const chunks: Chunk[] = [];

  /** Room for so many numbers of so many bytes. */
  function room(length: number, size: number): readonly [ArrayBuffer, number, number] {
    const bytes = length * size;
    const last = chunks.at(-1);
    const from = last ? Math.ceil(last.used / size) * size : CHUNK_BYTES;
    if (last && from + bytes <= last.buffer.byteLength) {
      last.used = from + bytes;
      return [last.buffer, from, length];
    }
    const isLarge = bytes > CHUNK_BYTES / 4;
    const buffer = new ArrayBuffer(isLarge ? bytes : CHUNK_BYTES);
    // What is full goes to the front.
    if (isLarge) chunks.unshift({ buffer, used: bytes });
    else chunks.push({ buffer, used: bytes });
    return [buffer, 0, length];
  }

  function made<T extends Numbers>(name: string, array: T, fill: Fill): T {
    if (arrays.has(name)) throw new Error(`state ${name} is made twice`);
    const before = saved?.[name];
    if (before !== undefined) array.set(checked(name, before, array.length));
    else for (let i = 0; i < array.length; i++) array[i] = typeof fill === 'number' ? fill : fill(i);
    arrays.set(name, array);
    return array;
  }

  return {
    doubles: (name, length, fill = 0) => made(name, new Float64Array(...room(length, 8)), fill),
    singles: (name, length, fill = 0) => made(name, new Float32Array(...room(length, 4)), fill),
    halves: (name, length, fill = 0) => made(name, new Float16Array(...room(length, 2)), fill),
    memory: () => chunks.map(({ buffer, used }) => new Uint8Array(buffer, 0, used)),
    save: () => Object.fromEntries([...arrays].map(([name, array]) => [name, copyOf(array)])),
  };
}

function copyOf(array: Numbers): Float64Array | Float32Array {
  return array instanceof Float16Array ? Float32Array.from(array) : array.slice();
}

function checked(name: string, value: Parameters[string], length: number): ArrayLike<number> {
  if (typeof value === 'object' && value.length === length) return value;
  const found = typeof value === 'object' ? `${value.length}` : typeof value;
  throw new TypeError(`aggregate state ${name}: expected ${length} numbers, found ${found}`);
}
