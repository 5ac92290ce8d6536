/** The slow clock in simulated time: refits one workload on what has ended, and keeps its forecaster level with it. */
import type { FittedSeries, ForecasterName, OnlineForecaster, Serving, Trainer } from '../../domain/forecast.ts';
import type { ForecastSettings } from '../../domain/settings.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import type { WorkloadSpec } from '../../domain/workload.ts';
import { startForecaster } from '../../forecast/start.ts';
import { fitRequest } from '../../pipeline/fit-request.ts';
import type { WorkloadView } from '../policy.ts';
import type { Timetable } from '../timetable.ts';
import { createMarker } from './marker.ts';

export interface LearnerSettings {
  readonly trainer: Trainer;
  readonly forecast: Pick<ForecastSettings, 'seed' | 'candidates' | 'experts'>;
  /** Models of the first fit; those of `forecast` when absent. */
  readonly firstCandidates?: readonly ForecasterName[];
  /** Newest part of the history that is learned from. */
  readonly windowMs: number;
  readonly refitEveryMs: number;
  /** How the load is served; each fit then replays what its levels would have led to. */
  readonly serving?: Pick<Serving, 'capacity' | 'holdMs'>;
  readonly signal?: AbortSignal;
}

/** One for each workload, shared by all policies that forecast it: equal samples give equal forecasts. */
export interface Learner {
  /** Refits where one is due at this row. The result acts from the next row on. */
  prepare(row: number, view: WorkloadView): Promise<void> | undefined;
  /** The forecaster that acts at this row, level with what is known; undefined before the first fit. */
  forecasterAt(row: number, view: WorkloadView): OnlineForecaster | undefined;
  /** The forecaster as it stands, for a look from outside. */
  current(): OnlineForecaster | undefined;
  fitted(): FittedSeries | undefined;
  isFitting(): boolean;
  /** Refits that failed, and when; what acted before went on. */
  readonly failures: readonly string[];
}

/** The first fit comes this long before scoring starts, so that the warm-up ends with replicas planned by it. */
const BEFORE_SCORING_MS = 3_600_000;

export function createLearner(spec: WorkloadSpec, timetable: Timetable, settings: LearnerSettings): Learner {
  const failures: string[] = [];
  const isDue = refitRows(timetable, settings.refitEveryMs);
  const marker = createMarker(spec, timetable);
  let fitting: { readonly row: number; readonly done: Promise<void> } | undefined;
  let fitted: FittedSeries | undefined;
  let following: { readonly fitted: FittedSeries; readonly forecaster: OnlineForecaster; through: number } | undefined;
  let fresh: { readonly fitted: FittedSeries; readonly row: number } | undefined;

  let busy = false;
  const learnFrom = async (row: number, view: WorkloadView): Promise<void> => {
    const history = knownPart(view, timetable, settings.windowMs);
    const marks = marker.newest(view, history);

    busy = true;
    try {
      const candidates = (fitted === undefined && settings.firstCandidates) || settings.forecast.candidates;
      const request = fitRequest(
        { ...settings.forecast, candidates },
        spec,
        history,
        fitted,
        settings.serving && Math.ceil((spec.startUpMs ?? 0) / timetable.decideMs) * timetable.decideMs,
        settings.serving && { ...settings.serving, loopMs: timetable.decideMs },
      );
      fresh = { fitted: await settings.trainer.fit({ ...request, ...(marks && { marks }) }, settings.signal), row };
    } catch (error) {
      settings.signal?.throwIfAborted();
      failures.push(`at row ${row}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      busy = false;
    }
  };
  return {
    failures,
    current: () => following?.forecaster,
    fitted: () => fitted,
    isFitting: () => busy,
    prepare(row, view) {
      if (fitting?.row === row) return fitting.done;
      if (!isDue(row)) return undefined;
      fitting = { row, done: learnFrom(row, view) };
      return fitting.done;
    },
    forecasterAt(row, view) {
      if (fresh !== undefined && row > fresh.row) {
        fitted = fresh.fitted;
        fresh = undefined;
        const history = knownPart(view, timetable, settings.windowMs);
        const marks = marker.newest(view, history);
        const markOf = (index: number) => marks?.[index] ?? 'ok';
        const forecaster = startForecaster(fitted.models[fitted.acting]!, history, markOf, fitted.fleet);
        following = { fitted, forecaster, through: view.known };
      }
      if (following === undefined) return undefined;
      for (; following.through < view.known; following.through++) {
        following.forecaster.observe(view.rates[following.through]!, marker.of(view, following.through));
      }
      return following.forecaster;
    },
  };
}

/** Due an hour before the end of the warm-up, and every `everyMs` from then on. */
function refitRows(timetable: Timetable, everyMs: number): (row: number) => boolean {
  const first = Math.max(1, timetable.warmUpRows - Math.ceil(BEFORE_SCORING_MS / timetable.decideMs));
  const every = Math.max(1, Math.round(everyMs / timetable.decideMs));
  return (row) => row >= first && (row - first) % every === 0;
}

/** The newest `windowMs` of what has ended. A copy: a trainer may hand it to another thread. */
function knownPart({ rates, known }: WorkloadView, { startMs, stepMs }: Timetable, windowMs: number): TimeSeries {
  const first = Math.max(0, known - Math.floor(windowMs / stepMs));
  return { startMs: startMs + first * stepMs, stepMs, values: rates.slice(first, known) };
}
