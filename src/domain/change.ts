/** Names of all kinds, for metrics. */
export const changeKinds = ['level-up', 'level-down', 'season-new', 'season-gone', 'deployment'] as const;
/**
 * How the world behind a series can cease to be the one that was learned.
 * `level-up`, `level-down`: the load left its forecast to one side and stays there · `season-new`, `season-gone`: a day or
 * a week began, or ceased, to repeat the one before · `deployment`: another pod template runs. A deployment changes what a
 * replica can serve, never what is demanded.
 */
export type ChangeKind = (typeof changeKinds)[number];

export interface Change {
  readonly kind: ChangeKind;
  /** `level-*`: shift in deviations of the one-step error; `season-*`: correlation of a season with the one before; else 1. */
  readonly strength: number;
  /** Absolute number of the step with which it was noticed. */
  readonly atStep: number;
  /** For people: what was seen. */
  readonly message: string;
}
