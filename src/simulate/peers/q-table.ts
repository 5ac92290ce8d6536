/**
 * Tabular Q-learning (Watkins 1989; Watkins & Dayan 1992): Q ← Q + a·(r + γ·max Q' − Q), with the learning rate
 * a = 1/visits^0.7 of each state and action.
 */
export interface QTable {
  learn(state: number, action: number, reward: number, nextState: number): void;
  /** The best action tried in this state; undefined when none was. Ties go to the first. */
  best(state: number): number | undefined;
  value(state: number, action: number): number;
}

export function createQTable(states: number, actions: number, discount: number): QTable {
  const values = new Float64Array(states * actions);
  const visits = new Uint32Array(states * actions);
  const best = (state: number): number | undefined => {
    let chosen: number | undefined;
    for (let action = 0; action < actions; action++) {
      const cell = state * actions + action;
      if (visits[cell]! > 0 && (chosen === undefined || values[cell]! > values[state * actions + chosen]!))
        chosen = action;
    }
    return chosen;
  };
  return {
    best,
    value: (state, action) => values[state * actions + action]!,
    learn(state, action, reward, nextState) {
      const cell = state * actions + action;
      const next = best(nextState);
      const future = next === undefined ? 0 : values[nextState * actions + next]!;
      visits[cell]!++;
      values[cell]! += (reward + discount * future - values[cell]!) / visits[cell]! ** 0.7;
    },
  };
}
