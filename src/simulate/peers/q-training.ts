/** Training of the Q-table on replays of the past, in a cluster with the start-up time of the real one. */
import type { WorkloadCard } from '../policy.ts';
import { createPool } from '../pool.ts';
import { uniformAt } from '../random.ts';
import { rowMs, stepAt, type Timetable } from '../timetable.ts';
import type { Senses } from './q-senses.ts';
import { createQTable, type QTable } from './q-table.ts';
import { actions, stateCount } from './q-world.ts';

/** Transitions to learn from altogether; a short past is replayed more often. */
const TRANSITIONS = 300_000;
const LEAST_PASSES = 4;
const MOST_PASSES = 40;
/** Share of random actions in the first pass; it falls on a straight line towards none. */
const FIRST_EXPLORATION = 0.5;
const DISCOUNT = 0.95;
/** Price of starting or stopping a replica; one in place for a row costs 1. */
const CHANGE_PRICE = 0.5;

/** What one replay is played on. */
export interface Lesson {
  readonly card: WorkloadCard;
  readonly rates: Float64Array;
  readonly timetable: Timetable;
  /** Need of each step of `rates`, 0 where blank. */
  readonly needed: Uint32Array;
  readonly senses: () => Senses;
  /** Price of a missing replica for a row. */
  readonly shortagePrice: number;
}

export function trainQTable(lesson: Lesson, seed: number): QTable {
  const table = createQTable(stateCount, actions.length, DISCOUNT);
  const rows = lesson.rates.length * lesson.timetable.rowsPerStep;
  const passes = Math.min(MOST_PASSES, Math.max(LEAST_PASSES, Math.round(TRANSITIONS / Math.max(1, rows))));
  for (let pass = 0; pass < passes; pass++) replay(lesson, table, FIRST_EXPLORATION * (1 - pass / passes), seed + pass);
  return table;
}

/** Reward of a row: −(replicas wanted + price · replicas missing in service + price · replicas changed). */
function replay(lesson: Lesson, table: QTable, exploration: number, seed: number): void {
  const { card, rates, timetable, needed, shortagePrice } = lesson;
  const senses = lesson.senses();
  let desired = Math.max(1, needed[0]!);
  const pool = createPool(card.startUp, timetable.decideMs, desired, seed);
  pool.ask(0, desired);
  let last: { state: number; action: number; reward: number } | undefined;
  let seen = 0;
  for (let row = 1; row < rates.length * timetable.rowsPerStep; row++) {
    for (; seen < stepAt(timetable, row); seen++) senses.see(rates[seen]!);
    const state = senses.state(rowMs(timetable, row), desired, pool.inService(row));
    if (last !== undefined) table.learn(last.state, last.action, last.reward, state);
    const action = pick(table, state, exploration, seed, row);
    const wanted = senses.clip(desired + actions[action]!);
    const missing = Math.max(0, needed[stepAt(timetable, row)]! - pool.ask(row, wanted));
    const reward = -(wanted + shortagePrice * missing + CHANGE_PRICE * Math.abs(wanted - desired));
    last = { state, action, reward };
    desired = wanted;
  }
}

function pick(table: QTable, state: number, exploration: number, seed: number, row: number): number {
  const best = table.best(state);
  if (best !== undefined && uniformAt(seed, row, 1) >= exploration) return best;
  return Math.floor(uniformAt(seed, row, 2) * actions.length);
}
