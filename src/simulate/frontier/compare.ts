/**
 * What equal violations cost under each family of policies. One setting proves nothing: every policy buys fewer
 * violations with more replicas, so families are compared where their violations are the same.
 */
import type { DayTotals } from './day-totals.ts';
import { costAt, type Place, type Point } from './envelope.ts';
import { type Interval, middleOf, resampleDays } from './resample.ts';

export interface Candidate {
  readonly policy: string;
  readonly days: DayTotals;
}

/** A family at a level of violations. Costs are ratios to the oracle's on the same rows. */
export type FamilyAtLevel = { readonly family: string } & (
  | {
      readonly kind: 'reached';
      readonly cost_over_oracle: number;
      /** 95 % by resampled days. */
      readonly interval?: OpenInterval;
      /** The policies that it lies between, with their violating rows; the same one twice where it lies on one. */
      readonly between: readonly [PolicyRows, PolicyRows];
      /** Own cost over the yardstick's; absent where the yardstick misses the level, and for the family that is it. */
      readonly over_yardstick?: { readonly ratio: number; readonly interval?: OpenInterval };
    }
  | {
      readonly kind: 'missed';
      /** The policy that comes closest, and what it costs. */
      readonly closest: PolicyRows;
      readonly cost_over_oracle: number;
    }
);

export interface PolicyRows {
  readonly policy: string;
  readonly violation_rows: number;
}

/** An end is null where the level is missed beyond it: an upper one when more than 2.5 % of the resamples miss it. */
export interface OpenInterval {
  readonly low: number | null;
  readonly high: number | null;
}

export interface LevelReport {
  readonly violation_share: number;
  /** Violating rows that the level allows, rounded down. */
  readonly allowed_rows: number;
  /** The family that reaches it at the least cost among HPAs, constant and recent maximum; absent when none does. */
  readonly yardstick?: string;
  readonly families: readonly FamilyAtLevel[];
}

export interface FrontierReport {
  readonly rows: number;
  readonly days: number;
  readonly levels: readonly LevelReport[];
}

/** What a cluster can have without any forecast. */
const yardsticks: readonly string[] = ['hpa', 'static', 'recent-max'];
export const frontierLevels: readonly number[] = [0.01, 0.001, 0.00015];

/** The word that a policy's name starts with. */
export function familyOf(policy: string): string {
  return policy.split(':')[0]!;
}

interface Family {
  readonly name: string;
  readonly members: readonly Candidate[];
}

interface Board {
  readonly families: readonly Family[];
  readonly oracle: DayTotals;
  readonly days: number;
}

/**
 * @param oracle - days of perfect foresight, which costs are divided by
 * @param seed - of the resampled days
 * @param onProgress - share of the work that is done
 */
export function compareFamilies(
  candidates: readonly Candidate[],
  oracle: DayTotals,
  seed: number,
  onProgress: (done: number) => void = () => undefined,
): FrontierReport {
  const names = [...new Set(candidates.map(({ policy }) => familyOf(policy)))];
  const families = names.map((name) => ({
    name,
    members: candidates.filter(({ policy }) => familyOf(policy) === name),
  }));
  const board: Board = { families, oracle, days: oracle.rows.length };
  const once = new Float64Array(board.days).fill(1);
  const now = totalsOf(board, once);
  const spreads = resampled(board, now, seed, onProgress);
  const levels = frontierLevels.map((share, level) => levelReport(board, now, share, spreads?.[level]));
  return { rows: now.rows, days: board.days, levels };
}

/** Everything summed over days that count as often as `times` says. */
interface Totals {
  readonly rows: number;
  readonly oracle: number;
  readonly points: readonly (readonly Point[])[];
}

function totalsOf({ families, oracle }: Board, times: Float64Array): Totals {
  const points = families.map(({ members }) =>
    members.map(({ days }) => ({ short: weighted(days.short, times), cost: weighted(days.desired, times) })),
  );
  return { rows: weighted(oracle.rows, times), oracle: weighted(oracle.desired, times), points };
}

function weighted(values: Float64Array, times: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * times[i]!;
  return sum;
}

