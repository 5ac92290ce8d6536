/**
 * All experts that an aggregate may hold: adding one is one line. Online experts learn from every sample; fitted ones are
 * models of the slow clock (candidates.ts), take part where they are candidates and could be fitted, and go on with the
 * weight they have earned when they are fitted anew.
 */
import type { SingleName } from '../candidates.ts';
import { startAnalogues } from '../experts/analogues.ts';
import type { StartExpert } from '../experts/expert.ts';
import { startHoltWintersDouble } from '../experts/holt-winters-double.ts';
import { startDayShape, startWeekShape } from '../experts/level-shape.ts';
import { startFastRegression, startRegression } from '../experts/regression.ts';
import type { Parameters } from '../parameters.ts';
import type { NamedExpert } from './experts.ts';
import { startPersistence } from './persistence.ts';
import { pointExpert } from './point-expert.ts';
import { startSeasonalNaive } from './seasonal-naive.ts';

type Entry =
  | { readonly kind: 'online'; readonly name: string; readonly start: StartExpert }
  | { readonly kind: 'fitted'; readonly name: SingleName };

const roster: readonly Entry[] = [
  { kind: 'online', name: 'seasonal-naive', start: startSeasonalNaive },
  { kind: 'online', name: 'holt-winters', start: startHoltWintersDouble },
  { kind: 'online', name: 'persistence', start: startPersistence },
  { kind: 'online', name: 'regression', start: startRegression },
  { kind: 'online', name: 'fast-regression', start: startFastRegression },
  { kind: 'online', name: 'analogues', start: startAnalogues },
  { kind: 'online', name: 'day-shape', start: startDayShape },
  { kind: 'online', name: 'week-shape', start: startWeekShape },
  { kind: 'fitted', name: 'arima' },
  { kind: 'fitted', name: 'lstm' },
  { kind: 'fitted', name: 'hybrid' },
];

/** Parameters of a fitted expert, and the first step that they were not learned from. */
export interface FittedExpert {
  readonly parameters: Parameters;
  readonly awakeFromStep?: number;
}

/** Names of the fitted forecasters that an aggregate takes. */
export const fittedNames: readonly SingleName[] = roster.flatMap((entry) =>
  entry.kind === 'fitted' ? [entry.name] : [],
);

/** Names of the online experts. */
export const onlineNames: readonly string[] = roster.flatMap((entry) => (entry.kind === 'online' ? [entry.name] : []));

/** The online experts, and the fitted ones that there are; in the order of the roster. */
export function expertsOf(fitted: { readonly [name in SingleName]?: FittedExpert }): readonly NamedExpert[] {
  return roster.flatMap((entry): NamedExpert[] => {
    if (entry.kind === 'online') return [entry];
    const model = fitted[entry.name];
    return model ? [{ name: entry.name, start: pointExpert(entry.name, model.parameters, model.awakeFromStep) }] : [];
  });
}

/** The experts of these names, to be restored from what they saved; a name that is unknown is left out. */
export function expertsNamed(names: readonly string[]): readonly NamedExpert[] {
  return roster.flatMap((entry): NamedExpert[] => {
    if (!names.includes(entry.name)) return [];
    return [entry.kind === 'online' ? entry : { name: entry.name, start: pointExpert(entry.name, {}) }];
  });
}
