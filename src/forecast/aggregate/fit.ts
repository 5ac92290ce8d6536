/**
 * Makes an aggregate from a history, or lets an earlier one go on over what is new.
 *
 *     first fit   |------ older ------|-- judged --|-- scored --|
 *                  online experts      + those fitted on the older part, now honest
 *     refit                                        |--- new ----|   from the state of before
 *
 * At the end the fitted experts are exchanged for those fitted on everything; they go on with the weights that their like
 * has earned.
 */
import {
  defaultExperts,
  type ExpertName,
  type FleetModel,
  type SharedExpertName,
  sharedExpertNames,
} from '../../domain/fleet.ts';
import type { FitRequest, FittedModel, Mark } from '../../domain/forecast.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import type { SingleName } from '../candidates.ts';
import { numberIn, type Parameters, prefixed } from '../parameters.ts';
import type { Transformed } from '../point-forecaster.ts';
import { ownPart } from '../shared/experts.ts';
import { startPoint } from '../start-point.ts';
import type { Transform } from '../transform.ts';
import { readTransform } from '../transform-parameters.ts';
import { planHorizons } from './horizon-plan.ts';
import type { AggregateSettings } from './parts.ts';
import { expertsIn, withExperts } from './regroup.ts';
import { expertsOf, type FittedExpert, type FittedName, fittedNames, membersOf } from './roster.ts';
import { clockParameters, type RunningAggregate, readSettings, restoreAggregate, runAggregate } from './running.ts';

/** A fitted forecaster: on the older part, where there was enough to hold something back, and on everything. */
export interface Learned {
  readonly earlier?: Parameters;
  readonly parameters: Parameters;
}

export interface AggregateWork {
  readonly request: FitRequest;
  readonly history: TimeSeries;
  /** As long as the history. */
  readonly marks?: readonly Mark[];
  readonly seasons: readonly number[];
  readonly transform: Transform;
  readonly all: Transformed;
  readonly olderEnd: number;
  readonly calibratedEnd: number;
}

type LearnedByName = { readonly [name in SingleName]?: Learned };

export interface AggregateFit {
  readonly model: FittedModel;
  readonly verdict: string;
  /** As it was before it had seen the steps from `fromIndex` on; absent when there is nothing to hold back. */
  readonly scoring?: { readonly model: FittedModel; readonly fromIndex: number };
}

export function fitAggregate(work: AggregateWork, learned: LearnedByName): AggregateFit {
  const before = usableBefore(work.request, work.transform);
  if (!before) return startAnew(work, learned);
  const firstNew =
    Math.round(numberIn(before.parameters, 'trainedThroughMs') / work.history.stepMs) - work.all.firstStep;
  const continues = firstNew >= 0 && firstNew <= work.all.z.length;
  return continues ? goOn(work, learned, before, firstNew) : startAnew(work, learned);
}

function startAnew(work: AggregateWork, learned: LearnedByName): AggregateFit {
  const { calibratedEnd, all } = work;
  const running = runAggregate(settingsOf(work, learned));
  observe(running, work, 0, calibratedEnd);
  const scoring = calibratedEnd < all.z.length && {
    model: modelOf(running, work, calibratedEnd),
    fromIndex: calibratedEnd,
  };
  observe(running, work, calibratedEnd, all.z.length);
  return { ...finish(running, work, learned), ...(scoring && { scoring }) };
}

function goOn(work: AggregateWork, learned: LearnedByName, before: FittedModel, firstNew: number): AggregateFit {
  const running = restoreAggregate(withRequest(before.parameters, work.request), work.request.fleet);
  const end = work.all.z.length;
  observe(running, work, firstNew, end);
  return {
    ...finish(running, work, learned),
    ...(firstNew < end && { scoring: { model: before, fromIndex: firstNew } }),
  };
}

/** The lead may have changed since, and the clock of the workload. */
function withRequest(saved: Parameters, { clock, horizonSteps }: FitRequest): Parameters {
  return { ...saved, horizonSteps, ...(clock && clockParameters(clock)) };
}

function settingsOf(work: AggregateWork, learned: LearnedByName): AggregateSettings {
  const { request, history, seasons, transform, all } = work;
  const { clock, horizonSteps, prior } = request;
  const older = all.z.subarray(0, work.olderEnd);
  const names = membersOf(
    wantedOf(request),
    fittedNames.filter((name) => learned[name]),
  );
  return {
    stepMs: history.stepMs,
    seasons,
    horizonSteps,
    transform,
    firstStep: all.firstStep,
    firstScale: spread(older),
    experts: expertsOf(names, {
      fitted: Object.fromEntries(fittedNames.flatMap((name) => honest(name, work, learned[name]))),
      own: ownParts(names, { ...all, z: older }, request.fleet),
      ...(request.fleet && { fleet: request.fleet }),
    }),
    ...(prior && { credit: prior.credit }),
    ...(prior?.tail && { fleetTail: prior.tail }),
    ...(clock && { clock }),
  };
}

