/**
 * Holds the share of time in violation at what is aimed for, by the miss rate that is planned with.
 *
 *     start:   the miss rate that meets the aim in the replay of the last fit
 *     then:    every step, ln(miss rate) −= gain · clip(burn − 1) per day, burn = violations of the last day ÷ aim
 *
 * The error budget of SRE practice (Beyer et al., The Site Reliability Workbook, 2018, ch. 5), followed continuously. A
 * step in violation is one in which fewer replicas served than the load needed, whoever was to blame; before there is a
 * forecaster no level is to blame, and nothing counts. Missing data spends nothing and loosens nothing; and while less
 * than a quarter of 28 days' budget is left nothing loosens either.
 */
import { replicasFor } from '../capacity/replicas-for.ts';
import type { WorkloadFacts } from '../domain/facts.ts';
import type { LevelReplay } from '../domain/forecast.ts';
import type { AimMemory } from '../domain/plan.ts';
import { endMs, knownBy, type TimeSeries } from '../domain/time-series.ts';
import { levelFor } from './levels.ts';

const DAY_MS = 86_400_000;
const BUDGET_DAYS = 28;
/** Change of ln(miss rate) per violation that the aim allows, and its bounds per day: a clean day loosens by so much. */
const GAIN = 0.1;
const GAIN_BOUNDS = [0.1, 0.3] as const;
/** The worst day tightens by this many times the gain of a day. */
const MOST_BURN = 3;
/** The controller corrects the replay by at most these factors, as logarithms. */
const OFFSET_BOUNDS = [-2.5, 1.5] as const;
const LEAST_BUDGET_LEFT = 0.25;
/** A start counts as half spent: nothing is known of the days before. */
const SPENT_AT_START = 0.5;

/** Replays of about this many days are put together. */
const POOLED_DAYS = 14;
/** Violations that a replay must have room for, to say something about a share. */
const LEAST_EXPECTED = 10;
/** Weight of the plain miss rate (= the aim) beside the replay, in violations. */
const PRIOR_VIOLATIONS = 3;
/** The start is at most this factor away from the aim. */
const MOST_FACTOR = 10;

/**
 * The miss rate to start with: the largest one whose share of short steps in the replay stays at the aim. A replay too
 * short to show so small a share is read at the smallest one that it can show, and the factor found there is used.
 */
export function missRateToStart(violationShare: number, replay?: LevelReplay): number {
  if (!replay) return violationShare;
  const share = Math.min(0.5, Math.max(violationShare, LEAST_EXPECTED / replay.steps));
  const factor = Math.log(missRateAt(replay, share) / share);
  const expected = share * replay.steps;
  const bounded = Math.min(Math.log(MOST_FACTOR), Math.max(-Math.log(MOST_FACTOR), factor));
  return violationShare * Math.exp((bounded * expected) / (expected + PRIOR_VIOLATIONS));
}

/** Interpolated on logarithms; beyond the ladder its ends count. */
function missRateAt({ steps, missRates, shortShares }: LevelReplay, share: number): number {
  const logShare = (i: number) => Math.log(Math.max(shortShares[i]!, 0.5 / steps));
  const above = shortShares.findIndex((short) => short > share);
  if (above < 0) return missRates[missRates.length - 1]!;
  if (above === 0) return missRates[0]!;
  const [low, high] = [Math.log(missRates[above - 1]!), Math.log(missRates[above]!)];
  const way = (Math.log(share) - logShare(above - 1)) / (logShare(above) - logShare(above - 1));
  return Math.exp(low + way * (high - low));
}

/** The level to plan with. */
export function levelOf({ violationShare, replay, offset }: AimMemory): number {
  return levelFor(missRateToStart(violationShare, replay) * Math.exp(offset));
}

/** The aim at this round: judged on what ended since the last one, and on a new replay where there is one. */
export function aimAt(facts: WorkloadFacts, nowMs: number): AimMemory {
  const { spec, memory, replay, capacity } = facts;
  const series = capacity && facts.series[capacity.driver];
  const kept = memory.aim?.violationShare === spec.violationShare ? memory.aim : undefined;
  if (!series) return kept ?? freshAim(spec.violationShare, DAY_MS);
  const aim = kept ?? freshAim(spec.violationShare, series.stepMs);
  const based = replay ? withReplay(aim, replay, series.stepMs) : aim;
  return judged(based, facts, knownBy(series, nowMs));
}

