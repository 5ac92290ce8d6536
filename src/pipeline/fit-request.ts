import type { FitRequest, FittedSeries, Serving } from '../domain/forecast.ts';
import type { ForecastSettings } from '../domain/settings.ts';
import { endMs, type TimeSeries } from '../domain/time-series.ts';
import { type WorkloadSpec, workloadKey } from '../domain/workload.ts';
import { MOST_BORROWED_MS } from '../forecast/fleet/borrowed-past.ts';
import { clockOver } from './calendar/wall-clock.ts';
import { levelsFor } from './levels.ts';

/** Scores look this far ahead at least: the lead of a slow start and the review behind it. */
const LEAST_HORIZON_MS = 15 * 60_000;
/** A model keeps the changes of the clock of so long after its fit; it is refitted long before. */
const CLOCK_AHEAD_MS = 2 * 366 * 86_400_000;

/**
 * What the slow clock asks of the trainer for one workload.
 *
 * @param previous - the fit until now: its model is kept when it is nearly as good, and an aggregate goes on from its state
 * @param leadMs - measured start-up time; the configured one, where there is one, by default
 * @param serving - how the load is served, where that is known; then the fit replays what each level would have led to
 */
export function fitRequest(
  settings: Pick<ForecastSettings, 'seed' | 'candidates' | 'experts'>,
  spec: WorkloadSpec,
  history: TimeSeries,
  previous: FittedSeries | undefined,
  leadMs: number = spec.startUpMs ?? 0,
  serving?: Omit<Serving, 'leadMs'>,
): FitRequest {
  const { stepMs } = history;
  // A past that is borrowed lies before the history, maybe on the other side of a change of the clock.
  const [clockFromMs, clockUntilMs] = [history.startMs - MOST_BORROWED_MS, endMs(history) + CLOCK_AHEAD_MS];
  return {
    id: workloadKey(spec.ref),
    history,
    seasonLengths: spec.seasonsMs.map((season) => Math.round(season / stepMs)),
    levels: levelsFor(spec.violationShare),
    horizonSteps: Math.max(1, Math.ceil(Math.max(LEAST_HORIZON_MS, 2 * leadMs) / stepMs)),
    seed: settings.seed,
    candidates: settings.candidates,
    experts: settings.experts,
    ...(spec.clock && { clock: clockOver(spec.clock, clockFromMs, clockUntilMs) }),
    ...(previous && { acting: previous.acting, previous }),
    ...(previous?.fleet && { fleet: previous.fleet }),
    ...(serving && serving.capacity.source !== 'none' && { serving: { ...serving, leadMs } }),
  };
}
