import type { StartUp } from './start-up.ts';
import { plannedStartUpMs } from './start-up.ts';

/** The grid of a simulation: decision rows at `startMs + i·decideMs`, the first `warmUpRows` of them unscored. */
export interface Timetable {
  readonly startMs: number;
  readonly stepMs: number;
  readonly decideMs: number;
  /** Decision rows in one step of the trace. */
  readonly rowsPerStep: number;
  readonly warmUpRows: number;
  /** Decision rows altogether, warm-up included; scoring ends here. */
  readonly rows: number;
}

export interface TimetableSettings {
  readonly trace: { readonly startMs: number; readonly stepMs: number; readonly steps: number };
  readonly decideMs: number;
  readonly warmUpMs: number;
  readonly startUp: StartUp;
  /** Decision rows stop before this time. */
  readonly scoreUntilMs?: number;
}

export type TimetableAnswer =
  | { readonly kind: 'ok'; readonly timetable: Timetable }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Lays the grid, or says everything that does not fit. */
export function layTimetable(settings: TimetableSettings): TimetableAnswer {
  const problems = problemsOf(settings);
  if (problems.length > 0) return { kind: 'refused', problems };
  const { trace, decideMs, warmUpMs } = settings;
  const untilMs = Math.min(
    settings.scoreUntilMs ?? Number.POSITIVE_INFINITY,
    trace.startMs + trace.steps * trace.stepMs,
  );
  return {
    kind: 'ok',
    timetable: {
      startMs: trace.startMs,
      stepMs: trace.stepMs,
      decideMs,
      rowsPerStep: trace.stepMs / decideMs,
      warmUpRows: warmUpMs / decideMs,
      rows: Math.ceil((untilMs - trace.startMs) / decideMs),
    },
  };
}

function problemsOf({ trace, decideMs, warmUpMs, startUp, scoreUntilMs }: TimetableSettings): string[] {
  const problems: string[] = [];
  const lengthMs = trace.steps * trace.stepMs;
  const found = (ms: number) => `${ms / 1000} s`;
  if (!(decideMs > 0) || trace.stepMs % decideMs !== 0)
    problems.push(
      `--decide-every: expected the step of the trace (${found(trace.stepMs)}) or a part that divides it, got ${found(decideMs)}`,
    );
  else if (warmUpMs % decideMs !== 0)
    problems.push(`--warm-up: expected a multiple of --decide-every (${found(decideMs)}), got ${found(warmUpMs)}`);
  if (warmUpMs >= lengthMs)
    problems.push(
      `--warm-up: expected less than the trace (${found(lengthMs)}), got ${found(warmUpMs)}; nothing would be scored`,
    );
  if (plannedStartUpMs(startUp) >= lengthMs)
    problems.push(
      `--start-up: expected less than the trace (${found(lengthMs)}), got ${found(plannedStartUpMs(startUp))}`,
    );
  if (scoreUntilMs !== undefined && scoreUntilMs <= trace.startMs + warmUpMs)
    problems.push(
      `--score-until: expected a time behind the warm-up (unix ${(trace.startMs + warmUpMs) / 1000}), got ${scoreUntilMs / 1000}`,
    );
  return problems;
}

/** The step of the trace that is running at a decision row. */
export function stepAt(timetable: Timetable, row: number): number {
  return Math.floor(row / timetable.rowsPerStep);
}

/** When a decision row stands. */
export function rowMs(timetable: Timetable, row: number): number {
  return timetable.startMs + row * timetable.decideMs;
}
