import type { Amounts, Menu } from './menu.ts';

function priced(prices: Amounts, amounts: Amounts): number {
  let sum = 0;
  for (let r = 0; r < amounts.length; r++) sum += prices[r]! * amounts[r]!;
  return sum;
}

/** The least of penalty plus priced cost in one menu, and the option that has it. */
export function cheapest(menu: Menu, prices: Amounts): { readonly value: number; readonly option: number } {
  let option = 0;
  let value = Number.POSITIVE_INFINITY;
  menu.extra.forEach((extra, k) => {
    const candidate = menu.penalty[k]! + priced(prices, extra);
    if (candidate < value) {
      value = candidate;
      option = k;
    }
  });
  return { value, option };
}

/**
 * Lagrangian lower bound: no choice within `left` has a total penalty below
 * Σ min_k (penalty + prices · extra) − prices · left, for any prices ≥ 0 (Fisher 1981).
 */
export function lowerBound(menus: readonly Menu[], left: Amounts, prices: Amounts): number {
  return menus.reduce((sum, menu) => sum + cheapest(menu, prices).value, -priced(prices, left));
}

const ROUNDS = 50;

/** Prices that lift the bound, by subgradient steps towards `target`, the penalty of a choice already found (Polyak). */
export function tightenPrices(menus: readonly Menu[], left: Amounts, start: Amounts, target: number): Amounts {
  let prices = start;
  let best = start;
  let bestBound = lowerBound(menus, left, start);
  for (let round = 0; round < ROUNDS && bestBound < target; round++) {
    const chosen = menus.map((menu) => menu.extra[cheapest(menu, prices).option]!);
    const excess = left.map((limit, r) => chosen.reduce((sum, extra) => sum + extra[r]!, -limit));
    const length = excess.reduce((sum, value) => sum + value * value, 0);
    if (length === 0) break;
    const step = (target - lowerBound(menus, left, prices)) / length / (1 + round / 10);
    prices = prices.map((price, r) => Math.max(0, price + step * excess[r]!));
    const bound = lowerBound(menus, left, prices);
    if (bound > bestBound) {
      best = prices;
      bestBound = bound;
    }
  }
  return best;
}