function freshAim(violationShare: number, stepMs: number): AimMemory {
  const budget = (violationShare * BUDGET_DAYS * DAY_MS) / stepMs;
  return { violationShare, offset: 0, spentSteps: SPENT_AT_START * budget, dayBurn: 1, judgedMs: 0 };
}

/** Adds a replay to those before it, which overlap with it: only the steps since the last one are new. */
function withReplay(aim: AimMemory, replay: NonNullable<AimMemory['replay']>, stepMs: number): AimMemory {
  const before = aim.replay;
  if (!before) return { ...aim, replay };
  const { trainedThroughMs } = replay;
  const fresh = Math.min(replay.steps, (trainedThroughMs - before.trainedThroughMs) / stepMs);
  if (fresh <= 0) return aim;
  const old = Math.min(before.steps, (POOLED_DAYS * DAY_MS) / stepMs);
  const steps = old + fresh;
  const shortShares = before.shortShares.map((share, i) => (old * share + fresh * replay.shortShares[i]!) / steps);
  return { ...aim, replay: { steps, missRates: replay.missRates, shortShares, trainedThroughMs } };
}

function judged(aim: AimMemory, { capacity, forecaster }: WorkloadFacts, known: TimeSeries): AimMemory {
  const end = endMs(known);
  if (end <= aim.judgedMs) return aim;
  const { served, ...rest } = aim;
  const load = known.values[known.values.length - 1];
  const isKnown = load !== undefined && Number.isFinite(load) && served !== undefined;
  if (!isKnown || !forecaster || !capacity || capacity.source === 'none') return { ...rest, judgedMs: end };
  const isShort = served < replicasFor(capacity, Math.max(0, load));
  const after = { ...rest, ...spent(aim, isShort, known.stepMs), judgedMs: end };
  return { ...after, offset: corrected(after, known.stepMs) };
}

function spent(aim: AimMemory, isShort: boolean, stepMs: number): Pick<AimMemory, 'spentSteps' | 'dayBurn'> {
  const stepsPerDay = DAY_MS / stepMs;
  const burn = isShort ? 1 / aim.violationShare : 0;
  return {
    spentSteps: aim.spentSteps * (1 - 1 / (BUDGET_DAYS * stepsPerDay)) + (isShort ? 1 : 0),
    dayBurn: aim.dayBurn + (burn - aim.dayBurn) / stepsPerDay,
  };
}

/** Share of 28 days' budget that is left; below 0 when overspent. */
export function budgetLeft({ violationShare, spentSteps }: AimMemory, stepMs: number): number {
  return 1 - (spentSteps * stepMs) / (violationShare * BUDGET_DAYS * DAY_MS);
}

function corrected(aim: AimMemory, stepMs: number): number {
  const excess = Math.min(MOST_BURN, aim.dayBurn - 1);
  if (excess < 0 && budgetLeft(aim, stepMs) < LEAST_BUDGET_LEFT) return aim.offset;
  const allowedPerDay = (aim.violationShare * DAY_MS) / stepMs;
  const gainPerDay = Math.min(GAIN_BOUNDS[1], Math.max(GAIN_BOUNDS[0], GAIN * allowedPerDay));
  const offset = aim.offset - (gainPerDay * excess * stepMs) / DAY_MS;
  return Math.min(OFFSET_BOUNDS[1], Math.max(OFFSET_BOUNDS[0], offset));
}

/** After the decision: the fewest replicas that serve until the next round, together with the rounds before it. */
export function afterDecision(aim: AimMemory, ready: number | undefined, to: number, underHpa: boolean): AimMemory {
  if (ready === undefined) return aim;
  const serving = underHpa ? ready : Math.min(ready, to);
  return { ...aim, served: Math.min(aim.served ?? Number.MAX_SAFE_INTEGER, serving) };
}
