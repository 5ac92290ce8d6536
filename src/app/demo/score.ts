/** What each policy cost and missed in the demo so far, over all workloads of the shop. */
import { measure, type Scores } from '../../simulate/measure.ts';
import { neededByStep } from '../../simulate/needed.ts';
import type { Demo } from './demo.ts';

export interface DemoScore {
  readonly policy: string;
  readonly replica_hours: number;
  /** Share of workload-minutes with fewer replicas in service than needed. */
  readonly violation_share: number;
  readonly scale_ups: number;
  readonly scale_downs: number;
  readonly workloads: {
    readonly [name: string]: Pick<Scores, 'replica_hours' | 'violation_share' | 'scale_ups' | 'scale_downs'>;
  };
}

/** Scores at any time of the demo; called often, so the needs are reckoned once. */
export function createScorer({ simulation, timetable }: Demo): () => readonly DemoScore[] {
  const needed = simulation.workloads.map(({ trace, need }) => neededByStep(trace, need));
  return () => {
    const soFar = { ...timetable, rows: Math.max(timetable.warmUpRows, simulation.rowsDone()) };
    return simulation.results.map(({ policy, tracks }) => {
      const scores = tracks.map((track, i) => measure(track, simulation.workloads[i]!, needed[i]!, soFar));
      return { policy, ...together(scores), workloads: byName(simulation.workloads, scores) };
    });
  };
}

function together(scores: readonly Scores[]): Omit<DemoScore, 'policy' | 'workloads'> {
  const sum = (of: (score: Scores) => number) => scores.reduce((total, score) => total + of(score), 0);
  const rows = sum((score) => score.rows);
  return {
    replica_hours: sum((score) => score.replica_hours),
    violation_share: rows === 0 ? 0 : sum((score) => score.violation_rows) / rows,
    scale_ups: sum((score) => score.scale_ups),
    scale_downs: sum((score) => score.scale_downs),
  };
}

function byName(workloads: readonly { readonly name: string }[], scores: readonly Scores[]): DemoScore['workloads'] {
  return Object.fromEntries(
    workloads.map(({ name }, i) => {
      const { replica_hours, violation_share, scale_ups, scale_downs } = scores[i]!;
      return [name, { replica_hours, violation_share, scale_ups, scale_downs }];
    }),
  );
}
