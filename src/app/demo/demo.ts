/**
 * The demo: forescale and its rivals on the shop, on the engine of `simulate`, with the planning, the forecasters and
 * the trainer of production. It only chooses the scene and collects what happens.
 */
import type { Round } from '../../domain/facts.ts';
import type { Reason } from '../../domain/reasons.ts';
import { type Simulation, startSimulation } from '../../simulate/engine.ts';
import type { Learner } from '../../simulate/forescale/learner.ts';
import { createNeed } from '../../simulate/need.ts';
import { defaultHpa, hpa } from '../../simulate/policies/hpa.ts';
import { oracle } from '../../simulate/policies/oracle.ts';
import type { Workload } from '../../simulate/policy.ts';
import { createShop, type Shop } from '../../simulate/shop.ts';
import { layTimetable, type Timetable } from '../../simulate/timetable.ts';
import { openForescale } from '../simulation/open-forescale.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday; a demo of another year would show the same. */
const SHOP_OPENS_MS = Date.UTC(2026, 2, 2);
const HISTORY_DAYS = 14;
/** The demo begins before the morning wave of the third Monday; its Wednesday is the holiday. */
const BEGINS_MS = HISTORY_DAYS * DAY_MS + 5.5 * HOUR_MS;
const HOLIDAY = HISTORY_DAYS + 2;
const STEP_MS = 60_000;
/** Every other night: in accelerated time a training run is a long wait. */
const REFIT_EVERY_MS = 2 * DAY_MS;

export interface DemoSettings {
  /** Simulated time behind the two weeks of history. */
  readonly forMs: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** One decision of forescale that changed the replicas. */
export interface Change {
  readonly atMs: number;
  readonly workload: string;
  readonly from: number;
  readonly to: number;
  readonly reasons: readonly Reason[];
}

export interface Demo extends AsyncDisposable {
  readonly shop: Shop;
  readonly simulation: Simulation;
  readonly timetable: Timetable;
  /** Since the end of the history, oldest first. */
  readonly changes: readonly Change[];
  /** The newest round; undefined before the first. */
  round(): Round | undefined;
  learners(): readonly Learner[];
}

export function openDemo(settings: DemoSettings): Demo {
  const { forMs, seed } = settings;
  const days = Math.ceil((BEGINS_MS + forMs) / DAY_MS) + 1;
  const shop = createShop({ startMs: SHOP_OPENS_MS, days, holiday: HOLIDAY, seed });
  const workloads = shop.workloads.map(
    (workload): Workload => ({ ...workload, need: createNeed(workload.perReplica, workload.objective) }),
  );
  const timetable = demoTimetable(days, forMs);
  const forescale = openForescale({
    workloads: shop.workloads.map(({ name }) => name),
    events: shop.events,
    seed,
    refitEveryMs: REFIT_EVERY_MS,
    firstCandidates: ['seasonal-naive', 'holt-winters', 'arima'],
    signal: settings.signal,
    say: settings.say,
  });
  const changes: Change[] = [];
  let latest: Round | undefined;
  const onRound = (round: Round) => {
    latest = round;
    if (round.atMs >= SHOP_OPENS_MS + BEGINS_MS) changes.push(...changesOf(round));
  };
  const policies = [
    forescale.make('forescale', { onRound }),
    hpa('hpa:0.7', { ...defaultHpa, target: 0.7 }),
    hpa('hpa:0.5', { ...defaultHpa, target: 0.5 }),
    oracle,
  ];
  return {
    shop,
    simulation: startSimulation(workloads, timetable, policies, seed),
    timetable,
    changes,
    round: () => latest,
    learners: () => forescale.learners(timetable),
    [Symbol.asyncDispose]: () => forescale[Symbol.asyncDispose](),
  };
}

function demoTimetable(days: number, forMs: number): Timetable {
  const answer = layTimetable({
    trace: { startMs: SHOP_OPENS_MS, stepMs: STEP_MS, steps: (days * DAY_MS) / STEP_MS },
    decideMs: STEP_MS,
    warmUpMs: BEGINS_MS,
    startUp: { kind: 'fixed', ms: 0 },
    scoreUntilMs: SHOP_OPENS_MS + BEGINS_MS + forMs,
  });
  if (answer.kind === 'refused') throw new Error(answer.problems.join('\n'));
  return answer.timetable;
}

function changesOf({ atMs, outcomes }: Round): readonly Change[] {
  return outcomes.flatMap(({ decision }) => {
    if (decision.kind === 'hold') return [];
    return [{ atMs, workload: decision.ref.name, from: decision.from, to: decision.to, reasons: decision.reasons }];
  });
}
