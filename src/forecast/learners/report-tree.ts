/** One shallow tree in words, for reports: what the load does next, and what that depends on. No expert: too coarse. */
import { fitRegressionTree } from './forest.ts';
import { gather } from './learned-expert.ts';
import { chooseRows } from './lessons.ts';
import { LARGEST_SINGLE, type Rule, rulesOf } from './trees.ts';
import type { RowSettings, Workload } from './workload-rows.ts';

const MOST_ROWS = 20_000;
/** Of the rows: a rule that holds more rarely explains nothing. */
const LEAST_SHARE = 0.05;

/**
 * @param horizon - index of a tracked horizon
 * @param deepest - questions from the top to an answer; 2 or 3 can be read
 * @returns one line a rule, indented by depth; levels and moves in the workload's own typical move
 * @throws Error with the reason when this history cannot be learned from
 */
export function describeMoves(
  workload: Workload,
  settings: RowSettings,
  horizon: number,
  deepest: number,
): readonly string[] {
  const { rows } = gather([workload], { ...settings, horizons: [settings.horizons[horizon]!] }, MOST_ROWS);
  const lessons = chooseRows(rows.lessons, [...rows.older, ...rows.newest]);
  const fewestRows = Math.max(1, Math.ceil(LEAST_SHARE * lessons.targets.length));
  const { base, trees } = fitRegressionTree(lessons, {
    mostLeaves: 2 ** deepest,
    deepest,
    fewestRows,
    l2: 0,
    leastGain: 0,
  });
  return rulesOf(trees)[0]!.map((rule) => '  '.repeat(rule.depth) + wordsFor(rule, base, rows.names));
}

function wordsFor(rule: Rule, base: number, names: readonly string[]): string {
  if (rule.kind === 'leaf') return `→ ${signed(base + rule.value)}`;
  if (rule.threshold === LARGEST_SINGLE) return `${names[rule.column]} known?`;
  return `${names[rule.column]} ≤ ${rule.threshold.toFixed(2)}${rule.missingLeft ? ' or missing' : ''}?`;
}

function signed(move: number): string {
  return `${move < 0 ? '−' : '+'}${Math.abs(move).toFixed(2)}`;
}
