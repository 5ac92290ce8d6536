/** Everything about the width of a forecast: levels, tails, calibration, its tracker, transform. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { backTest, type Calibration, fitCalibration } from '../../src/forecast/calibration.ts';
import { startCalibrator } from '../../src/forecast/calibrator.ts';
import { placeHorizon, trackedHorizons } from '../../src/forecast/horizons.ts';
import { GRID, MEAN_WEIGHTS, normalScore, PRIOR_QUANTILES, placeLevel } from '../../src/forecast/levels.ts';
import { pendingMedians } from '../../src/forecast/pending-medians.ts';
import { startSeasonalNaive } from '../../src/forecast/seasonal-naive.ts';
import { fitTail, shiftTail, tailExcess } from '../../src/forecast/tails.ts';
import { fitTransform, fromZ, toZ } from '../../src/forecast/transform.ts';
import { normal, uniform } from './made-series.ts';

describe('levels', () => {
  it('normalScore equals tables at 0.5, 0.975 and 0.9999', () => {
    assert.ok(Math.abs(normalScore(0.5)) < 1e-9);
    assert.ok(Math.abs(normalScore(0.975) - 1.959963985) < 1e-8);
    assert.ok(Math.abs(normalScore(0.9999) - 3.719016485) < 1e-8);
    assert.ok(Math.abs(normalScore(0.001) + 3.090232306) < 1e-8);
  });

  it('the prior is Student t with 4 degrees of freedom: 1.533 at 0.9, 3.747 at 0.99', () => {
    assert.ok(Math.abs(PRIOR_QUANTILES[GRID.indexOf(0.9)]! - 1.5332) < 1e-4);
    assert.ok(Math.abs(PRIOR_QUANTILES[GRID.indexOf(0.99)]! - 3.7469) < 1e-4);
  });

  it('weights of the mean sum to 1', () => {
    assert.ok(Math.abs(MEAN_WEIGHTS.reduce((a, b) => a + b) - 1) < 1e-12);
  });

  it('places 0.9 on the grid, 0.9999 in the upper tail and 0.001 in the lower', () => {
    const place = placeLevel(0.9);
    assert.equal(place.kind, 'inside');
    assert.equal(placeLevel(0.9999).kind, 'upper-tail');
    assert.equal(placeLevel(0.001).kind, 'lower-tail');
    for (const bad of [0, 1, -1, Number.NaN]) assert.throws(() => placeLevel(bad), RangeError);
  });
});

describe('tails', () => {
  it('recovers ξ = 0.2 and β = 2 of a generalised Pareto law within 0.05 and 5 % from 20,000 excesses', () => {
    const next = uniform(5);
    const tail = fitTail(Array.from({ length: 20_000 }, () => (2 / 0.2) * (next() ** -0.2 - 1)));
    assert.ok(Math.abs(tail.shape - 0.2) < 0.05, `${tail.shape}`);
    assert.ok(Math.abs(tail.scale - 2) < 0.1, `${tail.scale}`);
  });

  it('is exponential with fewer than 20 excesses: β is their mean', () => {
    assert.deepEqual(fitTail([1, 2, 3]), { shape: 0, scale: 2 });
    assert.deepEqual(fitTail([]), { shape: 0, scale: 0 });
  });

  it('keeps the shape at 0.4 on excesses with an infinite mean', () => {
    const next = uniform(2);
    assert.equal(fitTail(Array.from({ length: 5000 }, () => next() ** -1.5)).shape, 0.4);
  });

  it('exceeds its threshold by 0 with probability 1 and by β·ln 100 with 1 % when exponential', () => {
    assert.ok(Math.abs(tailExcess({ shape: 0, scale: 2 }, 1)) < 1e-12);
    assert.ok(Math.abs(tailExcess({ shape: 0, scale: 2 }, 0.01) - 2 * Math.log(100)) < 1e-12);
  });

  it('seen from a threshold further out gives the same far quantile', () => {
    const tail = { shape: 0.2, scale: 2 };
    const near = tailExcess(tail, 0.1);
    const far = near + tailExcess(shiftTail(tail, near), 0.01);
    assert.ok(Math.abs(far - tailExcess(tail, 0.001)) < 1e-9);
  });
});

describe('horizons', () => {
  it('tracks 1, 2, 3, 4, 6, 8, 10 for a horizon of 10, only 1 for 1, and never the same twice', () => {
    assert.deepEqual(trackedHorizons(10), [1, 2, 3, 4, 6, 8, 10]);
    assert.deepEqual(trackedHorizons(1), [1]);
    for (const h of [2, 30, 48, 49, 1440]) assert.equal(new Set(trackedHorizons(h)).size, trackedHorizons(h).length);
    assert.throws(() => trackedHorizons(0), RangeError);
  });

  it('places 5 halfway between 4 and 6, and everything beyond the last at the last', () => {
    const horizons = trackedHorizons(10);
    assert.deepEqual(placeHorizon(horizons, 5), { index: 3, share: 0.5 });
    assert.deepEqual(placeHorizon(horizons, 50), { index: 6, share: 0 });
  });
});

describe('pendingMedians', () => {
  it('gives back at each horizon the median that was made that many steps ago', () => {
    const pending = pendingMedians([1, 3]);
    assert.ok(Number.isNaN(pending.at(0)));
    for (let t = 0; t < 6; t++) pending.push(Float64Array.of(t + 0.1, 0, t + 0.3));
    assert.equal(pending.at(0), 5.1);
    assert.equal(pending.at(1), 3.3);
  });
});

/** Calibration of persistence on white noise of deviation 0.1. */
function calibrated(n: number, seasons: readonly number[], scaleAt = (_: number) => 0.1): Calibration {
  const gauss = normal(4);
  const z = Float64Array.from({ length: n }, (_, t) => scaleAt(t) * gauss());
  const series = { z, firstStep: 0 };
  return fitCalibration(series, backTest(startSeasonalNaive({ season: 1 }), series, 1, 4), seasons, n);
}

