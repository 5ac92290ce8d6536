/**
 * What the machinery around the experts is worth. One pass over a case with the online experts alone, without refits, so that
 * parts can be exchanged and contenders compared.
 */
import { defaultExperts } from '../../../src/domain/fleet.ts';
import { startAggregate } from '../../../src/forecast/aggregate/aggregate.ts';
import type { WeightRule } from '../../../src/forecast/aggregate/boa.ts';
import { forecastCurve } from '../../../src/forecast/aggregate/forecast-curve.ts';
import { placeMixed } from '../../../src/forecast/aggregate/mixed-levels.ts';
import { startMixture } from '../../../src/forecast/aggregate/mixture.ts';
import { type Parts, powerOf } from '../../../src/forecast/aggregate/parts.ts';
import { expertsOf, membersOf } from '../../../src/forecast/aggregate/roster.ts';
import { openStateStore } from '../../../src/forecast/aggregate/state-store.ts';
import { startCeiling } from '../../../src/forecast/ceiling.ts';
import { startOutlierBound } from '../../../src/forecast/preparation/outliers.ts';
import { fitTransform } from '../../../src/forecast/transform.ts';
import type { Course } from './follow.ts';
import { newTally } from './tally.ts';

export type Amend = (parts: Parts) => Parts;

/** Every expert has the same weight for ever. */
function evenRule(_rows: number, experts: number): WeightRule {
  return {
    learn: () => undefined,
    weigh: (_, out, from) => void out.fill(1 / experts, from, from + experts),
    fade: () => undefined,
  };
}

/** The expert that has gained most against the mixture has all the weight. */
function leaderRule(rows: number, experts: number): WeightRule {
  const gain = new Float64Array(rows * experts);
  return {
    learn(row, regrets, keep) {
      for (let k = 0; k < experts; k++) {
        const at = row * experts + k;
        if (!Number.isNaN(regrets[k]!)) gain[at] = keep * gain[at]! + regrets[k]!;
      }
    },
    weigh(row, out, from) {
      const own = gain.subarray(row * experts, (row + 1) * experts);
      out.fill(0, from, from + experts);
      out[from + own.indexOf(Math.max(...own))] = 1;
    },
    fade: () => undefined,
  };
}

function weighedBy(rule: (rows: number, experts: number) => WeightRule): Amend {
  return (parts) => {
    const { plan, panel, settings } = parts;
    const power = () => powerOf(settings.transform);
    return { ...parts, mixture: startMixture(plan.blocks, panel.names.length, openStateStore(), power, rule) };
  };
}

/** Quantiles as the mixture has them: each expert's own residuals, but no offset. */
const uncalibrated: Amend = (parts) => {
  const [own, ...yardsticks] = parts.layers;
  return { ...parts, layers: [{ ...own!, quantiles: (_, centres, out) => out.set(centres) }, ...yardsticks] };
};

export const machinery: { readonly [variant: string]: Amend } = {
  'learned weights (even ones instead)': weighedBy(evenRule),
  'mixing (the best expert so far instead)': weighedBy(leaderRule),
  calibration: uncalibrated,
};

const DAY_MS = 86_400_000;

/** Index into CONTENDERS. */
type Choose = (parts: Parts) => number;
const theAggregate: Choose = () => 0;

/** Weighted quantile loss of the aggregate itself, whatever acts, at each distance ahead. */
export function lossesWith(course: Course, amend?: Amend): readonly number[] {
  return lossesOf(course, [theAggregate], amend)[0]!;
}

/** Weighted quantile losses of some choices of a contender, at each distance ahead. */
export function lossesOf(
  course: Course,
  choices: readonly Choose[],
  amend: Amend = (parts) => parts,
): readonly (readonly number[])[] {
  const { series, from, to, horizons, levels, windowSteps, originEvery = 1 } = course;
  const { stepMs, startMs, values } = series;
  const first = Math.max(0, from - windowSteps);
  const day = Math.round(DAY_MS / stepMs);
  const seasons = [day, 7 * day];
  const transform = fitTransform(values.subarray(first, from), seasons);
  const firstStep = Math.round(startMs / stepMs) + first;
  const experts = expertsOf(membersOf(defaultExperts, []), {});
  const settings = { stepMs, seasons, horizonSteps: horizons.at(-1)!, transform, firstStep, firstScale: 0.5, experts };
  const aggregate = startAggregate(settings, undefined, amend);
  const outliers = startOutlierBound(stepMs);
  const ceiling = startCeiling(day, horizons.at(-1)!);
  const places = levels.map(placeMixed);
  const tallies = choices.map(() => horizons.map(() => newTally(levels)));
  for (let known = first + 1; known < to; known++) {
    const believed = outliers.bound(values[known - 1]!);
    aggregate.observe(believed, 'ok', ceiling.value());
    ceiling.observe(Number.isFinite(believed) ? Math.max(0, believed) : Number.NaN);
    if (known < from || known % originEvery !== 0) continue;
    for (const [c, choose] of choices.entries()) {
      const curve = aggregate.curve(choose(aggregate.parts), horizons.at(-1)!, places);
      const { quantiles } = forecastCurve(curve, levels, transform, ceiling.value());
      for (const [i, ahead] of horizons.entries()) {
        const target = known + ahead - 1;
        const row = quantiles.map((q) => q[ahead - 1]!);
        if (target < to) tallies[c]![i]!.add(values[target]!, row, { hour: 0, ramp: 0, day: 0 });
      }
    }
  }
  return tallies.map((each) => each.map((tally) => tally.weightedQuantileLoss()));
}
