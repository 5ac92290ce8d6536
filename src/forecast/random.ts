/** Draws that depend on the seed alone. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal (Box & Muller 1958). */
  normal(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
}

/** splitmix32: a Weyl sequence through the finaliser of MurmurHash3; period 2³². */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (n) => Math.floor(uniform() * n),
  };
}

/** `count` of the numbers 0 … n − 1 without replacement, ascending (selection sampling, Knuth, TAOCP 2, 3.4.2 S). */
export function chooseSome(n: number, count: number, random: Random): Int32Array {
  const chosen = new Int32Array(Math.min(n, count));
  for (let i = 0, taken = 0; taken < chosen.length; i++) {
    if ((n - i) * random.uniform() < chosen.length - taken) chosen[taken++] = i;
  }
  return chosen;
}

/** Puts indices in random order, in place (Fisher & Yates). */
export function shuffle(indices: Int32Array, random: Random): void {
  for (let i = indices.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = indices[i]!;
    indices[i] = indices[j]!;
    indices[j] = kept;
  }
}
