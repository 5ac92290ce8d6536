/** `ρ_τ(y,q) = (τ − 1{y<q})·(y − q)` (Koenker & Bassett 1978). */
export function pinball(level: number, y: number, q: number): number {
  return y < q ? (level - 1) * (y - q) : level * (y - q);
}
