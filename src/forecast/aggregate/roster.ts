/**
 * All experts that an aggregate may hold: adding one is one line. Online experts learn from every sample; fitted ones are
 * models of the slow clock (candidates.ts), and go on with the weight they have earned when they are fitted anew; shared
 * ones are learned by the whole fleet (shared/experts.ts).
 */
import {
  type ExpertName,
  type FleetModel,
  type OnlineExpertName,
  onlineExpertNames,
  type SharedExpertName,
  sharedExpertNames,
} from '../../domain/fleet.ts';
import { type YardstickName, yardstickNames } from '../../domain/forecast.ts';
import type { SingleName } from '../candidates.ts';
import { startAnalogues } from '../experts/analogues.ts';
import { startDayMaximum, startRecentMaximum } from '../experts/anchors.ts';
import type { StartExpert } from '../experts/expert.ts';
import { startHoltWintersDouble } from '../experts/holt-winters-double.ts';
import { startDayShape, startWeekShape } from '../experts/level-shape.ts';
import { startFastRegression, startRegression } from '../experts/regression.ts';
import type { Parameters } from '../parameters.ts';
import { sharedExpert } from '../shared/experts.ts';
import type { NamedExpert } from './experts.ts';
import { startPersistence } from './persistence.ts';
import { pointExpert } from './point-expert.ts';
import { startSeasonalNaive } from './seasonal-naive.ts';

const online: { readonly [name in YardstickName | OnlineExpertName]: StartExpert } = {
  'seasonal-naive': startSeasonalNaive,
  'holt-winters': startHoltWintersDouble,
  persistence: startPersistence,
  regression: startRegression,
  'fast-regression': startFastRegression,
  analogues: startAnalogues,
  'day-shape': startDayShape,
  'week-shape': startWeekShape,
  'day-maximum': startDayMaximum,
  'recent-maximum': startRecentMaximum,
};

/** Forecasters that are fitted alone and then follow their series as experts. */
export const fittedNames = ['arima', 'lstm', 'hybrid'] as const satisfies readonly SingleName[];
export type FittedName = (typeof fittedNames)[number];

/** The order in which an aggregate holds them. */
const everyone = [...yardstickNames, ...onlineExpertNames, ...fittedNames, ...sharedExpertNames] as const;
type MemberName = (typeof everyone)[number];

/** Parameters of a fitted expert, and the first step that they were not learned from. */
export interface FittedExpert {
  readonly parameters: Parameters;
  readonly awakeFromStep?: number;
}

/** What experts are made of beside their series. */
export interface Sources {
  readonly fitted?: { readonly [name in FittedName]?: FittedExpert };
  readonly fleet?: FleetModel;
  /** What the series has of its own beside what the fleet shares, by expert; until something was saved. */
  readonly own?: { readonly [name in SharedExpertName]?: Parameters };
}

/** Who an aggregate holds: the yardsticks, what is wanted, and what was fitted; in the order of the roster. */
export function membersOf(wanted: readonly ExpertName[], fitted: readonly FittedName[]): readonly MemberName[] {
  const chosen: readonly string[] = [...yardstickNames, ...wanted, ...fitted];
  return everyone.filter((name) => chosen.includes(name));
}

/** Those that this version knows: what was saved may name others. */
export function knownMembers(names: readonly string[]): readonly MemberName[] {
  return names.filter((name) => isOneOf(everyone, name));
}

/** The experts of these names; a fitted or shared one that there is nothing of sleeps until it is restored. */
export function expertsOf(names: readonly MemberName[], sources: Sources): readonly NamedExpert[] {
  return names.map((name) => ({ name, start: starterOf(name, sources) }));
}

function starterOf(name: MemberName, { fitted, fleet, own }: Sources): StartExpert {
  if (isOneOf(sharedExpertNames, name)) return sharedExpert(name, fleet, own?.[name]);
  if (isOneOf(fittedNames, name)) {
    return pointExpert(name, fitted?.[name]?.parameters ?? {}, fitted?.[name]?.awakeFromStep);
  }
  return online[name];
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}
