/** What one aggregate is made of; all of its memory is in `store`, `past`, `panel` and `detector`. */
import type { WallClock } from '../../domain/forecast.ts';
import { type ChangeDetector, startChangeDetector } from '../changes/detector.ts';
import { type PastKeeper, startPast } from '../experts/start-past.ts';
import { type Parameters, prefixed, underPrefix } from '../parameters.ts';
import type { Tail } from '../tails.ts';
import type { Transform } from '../transform.ts';
import { type SeasonalBase, startSeasonalBase } from './base.ts';
import { type NamedExpert, type Panel, startPanel } from './experts.ts';
import { CONTENDERS, type Gate, startGate } from './gate.ts';
import { type HorizonPlan, planHorizons } from './horizon-plan.ts';
import { type Layer, startLayer } from './layer.ts';
import { LEVELS, PRIOR_SCORES } from './mixed-levels.ts';
import { type Mixture, startMixture } from './mixture.ts';
import { type Recent, startRecent } from './recent.ts';
import { openStateStore, type StateStore } from './state-store.ts';
import { PRIOR_TAIL } from './tail-tracker.ts';
import { startWaiting, type Waiting } from './waiting.ts';

export interface AggregateSettings {
  readonly stepMs: number;
  /** In steps, ascending, each > 1. */
  readonly seasons: readonly number[];
  /** The lead and the window that capacity plans for: what the gate judges. */
  readonly horizonSteps: number;
  readonly transform: Transform;
  readonly clock?: WallClock;
  /** Absolute number of the first step that will be observed. */
  readonly firstStep: number;
  /** Spread on z before anything is known. */
  readonly firstScale: number;
  readonly experts: readonly NamedExpert[];
  /** Tail of the scores of the fleet, where there is one. */
  readonly fleetTail?: Tail;
}

export interface Parts {
  readonly settings: AggregateSettings;
  readonly plan: HorizonPlan;
  /** Season that the shape of the scale runs over; 1 for none. */
  readonly season: number;
  readonly store: StateStore;
  readonly past: PastKeeper;
  readonly base: SeasonalBase;
  readonly panel: Panel;
  readonly mixture: Mixture;
  /** In the order of CONTENDERS. */
  readonly layers: readonly Layer[];
  readonly gate: Gate;
  readonly waiting: Waiting;
  readonly recent: Recent;
  readonly detector: ChangeDetector;
  /** Column of each yardstick among the experts; −1 when it is not there. In the order of CONTENDERS, the first unused. */
  readonly columns: readonly number[];
  /** Running errors in scales: first those one step ahead, then by contender and block. */
  readonly bursts: Float32Array;
  /** Errors of the last few steps one step ahead, in scales, and what they hardly ever exceed. */
  readonly shock: Float64Array;
  /** Lowest and highest z so far, age of the newest sample in steps, steps since a gap. */
  readonly range: Float64Array;
  save(): Parameters;
  bytes(): number;
}

/** A cell that waits: features known at the origin, then the centres of the aggregate, then the experts' medians. */
export const CELL = { burst: 0, own: 1, slope: 4, gap: 5, shock: 6, centres: 7, medians: 7 + LEVELS } as const;

export function openParts(settings: AggregateSettings, saved?: Parameters): Parts {
  const { stepMs, seasons, horizonSteps, experts, firstStep, clock } = settings;
  const store = openStateStore(saved);
  const plan = planHorizons(stepMs, horizonSteps);
  const season = seasons[0] ?? 1;
  const pastSettings = { stepMs, seasons, firstStep, ...(clock && { clock }) };
  const past = startPast(pastSettings, saved && underPrefix('past.', saved));
  const shared = { stepMs, seasons, past };
  const panel = startPanel(experts, { ...shared, horizons: plan.horizons }, saved);
  const detector = startChangeDetector(shared, saved && underPrefix('change.', saved));
  const priors = [PRIOR_SCORES.map(() => 0), PRIOR_SCORES, PRIOR_SCORES];
  const layer = { plan, season, stepMs, firstScale: settings.firstScale, priorTail: settings.fleetTail ?? PRIOR_TAIL };
  return {
    settings,
    plan,
    season,
    store,
    past,
    base: startSeasonalBase(season, past, store),
    panel,
    mixture: startMixture(plan.blocks, experts.length, PRIOR_SCORES, store),
    layers: CONTENDERS.map((name, c) => startLayer({ ...layer, name, prior: priors[c]! }, store)),
    gate: startGate(stepMs, store),
    waiting: startWaiting(plan, CELL.medians + experts.length, store),
    recent: startRecent(plan, stepMs, store),
    detector,
    columns: CONTENDERS.map((name) => panel.names.indexOf(name)),
    bursts: store.singles('bursts', 1 + CONTENDERS.length * plan.blocks, 1),
    shock: startShock(store),
    range: store.doubles('range', 4, Number.NaN),
    save: () => ({
      ...store.save(),
      ...prefixed('past.', past.save()),
      ...prefixed('change.', detector.save()),
      ...panel.save(),
    }),
    bytes: () => store.bytes() + bytesOf(past.save()) + bytesOf(detector.save()) + bytesOf(panel.save()),
  };
}

/** What is ordinary begins high, so that a young series is not in shock all the time. */
const FIRST_LIMIT = 4;

function startShock(store: StateStore): Float64Array {
  const shock = store.doubles('shock', 2);
  if (shock[1] === 0) shock.set([1, FIRST_LIMIT]);
  return shock;
}

function bytesOf(parameters: Parameters): number {
  return Object.values(parameters).reduce((sum: number, value) => {
    if (typeof value === 'number') return sum + 8;
    if (typeof value === 'string') return sum + 2 * value.length;
    return sum + (value instanceof Float32Array ? value.byteLength : 8 * value.length);
  }, 0);
}
