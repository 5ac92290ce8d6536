/** An aggregate at work: samples in, forecasts in the unit of the load out, and its whole state as plain data. */
import type { Change } from '../../domain/change.ts';
import type { FleetModel } from '../../domain/fleet.ts';
import type { Forecast, ForecastStatus, Mark, WallClock } from '../../domain/forecast.ts';
import { type Ceiling, startCeiling } from '../ceiling.ts';
import type { Remembers } from '../experts/remembers.ts';
import { savedTail } from '../fleet/pool-tails.ts';
import { arrayIn, numberIn, type Parameters, prefixed, savedArray, textIn, underPrefix } from '../parameters.ts';
import { type OutlierBound, startOutlierBound } from '../preparation/outliers.ts';
import { fromZ, toZ } from '../transform.ts';
import { readTransform, transformParameters } from '../transform-parameters.ts';
import { type Aggregate, startAggregate } from './aggregate.ts';
import { forecastCurve } from './forecast-curve.ts';
import { CONTENDERS } from './gate.ts';
import { placeMixed } from './mixed-levels.ts';
import { formOf, packedBytes } from './packed.ts';
import type { AggregateSettings, Parts } from './parts.ts';
import { expertsIn, withExperts } from './regroup.ts';
import { expertsOf, knownMembers } from './roster.ts';
import { statusOf } from './status.ts';

/** What series of one layout differ in, beside what they remember. */
export interface Own {
  readonly settings: Pick<AggregateSettings, 'transform' | 'firstStep' | 'firstScale' | 'fleetTail'>;
  lastAlarm: Change | undefined;
}

export interface RunningAggregate {
  readonly settings: AggregateSettings;
  readonly aggregate: Aggregate;
  /** Absolute number of the step that comes next. */
  next(): number;
  observe(y: number, mark: Mark): void;
  forecast(horizonSteps: number, levels: readonly number[]): Pick<Forecast, 'mean' | 'levels' | 'quantiles' | 'model'>;
  status(): ForecastStatus;
  /** Parameters of the fitted model that goes on exactly from here. */
  save(): Parameters;
  /** The series that is worked on: what is its own, what it remembers live (as in `Remembers`), and the rest as saved. */
  own(): Own;
  memory(): Remembers['memory'];
  saveOthers(): Parameters;
  /** Takes up another series of the same layout, after its memory was copied in. */
  wake(own: Own, others: Parameters): void;
}

export function runAggregate(given: AggregateSettings, saved?: Parameters): RunningAggregate {
  // What is a series' own in them changes with the series.
  const settings = { ...given };
  const aggregate = startAggregate(settings, saved && underPrefix('state.', saved));
  const { parts } = aggregate;
  let own = ownOf(settings);
  let limits = startLimits(parts, saved);
  const saveOthers = () => ({ ...limits.save(), ...parts.saveOthers() });
  return {
    settings,
    aggregate,
    next: () => parts.past.newest + 1,
    observe(y, mark) {
      const believed = limits.outliers.bound(y);
      aggregate.observe(believed, mark, limits.ceiling.value());
      const z = toZ(settings.transform, believed);
      limits.ceiling.observe(fromZ(settings.transform, z));
      own.lastAlarm = aggregate.noticed.at(-1) ?? own.lastAlarm;
    },
    forecast(horizonSteps, levels) {
      const contender = parts.gate.acting();
      const curve = aggregate.curve(contender, horizonSteps, levels.map(placeMixed));
      return {
        model: CONTENDERS[contender]!,
        ...forecastCurve(curve, levels, settings.transform, limits.ceiling.value()),
      };
    },
    status() {
      aggregate.settle();
      return statusOf(parts, own.lastAlarm, bytesOf(parts.memory()) + packedBytes(formOf(saveOthers())));
    },
    save: () => ({
      ...settingParameters(settings, parts.panel.names),
      ...prefixed('state.', aggregate.save()),
      ...limits.save(),
    }),
    own: () => own,
    memory: parts.memory,
    saveOthers,
    wake(next, others) {
      own = next;
      Object.assign(settings, own.settings);
      limits = startLimits(parts, others);
      aggregate.wake(others);
    },
  };
}

function ownOf({ transform, firstStep, firstScale, fleetTail }: AggregateSettings): Own {
  return { settings: { transform, firstStep, firstScale, fleetTail }, lastAlarm: undefined };
}

/** What one sample may say, and how high a forecast may go. */
interface Limits {
  readonly outliers: OutlierBound;
  readonly ceiling: Ceiling;
  save(): Parameters;
}

function startLimits({ season, settings }: Parts, saved?: Parameters): Limits {
  const outliers = startOutlierBound(settings.stepMs, saved && savedArray(saved, 'outliers'));
  const ceiling = startCeiling(season, settings.horizonSteps, saved && underPrefix('ceiling.', saved));
  return { outliers, ceiling, save: () => ({ ...prefixed('ceiling.', ceiling.save()), outliers: outliers.save() }) };
}

function bytesOf(memory: Remembers['memory']): number {
  return memory.reduce((sum, { byteLength }) => sum + byteLength, 0);
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