describe('calibration', () => {
  it('learns the mean absolute residual: 0.1·√2·√(2/π) for differences of white noise, within 5 %', () => {
    const { scale } = calibrated(4000, []);
    for (const s of scale) assert.ok(Math.abs(s / (0.1 * Math.SQRT2 * Math.sqrt(2 / Math.PI)) - 1) < 0.05, `${s}`);
  });

  it('sees that half of the season is three times as noisy', () => {
    const { shape } = calibrated(24 * 200, [24], (t) => (t % 24 < 12 ? 0.1 : 0.3));
    assert.ok(shape[20]! / shape[4]! > 2, `${shape[4]}, ${shape[20]}`);
  });

  it('leans on the prior with 3 residuals: the 0.99 score stays beyond 3', () => {
    const { quantiles } = calibrated(4, []);
    assert.ok(quantiles[GRID.length - 1]! > 3, `${quantiles[GRID.length - 1]}`);
  });

  it('uses residuals before the end that it is given and none after', () => {
    const gauss = normal(4);
    const z = Float64Array.from({ length: 400 }, (_, t) => (t < 200 ? 0.1 : 50) * gauss());
    const series = { z, firstStep: 0 };
    const test = backTest(startSeasonalNaive({ season: 1 }), series, 1, 2);
    assert.ok(fitCalibration(series, test, [], 200).scale[0]! < 0.3);
  });
});

