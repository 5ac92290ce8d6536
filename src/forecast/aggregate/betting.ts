/**
 * A sequential test by betting (Waudby-Smith & Ramdas 2024, JRSS B 86): the wealth of one who bets, hour by hour, that the
 * differences are positive on average. Were they not, wealth would ever reach 1/α with probability α at most (Ville 1939),
 * however often one looks. The stake is the growth-optimal one for what was seen before the hour, at most nine tenths.
 *
 * Differences are cut at a third, in an ordinary hour where one loses twice as much as the other: hours beyond are rare, and a
 * bet that allows for them may stake only a third as much. A claim that is true by a fifth of the loss is believed after 31
 * hours, not 47.
 */

/** Wealth at which a claim is believed: 5 % chance at most when there is nothing in it. */
export const ENOUGH_WEALTH = 20;
const MOST_DIFFERENCE = 1 / 3;
const MOST_STAKE = 0.9;
/** The first bets are small: as many hours of difference 0 with the variance below, in units of the largest one, were seen. */
const PRIOR_HOURS = 4;
const PRIOR_VARIANCE = 0.1;
/** What is staked follows the last days: a young workload, and all that forecasts it, changes from day to day. */
const KEPT_BY_HOUR = 0.5 ** (1 / 48);
/** Layout of a test in an array. */
export const BET_NUMBERS = 4;
const [WEALTH, COUNT, SUM, SQUARES] = [0, 1, 2, 3] as const;

/** @param wealth - to begin with; the chance to be believed by mistake is that many times as large */
export function restartBet(state: Float64Array, at: number, wealth = 1): void {
  state.fill(0, at, at + BET_NUMBERS);
  state[at + WEALTH] = wealth;
}

/** @param difference - in [−1, 1]; positive speaks for the claim. @returns wealth behind the bet */
export function placeBet(state: Float64Array, at: number, difference: number): number {
  const x = Math.max(-1, Math.min(1, difference / MOST_DIFFERENCE));
  const n = state[at + COUNT]! + PRIOR_HOURS;
  const mean = state[at + SUM]! / n;
  const variance = (state[at + SQUARES]! + PRIOR_HOURS * PRIOR_VARIANCE) / n - mean * mean;
  const stake = Math.min(MOST_STAKE, Math.max(0, mean / (variance + mean * mean)));
  state[at + WEALTH]! *= 1 + stake * x;
  state[at + COUNT] = KEPT_BY_HOUR * state[at + COUNT]! + 1;
  state[at + SUM] = KEPT_BY_HOUR * state[at + SUM]! + x;
  state[at + SQUARES] = KEPT_BY_HOUR * state[at + SQUARES]! + x * x;
  return state[at + WEALTH]!;
}
