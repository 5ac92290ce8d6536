import { startSimulation, type Track } from '../engine.ts';
import type { WorkloadCard, WorkloadView } from '../policy.ts';
import type { Timetable } from '../timetable.ts';
import type { Decide } from './peer.ts';

/** What is known of a workload at the end of the warm-up. */
export interface Past {
  readonly card: WorkloadCard;
  /** Requests per second of the steps that ended. */
  readonly rates: Float64Array;
  readonly timetable: Timetable;
  readonly seed: number;
}

/** Keeps the start-up draws of a replay apart from those of the simulation that it prepares for. */
const REPLAY_SEED = 7919;

/**
 * Plays the rows of the warm-up once, by the rules of the simulation.
 *
 * @returns what happened, and the policy as it stands behind the last row, ready to go on
 */
export function replayWarmUp(
  { card, rates, timetable, seed }: Past,
  start: (timetable: Timetable) => Decide,
): { readonly track: Track; readonly decide: Decide } {
  const { startMs, stepMs, warmUpRows } = timetable;
  const decide = start(timetable);
  const policy = {
    kind: 'causal',
    name: 'replay',
    start: () => ({ decide: (moment: Parameters<Decide>[1]) => [decide(onlyOne(moment.workloads), moment)] }),
  } as const;
  const workload = { ...card, trace: { startMs, stepMs, values: rates } };
  const simulation = startSimulation([workload], { ...timetable, rows: warmUpRows }, [policy], seed + REPLAY_SEED);
  while (simulation.rowsDone() < warmUpRows)
    if (simulation.step() !== undefined) throw new Error('a policy that has nothing to prepare was waited for');
  return { track: simulation.results[0]!.tracks[0]!, decide };
}

function onlyOne(views: readonly WorkloadView[]): WorkloadView {
  return views[0]!;
}
