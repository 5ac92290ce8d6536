/** What one aggregate is made of; all that it remembers is in `store`, `past`, `panel` and `detector`. */
import type { WallClock } from '../../domain/forecast.ts';
import { type ChangeDetector, startChangeDetector } from '../changes/detector.ts';
import type { Remembers } from '../experts/remembers.ts';
import { type PastKeeper, startPast } from '../experts/start-past.ts';
import { type Parameters, prefixed, underPrefix } from '../parameters.ts';
import type { Tail } from '../tails.ts';
import type { Transform } from '../transform.ts';
import { type SeasonalBase, startSeasonalBase } from './base.ts';
import { CELL } from './cells.ts';
import { type NamedExpert, type Panel, startPanel } from './experts.ts';
import { type Errors, startErrors } from './features.ts';
import { CONTENDERS, type Gate, startGate } from './gate.ts';
import { type HorizonPlan, planHorizons } from './horizon-plan.ts';
import { type Layer, startLayer } from './layer.ts';
import { PRIOR_SCORES } from './mixed-levels.ts';
import { type Mixture, startMixture } from './mixture.ts';
import { type Recent, startRecent } from './recent.ts';
import { type Samples, startSamples } from './samples.ts';
import { PARTS } from './scale-tracker.ts';
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
  readonly fleetTail?: Tail | undefined;
  /** Wealth that the bets of the gate begin with; 1 when absent. Once begun it is part of the state. */
  readonly credit?: number;
}

export interface Parts {
  readonly settings: AggregateSettings;
  readonly plan: HorizonPlan;
  /** Season that the shape of the scale runs over; 1 for none. */
  readonly season: number;
  /** Part of that season that a step lies in. */
  partOf(step: number): number;
  readonly past: PastKeeper;
  readonly samples: Samples;
  readonly base: SeasonalBase;
  readonly panel: Panel;
  readonly mixture: Mixture;
  /** In the order of CONTENDERS. */
  readonly layers: readonly Layer[];
  readonly errors: Errors;
  readonly gate: Gate;
  readonly waiting: Waiting;
  readonly recent: Recent;
  readonly detector: ChangeDetector;
  /** Column of each yardstick among the experts; −1 when it is not there. In the order of CONTENDERS, the first unused. */
  readonly columns: readonly number[];
  save(): Parameters;
  /** Live, as in `Remembers`; the rest is in `saveOthers`. */
  memory(): Remembers['memory'];
  saveOthers(): Parameters;
  /** Takes up another series, of the settings that are now there, after its memory was copied in. */
  wake(others: Parameters): void;
}

export function openParts(settings: AggregateSettings, saved?: Parameters): Parts {
  const { stepMs, seasons, horizonSteps, experts, firstStep, clock } = settings;
  const store = openStateStore(saved);
  const plan = planHorizons(stepMs, horizonSteps);
  const season = seasons[0] ?? 1;
  const pastSettings = { stepMs, seasons, firstStep, ...(clock && { clock }) };
  const past = startPast(pastSettings, saved && underPrefix('past.', saved));
  const shared = { stepMs, seasons, past };
  const panel = startPanel(experts, { ...shared, horizons: plan.horizons }, saved);
  const detecting = (from?: Parameters) => startChangeDetector(shared, from && underPrefix('change.', from));
  let detector = detecting(saved);
  const mixture = startMixture(plan.blocks, experts.length, store, () => powerOf(settings.transform));
  const priorTail = { ...(settings.fleetTail ?? PRIOR_TAIL) };
  return {
    settings,
    plan,
    season,
    partOf: (step) => Math.floor((past.slot(step, season) * PARTS) / season),
    past,
    samples: startSamples(store),
    base: startSeasonalBase(season, past, store),
    panel,
    mixture,
    layers: startLayers(settings.firstScale, priorTail, plan, season, store),
    errors: startErrors(plan, store),
    gate: startGate(stepMs, store, settings.credit),
    waiting: startWaiting(plan, CELL.medians + experts.length, store),
    recent: startRecent(plan, stepMs, store),
    detector: { observe: (score, mark) => detector.observe(score, mark), save: () => detector.save() },
    columns: CONTENDERS.map((name) => panel.names.indexOf(name)),
    save: () => ({
      ...store.save(),
      ...prefixed('past.', past.save()),
      ...prefixed('change.', detector.save()),
      ...panel.save(),
    }),
    memory: () => [...store.memory(), ...past.memory, ...panel.memory],
    saveOthers: () => ({ ...prefixed('change.', detector.save()), ...panel.saveOthers() }),
    wake(others) {
      Object.assign(priorTail, settings.fleetTail ?? PRIOR_TAIL);
      past.wake();
      mixture.wake();
      detector = detecting(others);
      panel.wake(others);
    },
  };
}

/**
 * Forecasts are averaged on the square root of the load, and errors count by it. On its logarithm one expert in four that says
 * idle makes a burst of a thousand times a sixth of that, and a burst counts no more than the noise of a quiet night; by the
 * load itself a few bursts decide alone.
 */
const POWER = 0.5;

/** Where z is not the logarithm of the load but the load itself, all errors count alike. */
export function powerOf({ kind }: Transform): number {
  return kind === 'log' ? POWER : 0;
}

/**
 * In scales. The median of a yardstick is calibrated too, but no further: on a load that leaps, a day above it moved it by two
 * scales, and for days after that an idle machine was expected to be busy.
 */
const MOST_SHIFT = 0.5;

/**
 * The mixture brings quantiles of its own, so its offsets begin at 0, and its median stays what the experts say: an offset
 * times a scale of bursts moved it, the larger distance fed the scale, and on loads with bursts the loss was up to 9 % higher.
 * Those of a yardstick's median begin as they ordinarily are.
 */
function startLayers(
  firstScale: number,
  priorTail: Tail,
  plan: HorizonPlan,
  season: number,
  store: StateStore,
): readonly Layer[] {
  const common = { plan, season, firstScale, priorTail };
  const ofMixture = {
    prior: PRIOR_SCORES.map(() => 0),
    mostShift: 0,
    spanTables: 2,
    featureTables: plan.reaches,
  } as const;
  const ofYardstick = { prior: PRIOR_SCORES, mostShift: MOST_SHIFT, spanTables: 1, featureTables: 1 } as const;
  return CONTENDERS.map((name) =>
    startLayer({ ...common, name, offsets: name === 'aggregate' ? ofMixture : ofYardstick }, store),
  );
}
