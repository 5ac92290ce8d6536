/** How good the forecasts have been lately, by block and contender: for people and metrics, nothing is decided by it. */
import type { RecentScores } from '../../domain/forecast.ts';
import { pinball } from '../pinball.ts';
import { CONTENDERS } from './gate.ts';
import type { HorizonPlan } from './horizon-plan.ts';
import type { StateStore } from './state-store.ts';

export interface Recent {
  /** @param quantiles - issued at 0.5, 0.9 and 0.99, in the unit of the load */
  add(horizon: number, contender: number, y: number, quantiles: Float64Array): void;
  scores(block: number, contender: number): RecentScores;
}

const DAY_MS = 86_400_000;
const FEWEST_ROUNDS = 30;
/** Rounds, magnitude, error, loss, and the shares at or below the three quantiles. */
const NUMBERS = 7;
const LEVELS = [0.5, 0.9, 0.99] as const;

export function startRecent(plan: HorizonPlan, stepMs: number, store: StateStore): Recent {
  const N = CONTENDERS.length;
  const sums = store.singles('recent', plan.blocks * N * NUMBERS);
  const rates = plan.turns.map((turn) => 1 / Math.max(FEWEST_ROUNDS, DAY_MS / stepMs / turn));
  const at = (block: number, contender: number) => (block * N + contender) * NUMBERS;

  function follow(i: number, rate: number, value: number): void {
    sums[i]! += rate * (value - sums[i]!);
  }

  return {
    add(horizon, contender, y, quantiles) {
      const i = at(plan.blockOf[horizon]!, contender);
      sums[i]! += 1;
      const rate = Math.max(rates[horizon]!, 1 / sums[i]!);
      let loss = 0;
      for (let l = 0; l < LEVELS.length; l++) {
        const q = quantiles[l]!;
        loss += pinball(LEVELS[l]!, y, q);
        follow(i + 4 + l, rate, y <= q ? 1 : 0);
      }
      follow(i + 1, rate, Math.abs(y));
      follow(i + 2, rate, Math.abs(y - quantiles[0]!));
      follow(i + 3, rate, (2 * loss) / LEVELS.length);
    },
    scores(block, contender) {
      const i = at(block, contender);
      const isEmpty = sums[i] === 0;
      const magnitude = sums[i + 1]! || 1;
      const number = (value: number) => (isEmpty ? Number.NaN : value);
      return {
        error: number(sums[i + 2]! / magnitude),
        quantileLoss: number(sums[i + 3]! / magnitude),
        coverage: { q50: number(sums[i + 4]!), q90: number(sums[i + 5]!), q99: number(sums[i + 6]!) },
      };
    },
  };
}
