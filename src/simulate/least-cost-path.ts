/** The cheapest path of replicas above a floor, when holding a replica and changing their number both cost. */

export interface PathCosts {
  /** Of one replica for one row; ≥ 0. */
  readonly hold: number;
  /** Of one replica started or stopped between two rows; ≥ 0. */
  readonly change: number;
}

/**
 * Minimises Σ hold·c_t (over billed rows) + Σ change·|c_t − c_{t−1}| over all integer paths with c_t ≥ least_t. What
 * stands before the first row is free. Exact: dynamic programming over the number of replicas,
 *
 *     V_t(c) = hold·c + min over c' of ( V_{t−1}(c') + change·|c − c'| )   for c ≥ least_t, else ∞
 *
 * V_t is convex, so the inner minimum clips its slopes to ±change, and the best predecessor of c is c clamped to the span
 * in which the slopes lie between them: two numbers a row lead the way back (the structure behind lazy capacity
 * provisioning; Lin, Wierman, Andrew & Thereska 2011). Time O(rows × largest floor). Of equally cheap paths, fewer replicas.
 *
 * @param least - floor by row, each ≥ 1
 * @param isBilled - whether a row's replicas are paid for
 */
export function leastCostPath(least: Uint32Array, isBilled: (row: number) => boolean, costs: PathCosts): Uint32Array {
  const most = least.reduce((a, b) => Math.max(a, b), 1);
  // slopes[c] = V(c + 1) − V(c), ascending in c; −∞ below the floor. Nothing above the largest floor is ever cheaper.
  const slopes = new Float64Array(most + 1);
  const spans = { low: new Uint32Array(least.length), high: new Uint32Array(least.length) };
  let end = 1;
  for (let row = 0; row < least.length; row++) {
    addRow(slopes, least[row]!, isBilled(row) ? costs.hold : 0);
    spans.low[row] = firstAtLeast(slopes, -costs.change);
    spans.high[row] = firstAtLeast(slopes, costs.change);
    end = firstAtLeast(slopes, 0);
    for (let c = 1; c <= most; c++) slopes[c] = Math.min(costs.change, Math.max(-costs.change, slopes[c]!));
  }
  return walkBack(spans, end);
}

function addRow(slopes: Float64Array, least: number, hold: number): void {
  for (let c = 1; c < least; c++) slopes[c] = Number.NEGATIVE_INFINITY;
  for (let c = least; c < slopes.length; c++) slopes[c]! += hold;
}

/** The least c from 1 on whose slope reaches `slope`; the largest c when none does. */
function firstAtLeast(slopes: Float64Array, slope: number): number {
  let c = 1;
  while (c < slopes.length - 1 && slopes[c]! < slope) c++;
  return c;
}

function walkBack({ low, high }: { readonly low: Uint32Array; readonly high: Uint32Array }, end: number): Uint32Array {
  const path = new Uint32Array(low.length);
  let next = end;
  for (let row = low.length - 1; row >= 0; row--) {
    if (row < low.length - 1) next = Math.max(low[row]!, Math.min(high[row]!, next));
    path[row] = next;
  }
  return path;
}
