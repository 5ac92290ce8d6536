/** Chance as a pure function of a seed. */

/** Uniform numbers in [0, 1): a Weyl sequence through the finaliser of MurmurHash3 (splitmix32). */
export function uniformBy(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296;
  };
}

/** Standard normal numbers (Box & Muller 1958). */
export function normalBy(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Puts indices in random order, in place (Fisher & Yates). */
export function shuffle(indices: Int32Array, uniform: () => number): void {
  for (let i = indices.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    const kept = indices[i]!;
    indices[i] = indices[j]!;
    indices[j] = kept;
  }
}
