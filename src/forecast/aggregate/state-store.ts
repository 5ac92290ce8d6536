/**
 * Everything that an aggregate remembers lives in named typed arrays that are made here, so that saving and restoring
 * cannot forget a part: what is saved is what there is.
 */
import type { Parameters } from '../parameters.ts';

export interface StateStore {
  /** An array of `length`, as saved or filled with `fill`. A saved one of another length is of another layout: it throws. */
  doubles(name: string, length: number, fill?: number): Float64Array;
  /** As `doubles` in single precision, where memory matters more than digits. */
  singles(name: string, length: number, fill?: number): Float32Array;
  /** Copies of all arrays, by name. */
  save(): Parameters;
  /** Bytes of all arrays. */
  bytes(): number;
}

export function openStateStore(saved?: Parameters): StateStore {
  const arrays = new Map<string, Float64Array | Float32Array>();

  function made<T extends Float64Array | Float32Array>(name: string, fresh: T, fill: number): T {
    if (arrays.has(name)) throw new Error(`state ${name} is made twice`);
    const before = saved?.[name];
    if (before === undefined) fresh.fill(fill);
    else fresh.set(checked(name, before, fresh.length));
    arrays.set(name, fresh);
    return fresh;
  }

  return {
    doubles: (name, length, fill = 0) => made(name, new Float64Array(length), fill),
    singles: (name, length, fill = 0) => made(name, new Float32Array(length), fill),
    save: () => Object.fromEntries([...arrays].map(([name, array]) => [name, array.slice()])),
    bytes: () => [...arrays.values()].reduce((sum, array) => sum + array.byteLength, 0),
  };
}

function checked(name: string, value: Parameters[string], length: number): ArrayLike<number> {
  if (typeof value === 'number' || typeof value === 'string' || value.length !== length) {
    const found = typeof value === 'object' ? `${value.length}` : typeof value;
    throw new TypeError(`aggregate state ${name}: expected ${length} numbers, found ${found}`);
  }
  return value;
}
