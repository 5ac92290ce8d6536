/** How far forecasts are believed: bounds, the recent maximum, the ceiling, the ordinary spread. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { startBounds } from '../../src/forecast/bounds.ts';
import { startCeiling, startRecentMaximum } from '../../src/forecast/ceiling.ts';
import { startOrdinarySpread } from '../../src/forecast/ordinary-spread.ts';

describe('bounds', () => {
  it('cuts a median that ran away to the range widened by half and by ln 2', () => {
    const bounds = startBounds();
    for (const z of [1, 3, Number.NaN]) bounds.observe(z);
    const medians = Float64Array.of(100, -100, 2, Number.NaN);
    bounds.apply(medians);
    const expected = [4 + Math.LN2, -Math.LN2, 2, 3];
    for (let i = 0; i < 4; i++) assert.ok(Math.abs(medians[i]! - expected[i]!) < 1e-12, `${medians[i]}`);
  });
});

describe('recent maximum', () => {
  it('forgets a peak after 8 seasons of 10 and not before 7', () => {
    const maximum = startRecentMaximum(10);
    maximum.observe(99);
    for (let t = 1; t < 79; t++) {
      maximum.observe(1);
      if (t < 70) assert.equal(maximum.value(), 99);
    }
    for (let t = 79; t < 90; t++) maximum.observe(1);
    assert.equal(maximum.value(), 1);
  });

  it('forgets nothing over an outage of 30 seasons', () => {
    const maximum = startRecentMaximum(10);
    maximum.observe(99);
    for (let t = 0; t < 300; t++) maximum.observe(Number.NaN);
    assert.equal(maximum.value(), 99);
  });
});

describe('ceiling', () => {
  const ceilingBehind = (...samples: readonly number[]) => {
    const ceiling = startCeiling(100, 3);
    for (let t = 0; t < 50; t++) ceiling.observe(10);
    for (const y of samples) ceiling.observe(y);
    return ceiling.value();
  };

  it('is 1.1 × the maximum in ordinary times, also when the maximum is just reached or passed by 9 %', () => {
    assert.ok(Math.abs(ceilingBehind() - 11) < 1e-9);
    assert.ok(Math.abs(ceilingBehind(10.9) - 11.99) < 1e-9);
  });

  it('is twice the maximum while that is being broken by more than 10 %, at once or step by step', () => {
    assert.equal(ceilingBehind(15), 30);
    assert.equal(ceilingBehind(10.5, 11, 11.5), 23);
  });

  it('is 1.1 × the new maximum when 3 steps brought nothing higher, and over a gap', () => {
    assert.ok(Math.abs(ceilingBehind(15, 15, 15, 15) - 16.5) < 1e-9);
    assert.ok(Math.abs(ceilingBehind(15, Number.NaN, Number.NaN, Number.NaN) - 16.5) < 1e-9);
  });

  it('is infinite before the first sample, and no ceiling lifts a load of nothing but zeros', () => {
    const ceiling = startCeiling(100, 3);
    assert.equal(ceiling.value(), Number.POSITIVE_INFINITY);
    for (let t = 0; t < 9; t++) ceiling.observe(0);
    assert.equal(ceiling.value(), 0);
  });
});

describe('ordinary spread', () => {
  it('is the mean distance from the mean: 1 for a load that is 9 and 11 in turn, over gaps too', () => {
    const ordinary = startOrdinarySpread(1);
    assert.equal(ordinary.value(), 0);
    for (let t = 0; t < 4000; t++) ordinary.observe(t % 2 === 0 ? 9 : 11);
    for (let t = 0; t < 100; t++) ordinary.observe(Number.NaN);
    assert.ok(Math.abs(ordinary.value() - 1) < 0.01, `${ordinary.value()}`);
  });

  it('follows a load that became 5 times as wild within seven seasons of 100', () => {
    const ordinary = startOrdinarySpread(100);
    for (let t = 0; t < 5000; t++) ordinary.observe(t % 2 === 0 ? 9 : 11);
    for (let t = 0; t < 2100; t++) ordinary.observe(t % 2 === 0 ? 5 : 15);
    assert.ok(ordinary.value() > 4.5, `${ordinary.value()}`);
  });
});