function placesAt({ points, rows }: Totals, share: number): readonly Place[] {
  return points.map((family) => costAt(family, share * rows));
}

const price = (place: Place) => (place.kind === 'reached' ? place.cost : Number.POSITIVE_INFINITY);

/** Which family is the yardstick among these places; -1 when none of them reaches the level. */
function yardstickOf({ families }: Board, places: readonly Place[]): number {
  let best = -1;
  families.forEach(({ name }, i) => {
    if (!yardsticks.includes(name) || places[i]!.kind === 'missed') return;
    if (best < 0 || price(places[i]!) < price(places[best]!)) best = i;
  });
  return best;
}

/** By family: intervals of the cost over the oracle's, and over the yardstick's. */
interface Spread {
  readonly cost: readonly Interval[];
  readonly ratio: readonly (Interval | undefined)[];
}

/** The same resamples for all levels; the best policies and the yardstick are found anew in each of them. */
function resampled(
  board: Board,
  now: Totals,
  seed: number,
  onProgress: (done: number) => void,
): readonly Spread[] | undefined {
  const columns = () => board.families.map((): number[] => []);
  const draws = frontierLevels.map(() => ({ cost: columns(), ratio: columns() }));
  const done = resampleDays(board.days, seed, (times, share) => {
    onProgress(share);
    const totals = totalsOf(board, times);
    if (totals.oracle === 0) return;
    draws.forEach(({ cost, ratio }, level) => {
      const places = placesAt(totals, frontierLevels[level]!);
      const yardstick = yardstickOf(board, places);
      const base = yardstick < 0 ? Number.POSITIVE_INFINITY : price(places[yardstick]!);
      places.forEach((place, i) => {
        cost[i]!.push(price(place) / totals.oracle);
        // Where both miss there is nothing to compare.
        if (place.kind === 'reached' || yardstick >= 0) ratio[i]!.push(price(place) / base);
      });
    });
  });
  if (!done || now.oracle === 0) return undefined;
  const middle = (values: readonly number[]) => (values.length > 0 ? middleOf(Float64Array.from(values)) : undefined);
  return draws.map(({ cost, ratio }) => ({ cost: cost.map((values) => middle(values)!), ratio: ratio.map(middle) }));
}

function levelReport(board: Board, now: Totals, share: number, spread: Spread | undefined): LevelReport {
  const places = placesAt(now, share);
  const yardstick = yardstickOf(board, places);
  const base = yardstick < 0 ? undefined : price(places[yardstick]!);
  const families = board.families.map((family, i) => {
    const intervals = spread && { cost: spread.cost[i]!, ratio: spread.ratio[i] };
    return atLevel(family, now, i, places[i]!, i === yardstick ? undefined : base, intervals);
  });
  const report = { violation_share: share, allowed_rows: Math.floor(share * now.rows), families };
  return yardstick < 0 ? report : { ...report, yardstick: board.families[yardstick]!.name };
}

function atLevel(
  { name, members }: Family,
  now: Totals,
  index: number,
  place: Place,
  base: number | undefined,
  spread: { readonly cost: Interval; readonly ratio: Interval | undefined } | undefined,
): FamilyAtLevel {
  const points = now.points[index]!;
  const rowsOf = (i: number): PolicyRows => ({ policy: members[i]!.policy, violation_rows: points[i]!.short });
  if (place.kind === 'missed') {
    const least = points.reduce((best, point, i) => (point.short < points[best]!.short ? i : best), 0);
    const cost = points[least]!.cost / now.oracle;
    return { family: name, kind: 'missed', closest: rowsOf(least), cost_over_oracle: cost };
  }
  const ratio = base !== undefined && {
    over_yardstick: { ratio: place.cost / base, ...(spread?.ratio && { interval: open(spread.ratio) }) },
  };
  return {
    family: name,
    kind: 'reached',
    cost_over_oracle: place.cost / now.oracle,
    ...(spread && { interval: open(spread.cost) }),
    between: [rowsOf(place.points[0]), rowsOf(place.points[1])],
    ...ratio,
  };
}

/** JSON has no infinity. */
function open({ low, high }: Interval): OpenInterval {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return { low: finite(low), high: finite(high) };
}
