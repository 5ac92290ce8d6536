/** An aggregate at work: samples in, forecasts in the unit of the load out, and its whole state as plain data. */
import type { Change } from '../../domain/change.ts';
import type { FleetModel } from '../../domain/fleet.ts';
import type { Forecast, ForecastStatus, Mark, WallClock } from '../../domain/forecast.ts';
import { type Ceiling, startCeiling } from '../ceiling.ts';
import { savedTail } from '../fleet/pool-tails.ts';
import { arrayIn, numberIn, type Parameters, prefixed, savedArray, textIn, underPrefix } from '../parameters.ts';
import { startOutlierBound } from '../preparation/outliers.ts';
import { fromZ, toZ } from '../transform.ts';
import { readTransform, transformParameters } from '../transform-parameters.ts';
import { type Aggregate, startAggregate } from './aggregate.ts';
import { forecastCurve } from './forecast-curve.ts';
import { CONTENDERS } from './gate.ts';
import { placeMixed } from './mixed-levels.ts';
import type { AggregateSettings } from './parts.ts';
import { expertsIn, withExperts } from './regroup.ts';
import { expertsOf, knownMembers } from './roster.ts';
import { statusOf } from './status.ts';

export interface RunningAggregate {
  readonly aggregate: Aggregate;
  /** Absolute number of the step that comes next. */
  next(): number;
  observe(y: number, mark: Mark): void;
  forecast(horizonSteps: number, levels: readonly number[]): Pick<Forecast, 'mean' | 'levels' | 'quantiles' | 'model'>;
  status(): ForecastStatus;
  /** Parameters of the fitted model that goes on exactly from here. */
  save(): Parameters;
}

export function runAggregate(settings: AggregateSettings, saved?: Parameters): RunningAggregate {
  const aggregate = startAggregate(settings, saved && underPrefix('state.', saved));
  const { parts } = aggregate;
  const ceiling: Ceiling = startCeiling(parts.season, settings.horizonSteps, saved && arrayIn(saved, 'ceiling'));
  const outliers = startOutlierBound(settings.stepMs, saved && savedArray(saved, 'outliers'));
  let lastAlarm: Change | undefined;
  return {
    aggregate,
    next: () => parts.past.newest + 1,
    observe(y, mark) {
      const believed = outliers.bound(y);
      aggregate.observe(believed, mark);
      const z = toZ(settings.transform, believed);
      ceiling.observe(fromZ(settings.transform, z));
      lastAlarm = aggregate.noticed.at(-1) ?? lastAlarm;
    },
    forecast(horizonSteps, levels) {
      const contender = parts.gate.acting();
      const curve = aggregate.curve(contender, horizonSteps, levels.map(placeMixed));
      return { model: CONTENDERS[contender]!, ...forecastCurve(curve, levels, settings.transform, ceiling.value()) };
    },
    status: () => statusOf(parts, lastAlarm),
    save: () => ({
      ...settingParameters(settings, parts.panel.names),
      ...prefixed('state.', aggregate.save()),
      ceiling: ceiling.save(),
      outliers: outliers.save(),
    }),
  };
}

/**
 * Goes on from what `save` gave. Experts that this version does not know are left out.
 *
 * @param fleet - what the shared experts among them stand on
 */
export function restoreAggregate(saved: Parameters, fleet?: FleetModel): RunningAggregate {
  const usable = withExperts(saved, knownMembers(expertsIn(saved)));
  return runAggregate(readSettings(usable, fleet), usable);
}

function settingParameters(settings: AggregateSettings, names: readonly string[]): Parameters {
  const { stepMs, seasons, horizonSteps, transform, firstScale, firstStep, clock, fleetTail } = settings;
  return {
    ...transformParameters(transform),
    stepMs,
    seasons,
    horizonSteps,
    firstScale,
    firstStep,
    experts: names.join(','),
    ...(fleetTail && { fleetTail: Float64Array.of(fleetTail.shape, fleetTail.scale) }),
    ...(clock && clockParameters(clock)),
  };
}

export function clockParameters({ zone, transitions }: WallClock): Parameters {
  return {
    'clock.zone': zone,
    'clock.from': Float64Array.from(transitions, ({ fromMs }) => fromMs),
    'clock.offset': Float64Array.from(transitions, ({ offsetMs }) => offsetMs),
  };
}

export function readSettings(saved: Parameters, fleet?: FleetModel): AggregateSettings {
  const clock = readClock(saved);
  const fleetTail = savedTail(saved);
  return {
    stepMs: numberIn(saved, 'stepMs'),
    seasons: Array.from(arrayIn(saved, 'seasons')),
    horizonSteps: numberIn(saved, 'horizonSteps'),
    firstScale: numberIn(saved, 'firstScale'),
    firstStep: numberIn(saved, 'firstStep'),
    transform: readTransform(saved),
    experts: expertsOf(knownMembers(expertsIn(saved)), fleet ? { fleet } : {}),
    ...(fleetTail && { fleetTail }),
    ...(clock && { clock }),
  };
}

function readClock(saved: Parameters): WallClock | undefined {
  if (saved['clock.zone'] === undefined) return undefined;
  const offsets = arrayIn(saved, 'clock.offset');
  const transitions = Array.from(arrayIn(saved, 'clock.from'), (fromMs, i) => ({ fromMs, offsetMs: offsets[i]! }));
  return { zone: textIn(saved, 'clock.zone'), transitions };
}
