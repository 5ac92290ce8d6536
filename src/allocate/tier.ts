import type { AllocatorName } from '../domain/plan.ts';
import { chooseExactly } from './dynamic-program.ts';
import { chooseGreedily } from './greedy.ts';
import type { Amounts, Choice, Menu } from './menu.ts';

/** `auto` leaves the greedy choice alone within this share of its penalty. */
const GOOD_ENOUGH = 0.001;
/** States at once: for `auto` inside the loop, and for `dp` on request. */
const MOST_STATES = { auto: 2_000, dp: 20_000 } as const;

export interface TierChoice extends Choice {
  readonly allocator: Exclude<AllocatorName, 'auto'>;
}

/**
 * Chooses for workloads of equal priority. `auto` is greedy, and exact where the certificate leaves more than 0.1 %
 * open and the size permits; `dp` is exact, and greedy with its gap where the size forbids.
 */
export function chooseInTier(menus: readonly Menu[], left: Amounts, allocator: AllocatorName): TierChoice {
  const greedy = chooseGreedily(menus, left);
  const open = greedy.penalty - greedy.bound;
  if (allocator === 'greedy' || (allocator === 'auto' && open <= GOOD_ENOUGH * greedy.penalty))
    return { ...greedy, allocator: 'greedy' };
  const exact = chooseExactly(menus, left, greedy, MOST_STATES[allocator]);
  return exact ? { ...exact, allocator: 'dp' } : { ...greedy, allocator: 'greedy' };
}
