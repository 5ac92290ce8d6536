/**
 * A uniform number in (0, 1) that depends only on its keys: the same keys give the same draw in any order of
 * asking, which is what lets every policy meet the same start-up times. Mixing by the finaliser of MurmurHash3
 * (Appleby 2011), applied key by key.
 */
export function uniformAt(...keys: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const key of keys) hash = mix((hash ^ key) + Math.imul(hash, 0x85ebca6b));
  return (mix(hash ^ 0x27d4eb2f) + 0.5) / 4294967296;
}

function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A standard normal number by the keys (Box & Muller 1958). */
export function normalAt(...keys: readonly number[]): number {
  const radius = Math.sqrt(-2 * Math.log(uniformAt(...keys, 1)));
  return radius * Math.cos(2 * Math.PI * uniformAt(...keys, 2));
}
