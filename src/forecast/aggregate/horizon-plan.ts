/** Which horizons an aggregate follows, which of them share weights, and how many forecasts wait for their outcome. */

export interface HorizonPlan {
  /** Tracked horizons in steps, ascending, from 1 on. */
  readonly horizons: readonly number[];
  /** Block of each horizon; blocks are numbered from 0 without holes. */
  readonly blockOf: readonly number[];
  readonly blocks: number;
  /** Reach of each horizon: two neighbouring blocks, for what needs more outcomes than one block has. */
  readonly reachOf: readonly number[];
  readonly reaches: number;
  /** An origin is kept for a horizon when its step number is a multiple of this. */
  readonly strides: readonly number[];
  /** Origins so far apart count as independent: what learns from regrets takes only those. Multiples of the strides. */
  readonly turns: readonly number[];
  /** Stride ÷ turn: how much an outcome counts among its neighbours, which are nearly the same outcome. */
  readonly shares: readonly number[];
  /** Origins that can wait at the same time, by horizon. */
  readonly capacities: readonly number[];
}

const MINUTE_MS = 60_000;
const MINUTES = [15, 30, 60, 120, 240, 480, 1440] as const;
/** Upper edges of the blocks, in minutes; the last is open. */
const BLOCK_MINUTES = [2, 5, 15, 60] as const;
/** Horizons further apart than this factor get others between them, each this much longer than the one before. */
const WIDEST_GAP = 3.1;
const GROWTH = 1.6;
/** Origins within a horizon that count as independent; as many wait for each horizon. */
const INDEPENDENT = 3;
/**
 * As many wait for a horizon of up to an hour, which capacity is planned with: a forecast in five cannot calibrate each hour
 * of a day. Each costs memory, a median per expert.
 */
const MOST_DENSE = 12;
const DENSE_MS = 60 * MINUTE_MS;

/**
 * About geometric from one step to 24 hours, or to `horizonSteps` when that is further.
 *
 * @throws RangeError when the horizon is not an integer ≥ 1
 */
export function planHorizons(stepMs: number, horizonSteps: number): HorizonPlan {
  if (!(Number.isInteger(horizonSteps) && horizonSteps >= 1)) {
    throw new RangeError(`horizon of ${horizonSteps} steps: expected an integer ≥ 1`);
  }
  const horizons = trackedSteps(stepMs, horizonSteps);
  const edges = horizons.map((h) => BLOCK_MINUTES.findIndex((minutes) => h * stepMs <= minutes * MINUTE_MS));
  const used = [...new Set(edges)];
  const blockOf = edges.map((edge) => used.indexOf(edge));
  const strides = horizons.map((h) => Math.ceil(h / (h * stepMs <= DENSE_MS ? MOST_DENSE : INDEPENDENT)));
  const turns = horizons.map((h, i) => strides[i]! * Math.round(Math.ceil(h / INDEPENDENT) / strides[i]!));
  return {
    horizons,
    blockOf,
    blocks: used.length,
    reachOf: blockOf.map((block) => block >> 1),
    reaches: ((used.length - 1) >> 1) + 1,
    strides,
    turns,
    shares: strides.map((stride, i) => stride / turns[i]!),
    capacities: horizons.map((h, i) => Math.ceil(h / strides[i]!)),
  };
}

/** The times that people ask for, the end, and steps between them wherever a gap is wide. */
function trackedSteps(stepMs: number, horizonSteps: number): readonly number[] {
  const last = Math.max(1, horizonSteps, Math.floor((24 * 60 * MINUTE_MS) / stepMs));
  const timed = MINUTES.map((minutes) => Math.round((minutes * MINUTE_MS) / stepMs));
  const steps = [1];
  for (const next of [...timed.filter((h) => h > 1 && h < last), last]) {
    for (let h = step(steps.at(-1)!); next > WIDEST_GAP * steps.at(-1)!; h = step(h)) steps.push(h);
    if (next > steps.at(-1)!) steps.push(next);
  }
  return steps;
}

const step = (h: number) => Math.max(h + 1, Math.round(h * GROWTH));

/** Index of the first tracked horizon that is as long as `steps`; the last one beyond. */
export function nearestHorizon({ horizons }: HorizonPlan, steps: number): number {
  let i = 0;
  while (i < horizons.length - 1 && horizons[i]! < steps) i += 1;
  return i;
}
