/**
 * Fast allocation of one tier: every menu's convex hull, then the steps of all hulls in the order of penalty removed
 * per cost, each taken if it fits (Fox 1966). Exact for equal unit costs and convex penalties (Gross 1956); else the
 * certificate says how far from the best it can be.
 *
 * With several scarce resources cost is a weighted sum; the passes with each resource alone and with all together
 * are compared and the best one is kept. `dynamic-program.ts` answers the same problem exactly.
 * With one scarce resource a larger budget never gives a higher penalty.
 */
import { lowerBound, tightenPrices } from './bound.ts';
import { type Amounts, type Choice, fits, type Menu, minus, plus, usedBy } from './menu.ts';

/** From one corner of a menu's hull to the next. */
interface Step {
  readonly menu: number;
  readonly to: number;
  readonly extra: Amounts;
  readonly slope: number;
}

function weigh(weights: Amounts, amounts: Amounts): number {
  return amounts.reduce((sum, amount, r) => sum + weights[r]! * amount, 0);
}

/** Corners on one straight line are kept, whatever rounding says: small steps leave less of the budget unused. */
const STRAIGHT = 1 - 1e-9;

/** Corners of the lower convex hull of (cost, penalty), from the least option on; steeper parts come first. */
function hullOf(menu: Menu, weights: Amounts): readonly number[] {
  const cost = menu.extra.map((extra) => weigh(weights, extra));
  const order = menu.extra
    .map((_, k) => k)
    .sort((a, b) => cost[a]! - cost[b]! || menu.penalty[a]! - menu.penalty[b]! || a - b);
  const slope = (a: number, b: number) => (menu.penalty[a]! - menu.penalty[b]!) / (cost[b]! - cost[a]!);
  const hull = [0];
  for (const k of order) {
    const last = () => hull[hull.length - 1]!;
    const before = () => hull[hull.length - 2]!;
    if (menu.penalty[k]! >= menu.penalty[last()]!) continue;
    while (hull.length > 1 && slope(before(), last()) < slope(before(), k) * STRAIGHT) hull.pop();
    hull.push(k);
  }
  return hull;
}

function stepsOf(menu: Menu, index: number, weights: Amounts): readonly Step[] {
  const hull = hullOf(menu, weights);
  let steepest = Number.POSITIVE_INFINITY;
  return hull.slice(1).map((to, i) => {
    const from = hull[i]!;
    const extra = minus(menu.extra[to]!, menu.extra[from]!);
    const removed = menu.penalty[from]! - menu.penalty[to]!;
    // Rounding must not let a step overtake the one before it.
    steepest = Math.min(steepest, removed / weigh(weights, extra));
    return { menu: index, to, extra, slope: steepest };
  });
}

/** Takes the steps by falling slope while they fit; a menu stops at its first step that does not. */
function greedyPass(menus: readonly Menu[], left: Amounts, weights: Amounts): Choice {
  const steps = menus.flatMap((menu, index) => stepsOf(menu, index, weights));
  // Equal slopes keep the order of the menus: equal inputs give equal plans.
  steps.sort((a, b) => (a.slope === b.slope ? a.menu - b.menu : b.slope - a.slope));
  const indices = new Array<number>(menus.length).fill(0);
  const stopped = new Set<number>();
  let used: Amounts = left.map(() => 0);
  let price = 0;
  for (const step of steps) {
    if (stopped.has(step.menu)) continue;
    const after = plus(used, step.extra);
    if (fits(after, left)) {
      used = after;
      indices[step.menu] = step.to;
    } else {
      if (stopped.size === 0) price = step.slope;
      stopped.add(step.menu);
    }
  }
  return proved(
    menus,
    left,
    indices,
    weights.map((weight) => (Number.isFinite(price) ? price * weight : 0)),
  );
}

function proved(menus: readonly Menu[], left: Amounts, indices: readonly number[], prices: Amounts): Choice {
  const penalty = menus.reduce((sum, menu, i) => sum + menu.penalty[indices[i]!]!, 0);
  return { indices, penalty, bound: Math.min(penalty, lowerBound(menus, left, prices)), prices };
}

/** How far each resource is over its limit if everyone got the most; resources that suffice weigh nothing. */
function scarcity(menus: readonly Menu[], left: Amounts): Amounts {
  const most = usedBy(
    menus,
    menus.map((menu) => menu.extra.length - 1),
    left.length,
  );
  return most.map((amount, r) => (amount > left[r]! ? 1 / Math.max(1, left[r]!) : 0));
}

/** Chooses one option per menu so that the extra costs fit what is left. Never infeasible: entry 0 costs nothing. */
export function chooseGreedily(menus: readonly Menu[], left: Amounts): Choice {
  const together = scarcity(menus, left);
  const scarce = together.flatMap((weight, r) => (weight > 0 ? [r] : []));
  if (scarce.length <= 1) return greedyPass(menus, left, together);
  const alone = scarce.map((r) => together.map((weight, s) => (s === r ? weight : 0)));
  const passes = [together, ...alone].map((weights) => greedyPass(menus, left, weights));
  const best = passes.reduce((a, b) => (b.penalty < a.penalty ? b : a));
  const sharpest = passes.reduce((a, b) => (b.bound > a.bound ? b : a));
  return proved(menus, left, best.indices, tightenPrices(menus, left, sharpest.prices, best.penalty));
}
