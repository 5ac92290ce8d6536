/** Our model, stepped through the journal of the real controller. */
import { type HpaInput, type HpaState, newHpa } from '../../../src/simulate/hpa/spec.ts';
import { syncHpa } from '../../../src/simulate/hpa/sync.ts';
import { groupOf } from './fleet.ts';
import type { Journal, JournalSync } from './journal.ts';
import { readingOf } from './load.ts';
import { specOf } from './manifests.ts';
import { controller } from './scenario.ts';

export interface Replayed {
  readonly syncs: number;
  /** Syncs that agree only when a window or a period ends a moment earlier or later than by our clock. */
  readonly bracketed: number;
  /** The first one; what comes after it would follow from it. */
  readonly difference?: Difference;
}

export interface Difference {
  /** Of the sync in the journal, from 0. */
  readonly at: number;
  readonly real: Outcome;
  readonly model: Outcome & { readonly held?: string };
  readonly input: HpaInput;
  readonly state: HpaState;
}

interface Outcome {
  readonly replicas: number;
  readonly isActive: boolean | undefined;
}

/**
 * Our clock reads when an answer left; the controller's decides when it has been received and read, and before it writes
 * what came of it. Where that moment decides whether something is still inside of a window, either outcome is right, and
 * no other. This far apart they are on an idle machine; on a busy one the write tells how much further it may be.
 */
const CLOCKS_APART_MS = 200;

/** @param sync - the model; a broken one in the tests of this test */
export function replay({ scenario, syncs }: Journal, sync: typeof syncHpa = syncHpa): Replayed {
  const spec = specOf(scenario, controller);
  let state: HpaState = newHpa;
  let bracketed = 0;
  let latestMs = CLOCKS_APART_MS;
  for (const [at, entry] of syncs.entries()) {
    const outcomes = inputsOf(entry, latestMs).map((input) => ({ input, synced: sync(spec, state, input) }));
    const agreeing = outcomes.findIndex(({ synced }) => agree(entry, synced));
    const { input, synced } = outcomes[Math.max(0, agreeing)]!;
    if (agreeing < 0) {
      const held = synced.held === undefined ? {} : { held: synced.held };
      const model = { replicas: synced.replicas, isActive: synced.held === undefined, ...held };
      const real = { replicas: entry.after, isActive: entry.kind === 'measured' ? entry.isActive : undefined };
      return { syncs: at + 1, bracketed, difference: { at, real, model, input, state } };
    }
    if (agreeing > 0) bracketed++;
    state = synced.state;
    latestMs = Math.max(latestMs, latenessOf(entry));
  }
  return { syncs: syncs.length, bracketed };
}

function agree(entry: JournalSync, { replicas, held }: ReturnType<typeof syncHpa>): boolean {
  if (replicas !== entry.after) return false;
  return entry.kind === 'unmeasured' || entry.isActive === undefined || entry.isActive === (held === undefined);
}

/** How far behind our clock the controller may have decided. */
function latenessOf(entry: JournalSync): number {
  if (entry.kind === 'unmeasured' || entry.writtenMs === undefined) return CLOCKS_APART_MS;
  return Math.max(CLOCKS_APART_MS, entry.writtenMs - entry.seen.answeredMs);
}

/**
 * As our clock and our order of events have it; then the same with the clock, or the order, as far off as may be.
 *
 * @param earlierMs - how far behind our clock an earlier sync may have been, which this one looks back at
 */
function inputsOf(entry: JournalSync, earlierMs: number): readonly HpaInput[] {
  const input = inputOf(entry);
  const shifted = [latenessOf(entry), -earlierMs].map((ms) => ({ ...input, nowMs: input.nowMs + ms }));
  const earlier = entry.kind === 'measured' ? entry.seen.earlierStatusReplicas : undefined;
  return [input, ...shifted, ...(earlier === undefined ? [] : [{ ...input, statusReplicas: earlier }])];
}

function inputOf(entry: JournalSync): HpaInput {
  const { before: replicas } = entry;
  if (entry.kind === 'unmeasured')
    return { nowMs: entry.atMs, replicas, statusReplicas: replicas, pods: [], readings: [] };
  const { answeredMs: nowMs, pods, answers, statusReplicas } = entry.seen;
  const readings = answers.map((answer) => readingOf(answer, pods));
  return { nowMs, replicas, statusReplicas, pods: pods.map(groupOf), readings };
}