describe('calibrator', () => {
  const highPlace = placeLevel(0.9);

  /** Share of scores below the 0.9 quantile when the noise triples after the calibration. */
  function coverageAfterTripling(steps: number): number {
    const calibrator = startCalibrator(calibrated(4000, []));
    const gauss = normal(11);
    let below = 0;
    for (let t = 0; t < steps; t++) {
      const z = 0.3 * Math.SQRT2 * gauss();
      calibrator.settle();
      const spread = calibrator.spread(1, t, 0, 1);
      if (z <= spread.scale * spread.score(highPlace)) below += 1;
      calibrator.learn(z, t, (i) => (i === 0 ? 0 : Number.NaN));
    }
    return below / steps;
  }

  it('comes back to 90 % coverage within 2 points over 4,000 steps after the noise tripled', () => {
    const share = coverageAfterTripling(4000);
    assert.ok(Math.abs(share - 0.9) < 0.02, `${share}`);
  });

  it('learns nothing from a missing sample', () => {
    const calibrator = startCalibrator(calibrated(400, []));
    calibrator.settle();
    const before = calibrator.spread(1, 0, 0, 1).score(highPlace);
    for (let t = 0; t < 50; t++) calibrator.learn(Number.NaN, t, () => 0);
    calibrator.settle();
    assert.equal(calibrator.spread(1, 0, 0, 1).score(highPlace), before);
  });

  it('is twice as wide one step ahead when the last sample is 3 steps old: √(1 + 3/1)', () => {
    const calibrator = startCalibrator(calibrated(400, []));
    calibrator.settle();
    assert.ok(Math.abs(calibrator.spread(1, 0, 3, 9).scale / calibrator.spread(1, 0, 0, 9).scale - 2) < 1e-12);
  });

  it('is never wider than told, however old the last sample: 0.5 after 100,000 steps, though never narrower than fresh', () => {
    const calibrator = startCalibrator(calibrated(400, []));
    calibrator.settle();
    assert.equal(calibrator.spread(1, 0, 100_000, 0.5).scale, 0.5);
    assert.equal(calibrator.spread(1, 0, 100_000, 0).scale, calibrator.spread(1, 0, 0, 0).scale);
  });

  it('orders the far tail: 0.99 < 0.999 < 0.9999 and the mirror below', () => {
    const calibrator = startCalibrator(calibrated(4000, []));
    calibrator.settle();
    const scores = [0.0001, 0.001, 0.01, 0.5, 0.99, 0.999, 0.9999].map((level) =>
      calibrator.spread(2, 0, 0, 1).score(placeLevel(level)),
    );
    for (let j = 1; j < scores.length; j++) assert.ok(scores[j]! > scores[j - 1]!, `${scores}`);
  });

  it('does not write into the calibration it started from', () => {
    const calibration = calibrated(400, [24]);
    const before = structuredClone(calibration);
    startCalibrator(structuredClone(calibration)).learn(5, 0, () => 0);
    assert.deepEqual(calibration, before);
  });
});

describe('transform', () => {
  it('is undone by its inverse to 1e-9 for loads from 0 to 10,000', () => {
    const transform = fitTransform(Float64Array.of(1, 2, 3, 50), []);
    for (const y of [0, 0.5, 1, 100, 10_000])
      assert.ok(Math.abs(fromZ(transform, toZ(transform, y)) - y) < 1e-9 * (1 + y));
  });

  it('takes k at 3 times the mean for pure counting noise and at 0.05 for pure relative noise', () => {
    const gauss = normal(8);
    const level = Float64Array.from({ length: 4000 }, (_, t) => 100 * (1.2 + Math.sin(t / 200)));
    const counting = level.map((mu) => Math.max(0, mu + Math.sqrt(mu) * gauss()));
    const relative = level.map((mu) => mu * Math.exp(0.1 * gauss()));
    const offset = (values: Float64Array) => {
      const transform = fitTransform(values, []);
      const mean = values.reduce((a, b) => a + b) / values.length;
      return transform.kind === 'log' ? transform.offset / mean : Number.NaN;
    };
    assert.ok(offset(counting) > 2, `${offset(counting)}`);
    assert.ok(offset(relative) < 0.2, `${offset(relative)}`);
  });

  it('is linear for a series with negative values and log(y + 1) for zeros', () => {
    assert.equal(fitTransform(Float64Array.of(-1, 1, 3), []).kind, 'linear');
    assert.deepEqual(fitTransform(new Float64Array(5), []), { kind: 'log', offset: 1 });
  });

  it('turns infinities into missing and a negative sample of a load into 0', () => {
    const transform = { kind: 'log', offset: 2 } as const;
    assert.ok(Number.isNaN(toZ(transform, Number.POSITIVE_INFINITY)));
    assert.equal(toZ(transform, -7), Math.log(2));
  });
});
