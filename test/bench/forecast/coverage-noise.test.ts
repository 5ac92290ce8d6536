import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { normal } from '../../forecast/made-series.ts';
import {
  beyondDailyNoise,
  beyondIndependentNoise,
  dailyNoise,
  type Hits,
  studentScore,
  typicalError,
} from './coverage-noise.ts';

const HOURS = 24;
const MINUTES = 60;
/** Two-sided bounds of a standard normal. */
const BOUND = { 0.9: 1.6449, 0.95: 1.96, 0.99: 2.5758 } as const;

/**
 * Hours of days of minutes of an AR(1) with unit variance, against its exact central bands.
 *
 * @param boundOf - half of the band at an hour
 */
function made(seed: number, days: number, phi: number, boundOf: (hour: number) => number): Hits[][] {
  const gauss = normal(seed);
  const groups: Hits[][] = Array.from({ length: HOURS }, () => []);
  let z = gauss();
  for (let hour = 0; hour < days * HOURS; hour++) {
    let inside = 0;
    for (let t = 0; t < MINUTES; t++) {
      z = phi * z + Math.sqrt(1 - phi * phi) * gauss();
      if (Math.abs(z) <= boundOf(hour % HOURS)) inside += 1;
    }
    groups[hour % HOURS]!.push({ inside, count: MINUTES });
  }
  return groups;
}

function shareAbove(tables: number, excess: (seed: number) => number): number {
  let above = 0;
  for (let seed = 1; seed <= tables; seed++) if (excess(seed) > 0) above += 1;
  return above / tables;
}

describe('noise of coverage by hour', () => {
  it('by day: exact quantiles of minutes that remember 20 minutes are above it in at most 5 % of tables of 28 days, and of 7', () => {
    for (const days of [28, 7]) {
      const share = shareAbove(150, (seed) =>
        beyondDailyNoise(
          made(seed, days, 0.95, () => BOUND[0.9]),
          0.9,
        ),
      );
      assert.ok(share <= 0.05 + 2 * Math.sqrt((0.05 * 0.95) / 150), `${days} days: ${share}`);
    }
  });

  it('by day: it holds at 99 % too, where most days have no miss and a few have twenty', () => {
    const share = shareAbove(150, (seed) =>
      beyondDailyNoise(
        made(seed, 14, 0.95, () => BOUND[0.99]),
        0.99,
      ),
    );
    assert.ok(share <= 0.05 + 2 * Math.sqrt((0.05 * 0.95) / 150), `${share}`);
  });

  it('independent: the same exact quantiles are above it in more than 90 % of tables', () => {
    const share = shareAbove(50, (seed) =>
      beyondIndependentNoise(
        made(seed, 28, 0.95, () => BOUND[0.9]),
        0.9,
      ),
    );
    assert.ok(share > 0.9, `${share}`);
  });

  it('by day: an hour that is off by 5 points is found in 9 of 10 tables of 28 days of minutes that remember little', () => {
    const share = shareAbove(50, (seed) =>
      beyondDailyNoise(
        made(seed, 28, 0.3, (hour) => (hour === 9 ? BOUND[0.95] : BOUND[0.9])),
        0.9,
      ),
    );
    assert.ok(share >= 0.9, `${share}`);
  });

  it('typical: 12 hours off by 5 points are 3.5 points typically, within 1, however long the minutes remember', () => {
    for (const phi of [0.3, 0.95]) {
      const groups = made(3, 56, phi, (hour) => (hour < 12 ? BOUND[0.95] : BOUND[0.9]));
      const typical = typicalError(groups, 0.9);
      assert.ok(Math.abs(typical - 5 / Math.SQRT2) < 1, `${phi}: ${typical}`);
    }
  });

  it('says what it cannot see: over 28 days of minutes that remember 20 minutes an hour must be off by 4 to 12 points', () => {
    const long = dailyNoise(
      made(5, 28, 0.95, () => BOUND[0.9]),
      0.9,
    );
    const short = dailyNoise(
      made(5, 7, 0.95, () => BOUND[0.9]),
      0.9,
    );
    assert.ok(long > 4 && long < 12 && short > 2 * long, `${long}, ${short}`);
  });

  it('leaves out what has a single day, fewer than 100 outcomes, or 50 by day', () => {
    const bad = { inside: 0, count: 50 };
    const few = { inside: 0, count: 24 };
    assert.equal(beyondDailyNoise([[few, few]], 0.9), 0);
    assert.equal(beyondDailyNoise([[{ inside: 0, count: 1000 }]], 0.9), 0);
    assert.equal(beyondIndependentNoise([[bad]], 0.9), 0);
    assert.equal(typicalError([], 0.9), 0);
    assert.equal(beyondIndependentNoise([[bad, bad]], 0.9), 100 * (0.9 - 2 * Math.sqrt(0.09 / 100)));
  });
});

describe('studentScore', () => {
  it('is that of printed tables at 1, 2, 3, 9, 10 and 30 degrees of freedom', () => {
    const table = [
      [0.975, 1, 12.706],
      [0.975, 2, 4.303],
      [0.975, 3, 3.182],
      [0.995, 9, 3.25],
      [0.975, 10, 2.228],
      [0.9995, 30, 3.646],
    ] as const;
    for (const [level, degrees, score] of table) {
      assert.ok(Math.abs(studentScore(level, degrees) - score) < 0.001, `${degrees}`);
    }
  });
});
