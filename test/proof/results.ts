import type { FamilyAtLevel, FrontierReport, LevelReport } from '../../src/simulate/frontier/compare.ts';
import type { PolicyReport } from '../../src/simulate/report.ts';
import type { Case } from './cases.ts';

/** What one case came to. */
export interface Result {
  readonly of: Case;
  readonly policies: readonly PolicyReport[];
  readonly frontier: FrontierReport;
  readonly seconds: number;
  /** Which part of the trace is scored, as shares of its length. */
  readonly scored: readonly [from: number, to: number];
}

/** How forescale stands against the yardstick at one level of one case. */
export type Standing =
  | { readonly kind: 'cheaper' | 'dearer'; readonly ratio: number; readonly certain: boolean }
  /** It reaches a level that the yardstick misses, or the other way round, or neither does. */
  | { readonly kind: 'alone' | 'missed' | 'both-miss' };

export function familyAt(level: LevelReport, name: string): FamilyAtLevel | undefined {
  return level.families.find(({ family }) => family === name);
}

export function standingOf(level: LevelReport): Standing {
  const own = familyAt(level, 'forescale');
  if (own?.kind !== 'reached') return { kind: level.yardstick === undefined ? 'both-miss' : 'missed' };
  const over = own.over_yardstick;
  if (over === undefined) return { kind: 'alone' };
  const { ratio, interval } = over;
  const certain = interval !== undefined && (ratio <= 1 ? (interval.high ?? 2) < 1 : (interval.low ?? 0) > 1);
  return { kind: ratio <= 1 ? 'cheaper' : 'dearer', ratio, certain };
}

/** Families that are told nothing and cost less than forescale at a level, or reach it where forescale does not. */
export function rivalsAt(level: LevelReport): readonly Extract<FamilyAtLevel, { kind: 'reached' }>[] {
  const own = familyAt(level, 'forescale');
  const price = own?.kind === 'reached' ? own.cost_over_oracle : Number.POSITIVE_INFINITY;
  return level.families
    .filter((family) => family.kind === 'reached')
    .filter(({ family }) => !['oracle', 'clairvoyant', 'forescale'].includes(family))
    .filter(({ cost_over_oracle }) => cost_over_oracle < price)
    .toSorted((a, b) => a.cost_over_oracle - b.cost_over_oracle);
}
