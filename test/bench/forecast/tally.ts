/** Running scores of quantile forecasts: weighted quantile loss and coverage, also by hour of day and on ramps. */
import { rampKinds } from '../../../src/evaluate/ramps.ts';

/** Where a target lies, known before it happens. */
export interface Place {
  readonly hour: number;
  /** Index into `rampKinds`. */
  readonly ramp: number;
}

/** Outcomes inside a band, and how many there were. */
export interface Hits {
  readonly inside: number;
  readonly count: number;
}

export interface Tally {
  /** @param quantiles - one per level, ascending; a missing outcome counts nowhere */
  add(y: number, quantiles: readonly number[], place: Place): void;
  /** `mean over levels of 2·Σρ / Σ|y|`. */
  weightedQuantileLoss(): number;
  /** Coverage of the band between two of the levels: overall, by hour of day, by kind of ramp. */
  coverage(
    lower: number,
    upper: number,
  ): {
    readonly all: Hits;
    readonly hours: readonly Hits[];
    readonly ramps: readonly Hits[];
  };
}

const HOURS = 24;

export function newTally(levels: readonly number[]): Tally {
  const places = HOURS * rampKinds.length;
  // How many outcomes of a place fell between level j−1 and level j.
  const bins = Array.from({ length: places }, () => new Uint32Array(levels.length + 1));
  let [loss, magnitude] = [0, 0];
  const hits = (pick: (place: number) => boolean, from: number, to: number): Hits => {
    let [inside, count] = [0, 0];
    for (const [place, row] of bins.entries()) {
      if (!pick(place)) continue;
      for (let j = 0; j < row.length; j++) {
        count += row[j]!;
        if (j > from && j <= to) inside += row[j]!;
      }
    }
    return { inside, count };
  };
  return {
    add(y, quantiles, { hour, ramp }) {
      if (!Number.isFinite(y)) return;
      magnitude += Math.abs(y);
      let below = 0;
      for (let j = 0; j < levels.length; j++) {
        const error = y - quantiles[j]!;
        loss += (2 * (error >= 0 ? levels[j]! * error : (levels[j]! - 1) * error)) / levels.length;
        if (error > 0) below = j + 1;
      }
      bins[hour * rampKinds.length + ramp]![below]! += 1;
    },
    weightedQuantileLoss: () => loss / (magnitude || 1),
    coverage(lower, upper) {
      const [from, to] = [levels.indexOf(lower), levels.indexOf(upper)];
      return {
        all: hits(() => true, from, to),
        hours: Array.from({ length: HOURS }, (_, h) => hits((p) => Math.floor(p / rampKinds.length) === h, from, to)),
        ramps: rampKinds.map((_, r) => hits((p) => p % rampKinds.length === r, from, to)),
      };
    },
  };
}
