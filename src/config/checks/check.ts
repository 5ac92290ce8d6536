import type { ConfigDraft } from '../levels.ts';
import type { Path } from '../problems.ts';
import type { ShapeProblem } from '../read-shape.ts';

/** A problem between settings. It is dropped when one of the settings it speaks of is itself wrong. */
export interface CheckProblem extends ShapeProblem {
  /** The other settings it speaks of. */
  readonly about?: readonly Path[];
}

/** Looks at settings together. What is undefined was wrong or not given, and says nothing. */
export type Check = (config: ConfigDraft) => readonly CheckProblem[];

/** A setting as a message names it when it stands in another section: `loop (30s)`. */
export function named(path: string, value: string): string {
  return `${path} (${value})`;
}