/** Fitted on the older part, and asleep in it. */
function honest(name: FittedName, work: AggregateWork, learned?: Learned): (readonly [FittedName, FittedExpert])[] {
  if (!learned) return [];
  const { earlier, parameters } = learned;
  return [[name, { parameters: earlier ?? parameters, awakeFromStep: work.all.firstStep + work.olderEnd }]];
}

/** Mean distance from the mean: what one who knows nothing would be off. */
function spread(z: Float64Array): number {
  const present = z.filter((value) => !Number.isNaN(value));
  if (present.length === 0) return 1;
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  return Math.max(1e-4, present.reduce((sum, value) => sum + Math.abs(value - mean), 0) / present.length);
}

function observe(running: RunningAggregate, { history, marks }: AggregateWork, from: number, to: number): void {
  for (let t = from; t < to; t++) running.observe(history.values[t]!, marks?.[t] ?? 'ok');
}

function finish(running: RunningAggregate, work: AggregateWork, learned: LearnedByName): Omit<AggregateFit, 'scoring'> {
  const model = modelOf(running, work, work.all.z.length);
  return {
    model: { ...model, parameters: exchange(model.parameters, work, learned) },
    verdict: running.status().verdict,
  };
}

function modelOf(running: RunningAggregate, { history }: AggregateWork, end: number): FittedModel {
  const trainedThroughMs = history.startMs + end * history.stepMs;
  return { kind: 'aggregate', parameters: { ...running.save(), trainedThroughMs } };
}

/** Puts the experts fitted on everything in the place of the earlier ones, level with the history. */
function exchange(saved: Parameters, work: AggregateWork, learned: LearnedByName): Parameters {
  const { request, all } = work;
  const before = expertsIn(saved);
  const isThere = (name: FittedName) => before.includes(name) || learned[name] !== undefined;
  const fitted = fittedNames.filter((name) => isThere(name) && request.candidates.includes(name));
  const to = membersOf(wantedOf(request), fitted);
  const fresh = fitted.flatMap((name) => {
    const model = learned[name];
    return model ? [[name, warmed(name, model.parameters, all)] as const] : [];
  });
  const own = Object.entries(ownParts(to, all, request.fleet));
  const exchanged = [...fresh, ...own];
  const gone = (key: string) => exchanged.some(([name]) => key.startsWith(`state.expert.${name}.`));
  const kept = Object.entries(withExperts(saved, to)).filter(([key]) => !gone(key));
  return Object.assign(
    Object.fromEntries(kept),
    ...exchanged.map(([name, state]) => prefixed(`state.expert.${name}.`, state)),
  );
}

/** Of what the fleet shares, what it has. */
function wantedOf({ experts = defaultExperts, fleet }: FitRequest): readonly ExpertName[] {
  const isShared = (name: ExpertName): name is SharedExpertName =>
    (sharedExpertNames as readonly string[]).includes(name);
  return experts.filter((name) => !isShared(name) || fleet?.experts[name] !== undefined);
}

/** What this series has of its own for the experts that the fleet shares, by name. */
function ownParts(
  names: readonly string[],
  series: Transformed,
  fleet: FleetModel | undefined,
): { readonly [name in SharedExpertName]?: Parameters } {
  if (!fleet) return {};
  return Object.fromEntries(
    sharedExpertNames.flatMap((name) => {
      const own = names.includes(name) ? ownPart(name, series, fleet) : undefined;
      return own ? [[name, own] as const] : [];
    }),
  );
}

/** State of a fitted expert that has followed the whole history. */
function warmed(name: SingleName, parameters: Parameters, { z, firstStep }: Transformed): Parameters {
  const point = startPoint(name, parameters, firstStep);
  for (const value of z) point.observe(value);
  return { ...point.save(), awakeFromStep: Number.NEGATIVE_INFINITY };
}

/** The earlier aggregate, where it is of the same steps, seasons and horizons, and its scale still suits the load. */
function usableBefore(request: FitRequest, transform: Transform): FittedModel | undefined {
  const model = request.previous?.models.aggregate;
  if (!model) return undefined;
  const before = readSettings(model.parameters);
  const { stepMs } = request.history;
  const seasons = request.seasonLengths.filter((m) => Number.isInteger(m) && m > 1);
  const isSame =
    before.stepMs === stepMs &&
    before.seasons.join() === seasons.join() &&
    planHorizons(stepMs, before.horizonSteps).horizons.join() ===
      planHorizons(stepMs, request.horizonSteps).horizons.join();
  return isSame && suits(before.transform, transform) ? model : undefined;
}

/** A scale within a factor of three of the one that would be chosen today. */
const MOST_RATIO = 3;

function suits(before: Transform, now: Transform): boolean {
  if (before.kind === 'log') {
    return now.kind === 'log' && Math.abs(Math.log(before.offset / now.offset)) < Math.log(MOST_RATIO);
  }
  return now.kind === 'linear' && Math.abs(Math.log(before.unit / now.unit)) < Math.log(MOST_RATIO);
}

/** The scale of the earlier aggregate, when it goes on: everything that is fitted has to stand on the same. */
export function transformBefore(request: FitRequest, fresh: Transform): Transform | undefined {
  const model = usableBefore(request, fresh);
  return model && readTransform(model.parameters);
}
