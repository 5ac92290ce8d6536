/**
 * What each level would have meant in violations, on load that the model had not seen. The miss rate of a bound and
 * the share of time in violation are not the same: needs are whole replicas, the largest of the window counts, a hold
 * keeps more than is wanted and the last step is a floor. How far they differ depends on the load, so it is tried out.
 */
import { createNeedTable } from '../capacity/need-table.ts';
import type { LevelReplay, Serving } from '../domain/forecast.ts';
import type { HeldOut } from '../forecast/fit.ts';
import { startForecaster } from '../forecast/start.ts';

const MISS_RATES = [0.0001, 0.0003, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5] as const;
/** Ascending, as a forecast is asked for them. */
const LEVELS = MISS_RATES.map((rate) => 1 - rate).reverse();

/**
 * One decision a step, by the rules that matter for violations: forecast and reaction, the hold, the start-up. A step whose
 * load was cut off is not judged: what was served then says that enough was there, whatever was asked for.
 *
 * @returns undefined when no step of the part that was held out has a sample that can be judged
 */
export function replayLevels(heldOut: HeldOut, serving: Serving): LevelReplay | undefined {
  const { fromIndex, history, marks } = heldOut;
  const need = createNeedTable(serving.capacity);
  const loads = history.values.subarray(fromIndex - 1);
  const needed = Array.from(loads, (load) => (Number.isFinite(load) ? need(Math.max(0, load)) : undefined));
  const judged = needed.slice(1).map((count, i) => (marks?.[fromIndex + i] === 'censored' ? undefined : count));
  const steps = judged.filter((count) => count !== undefined).length;
  if (steps === 0) return undefined;
  const shares = forecastNeeds(heldOut, serving, need).map(
    (counts) => shortSteps(counts, needed, judged, serving, history.stepMs) / steps,
  );
  return { steps, missRates: MISS_RATES, shortShares: shares.reverse() };
}

/** A replay stands for the newest days: what is older than this counts less. */
const REMEMBERED_MS = 4 * 86_400_000;

/** One day that a refit is about says little of a rate of 0.1 %, so the replays of earlier days count on. */
export function joinReplays(
  before: LevelReplay | undefined,
  fresh: LevelReplay | undefined,
  stepMs: number,
): LevelReplay | undefined {
  if (!before || !fresh || before.missRates.join() !== fresh.missRates.join()) return fresh ?? before;
  const room = Math.max(0, Math.round(REMEMBERED_MS / stepMs) - fresh.steps);
  const old = Math.min(before.steps, room);
  const steps = old + fresh.steps;
  const shortShares = fresh.shortShares.map((share, i) => (share * fresh.steps + before.shortShares[i]! * old) / steps);
  return { ...fresh, steps, shortShares };
}

/** For each level the replicas that the forecast of the window needs, at the beginning of each step held out. */
function forecastNeeds(
  { model, history, fromIndex, marks, fleet }: HeldOut,
  { leadMs, loopMs }: Serving,
  need: (load: number) => number,
): readonly Float64Array[] {
  const { stepMs, values } = history;
  const windowSteps = Math.max(1, Math.ceil((leadMs + loopMs) / stepMs));
  const markAt = (index: number) => marks?.[index] ?? 'ok';
  const forecaster = startForecaster(model, { ...history, values: values.subarray(0, fromIndex) }, markAt, fleet);
  const needs = LEVELS.map(() => new Float64Array(values.length - fromIndex));
  for (let t = fromIndex; t < values.length; t++) {
    const { quantiles } = forecaster.forecast(windowSteps, LEVELS);
    for (let j = 0; j < LEVELS.length; j++) needs[j]![t - fromIndex] = need(Math.max(0, ...quantiles[j]!));
    forecaster.observe(values[t]!, markAt(t));
  }
  return needs;
}

type Need = number | undefined;

/** @param before - needs of the steps before; where the last one is missing nothing shrinks. */
function shortSteps(
  byForecast: Float64Array,
  before: readonly Need[],
  needed: readonly Need[],
  { leadMs, holdMs }: Serving,
  stepMs: number,
): number {
  const holdSteps = Math.max(1, Math.ceil(holdMs / stepMs));
  const leadSteps = Math.ceil(leadMs / stepMs);
  const wanted = new Float64Array(byForecast.length);
  const desired = new Float64Array(byForecast.length);
  let short = 0;
  for (let t = 0; t < byForecast.length; t++) {
    wanted[t] = Math.max(byForecast[t]!, before[t] ?? desired[t - 1] ?? 1);
    desired[t] = Math.max(...wanted.subarray(Math.max(0, t + 1 - holdSteps), t + 1));
    const ready = Math.min(...desired.subarray(Math.max(0, t - leadSteps), t + 1));
    if (ready < (needed[t] ?? 0)) short += 1;
  }
  return short;
}
