import type { Parameters } from '../parameters.ts';

/** Something whose whole memory is a few arrays. */
export interface Remembers {
  /**
   * Live, and always the same ones in the same order: copied out, and back in later, they go on exactly. So one set of
   * objects can serve many series in turn.
   */
  readonly memory: readonly ArrayBufferView[];
  save(): Parameters;
}

/** @param arrays - by the name under which they are saved */
export function remembers(arrays: { readonly [name: string]: Float64Array | Float32Array }): Remembers {
  const named = Object.entries(arrays);
  return {
    memory: Object.values(arrays),
    save: () => Object.fromEntries(named.map(([name, array]) => [name, array.slice()])),
  };
}

/** What several parts remember, as one. */
export function rememberTogether(parts: readonly Remembers[]): Remembers {
  return {
    memory: parts.flatMap((part) => part.memory),
    save: () => Object.assign({}, ...parts.map((part) => part.save())),
  };
}
