/** Running scores of quantile forecasts: weighted quantile loss and coverage, also by hour of day and on ramps. */
import { rampKinds } from '../../../src/evaluate/ramps.ts';
import type { Hits } from './coverage-noise.ts';

/** Where a target lies, known before it happens. */
export interface Place {
  readonly hour: number;
  /** Index into `rampKinds`. */
  readonly ramp: number;
  /** Any numbering of days. */
  readonly day: number;
}

export interface Tally {
  /** @param quantiles - one per level, ascending; a missing outcome counts nowhere */
  add(y: number, quantiles: readonly number[], place: Place): void;
  /** `mean over levels of 2·Σρ / Σ|y|`. */
  weightedQuantileLoss(): number;
  /** Outcomes between two of the levels, by hour of day and by kind of ramp, each by day; days without outcomes are left out. */
  coverage(lower: number, upper: number): Coverage;
  /** Outcomes above the quantile of a level. */
  above(level: number): Hits;
}

export interface Coverage {
  readonly all: Hits;
  readonly hours: readonly (readonly Hits[])[];
  readonly ramps: readonly (readonly Hits[])[];
}

const HOURS = 24;

export function newTally(levels: readonly number[]): Tally {
  const places = HOURS * rampKinds.length;
  // By day and place: how many outcomes fell between level j−1 and level j. A band holds its ends: of the places of an outcome
  // that equals quantiles, as the zeros of a load that idles do, the one nearest to the median counts.
  const bins = new Map<number, readonly Uint32Array[]>();
  const middle = levels.findLastIndex((level) => level <= 0.5);
  let [loss, magnitude] = [0, 0];

  function binsOf(day: number): readonly Uint32Array[] {
    const known = bins.get(day) ?? Array.from({ length: places }, () => new Uint32Array(levels.length + 1));
    bins.set(day, known);
    return known;
  }

  const hitsOf = (rows: readonly Uint32Array[], from: number, to: number): Hits => {
    let [inside, count] = [0, 0];
    for (const row of rows) {
      for (let j = 0; j < row.length; j++) {
        count += row[j]!;
        if (j > from && j <= to) inside += row[j]!;
      }
    }
    return { inside, count };
  };
  const daily = (pick: (place: number) => boolean, from: number, to: number): readonly Hits[] =>
    [...bins.values()]
      .map((day) =>
        hitsOf(
          day.filter((_, place) => pick(place)),
          from,
          to,
        ),
      )
      .filter(({ count }) => count > 0);

  return {
    add(y, quantiles, { hour, ramp, day }) {
      if (!Number.isFinite(y)) return;
      magnitude += Math.abs(y);
      let [below, reached] = [0, 0];
      for (let j = 0; j < levels.length; j++) {
        const error = y - quantiles[j]!;
        loss += (2 * (error >= 0 ? levels[j]! * error : (levels[j]! - 1) * error)) / levels.length;
        if (error > 0) below = j + 1;
        if (error >= 0) reached = j + 1;
      }
      binsOf(day)[hour * rampKinds.length + ramp]![Math.max(below, Math.min(reached, middle))]! += 1;
    },
    weightedQuantileLoss: () => loss / (magnitude || 1),
    coverage(lower, upper) {
      const [from, to] = [levels.indexOf(lower), levels.indexOf(upper)];
      return {
        all: hitsOf([...bins.values()].flat(), from, to),
        hours: Array.from({ length: HOURS }, (_, h) => daily((p) => Math.floor(p / rampKinds.length) === h, from, to)),
        ramps: rampKinds.map((_, r) => daily((p) => p % rampKinds.length === r, from, to)),
      };
    },
    above: (level) => hitsOf([...bins.values()].flat(), levels.indexOf(level), levels.length),
  };
}
