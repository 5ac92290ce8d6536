/**
 * A sequential test by betting (Waudby-Smith & Ramdas 2024, JRSS B 86): the wealth of one who bets, hour by hour, that the
 * differences are positive on average. Were they not, wealth would ever reach 1/α with probability α at most (Ville 1939),
 * however often one looks. The stake is the growth-optimal one for what was seen before the hour, at most nine tenths.
 */

/** Wealth at which a claim is believed: 5 % chance at most when there is nothing in it. */
export const ENOUGH_WEALTH = 20;
const MOST_STAKE = 0.9;
/** The first bets are small: as many hours of difference 0 with the variance below were seen. */
const PRIOR_HOURS = 6;
const PRIOR_VARIANCE = 0.05;
/** Layout of a test in an array. */
export const BET_NUMBERS = 4;
const [WEALTH, COUNT, SUM, SQUARES] = [0, 1, 2, 3] as const;

export function restartBet(state: Float64Array, at: number): void {
  state.fill(0, at, at + BET_NUMBERS);
  state[at + WEALTH] = 1;
}

/** @param difference - in [−1, 1]; positive speaks for the claim. @returns wealth behind the bet */
export function placeBet(state: Float64Array, at: number, difference: number): number {
  const n = state[at + COUNT]! + PRIOR_HOURS;
  const mean = state[at + SUM]! / n;
  const variance = (state[at + SQUARES]! + PRIOR_HOURS * PRIOR_VARIANCE) / n - mean * mean;
  const stake = Math.min(MOST_STAKE, Math.max(0, mean / (variance + mean * mean)));
  state[at + WEALTH]! *= 1 + stake * difference;
  state[at + COUNT]! += 1;
  state[at + SUM]! += difference;
  state[at + SQUARES]! += difference * difference;
  return state[at + WEALTH]!;
}
