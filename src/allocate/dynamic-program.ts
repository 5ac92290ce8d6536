/**
 * Exact allocation of one tier: the multiple-choice knapsack by dynamic programming over lists of states (Nemhauser &
 * Ullmann 1969; Kellerer, Pferschy & Pisinger, Knapsack Problems (2004), ch. 11). A state is what was used so far
 * and the penalty so far; a state that uses no less of anything and has no less penalty than another is dropped.
 *
 * Lists rather than a table: they are exact with one, two and three limited resources alike, and need no common unit.
 * The prices of the greedy certificate cut every state that cannot beat the greedy choice any more, which leaves
 * few: the greedy choice is mostly within one step of the best.
 */
import { cheapest } from './bound.ts';
import { type Amounts, type Choice, fits, type Menu, plus } from './menu.ts';

interface State {
  readonly used: Amounts;
  readonly penalty: number;
  readonly option: number;
  readonly before?: State;
}

/** Slack against rounding when states are cut by the bound. */
const ROUNDING = 1e-9;

function byCost(a: State, b: State): number {
  for (let r = 0; r < a.used.length; r++) if (a.used[r] !== b.used[r]) return a.used[r]! - b.used[r]!;
  return a.penalty - b.penalty;
}

/** Keeps the states that no other one beats; ties go to the cheaper, then to the earlier option. */
function undominated(states: State[], most: number): readonly State[] | undefined {
  states.sort(byCost);
  const kept: State[] = [];
  for (const state of states) {
    if (isBeaten(state, kept)) continue;
    kept.push(state);
    if (kept.length > most) return undefined;
  }
  return kept;
}

function isBeaten(state: State, kept: readonly State[]): boolean {
  const newest = kept[kept.length - 1];
  if (state.used.length === 1) return newest !== undefined && newest.penalty <= state.penalty;
  return kept.some((other) => other.penalty <= state.penalty && fits(other.used, state.used));
}

/** For each menu, the least that all menus after it add to the bound. */
function leastBehind(menus: readonly Menu[], prices: Amounts): readonly number[] {
  const least = new Array<number>(menus.length).fill(0);
  for (let i = menus.length - 2; i >= 0; i--) least[i] = least[i + 1]! + cheapest(menus[i + 1]!, prices).value;
  return least;
}

function priced(prices: Amounts, amounts: Amounts): number {
  return amounts.reduce((sum, amount, r) => sum + prices[r]! * amount, 0);
}

function extend(
  states: readonly State[],
  menu: Menu,
  left: Amounts,
  keeps: (used: Amounts, penalty: number) => boolean,
): State[] {
  const next: State[] = [];
  for (const before of states) {
    menu.extra.forEach((extra, option) => {
      const used = plus(before.used, extra);
      const penalty = before.penalty + menu.penalty[option]!;
      if (fits(used, left) && keeps(used, penalty)) next.push({ used, penalty, option, before });
    });
  }
  return next;
}

function indicesOf(state: State, count: number): readonly number[] {
  const indices = new Array<number>(count);
  let at: State | undefined = state;
  for (let i = count - 1; i >= 0; i--) {
    indices[i] = at!.option;
    at = at!.before;
  }
  return indices;
}

/**
 * The best choice within what is left.
 *
 * @param greedy - a choice to beat and its prices, from `chooseGreedily`
 * @param mostStates - gives up beyond so many states at once
 * @returns undefined when it gave up
 *
 * Time O(states · options) per menu with one resource, O(states² · options) at worst with more.
 */
export function chooseExactly(
  menus: readonly Menu[],
  left: Amounts,
  greedy: Choice,
  mostStates: number,
): Choice | undefined {
  const { prices } = greedy;
  const behind = leastBehind(menus, prices);
  const whole = priced(prices, left);
  const beat = greedy.penalty + ROUNDING * (1 + Math.abs(greedy.penalty));
  let states: readonly State[] | undefined = [{ used: left.map(() => 0), penalty: 0, option: 0 }];
  for (let i = 0; i < menus.length; i++) {
    const promising = (used: Amounts, penalty: number) => penalty + priced(prices, used) + behind[i]! - whole <= beat;
    states = undominated(extend(states, menus[i]!, left, promising), mostStates);
    if (!states) return undefined;
  }
  const best = states.reduce((a, b) => (b.penalty < a.penalty ? b : a));
  return { indices: indicesOf(best, menus.length), penalty: best.penalty, bound: best.penalty, prices };
}
