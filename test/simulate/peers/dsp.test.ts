import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cleanSignal } from '../../../src/simulate/peers/clean-signal.ts';
import { bestEstimator, type Estimator, estimate, predictionError } from '../../../src/simulate/peers/estimators.ts';
import { detectPeriod } from '../../../src/simulate/peers/period.ts';
import { normalAt } from '../../../src/simulate/random.ts';

const golden = JSON.parse(readFileSync(new URL('golden/dsp.json', import.meta.url), 'utf8'));
const signal = Float64Array.from(golden.signal as number[]);
const hourMs = 3_600_000;
const nan = Number.NaN;

function assertClose(actual: Float64Array, expected: readonly number[], within: number): void {
  assert.equal(actual.length, expected.length);
  for (const [i, x] of actual.entries()) assert.ok(Math.abs(x - expected[i]!) < within, `${i}: ${x} ${expected[i]}`);
}

describe('estimators', () => {
  const fft: Estimator = { kind: 'fft', marginFraction: golden.marginFraction, limits: golden.limits };
  const largest: Estimator = { kind: 'max-value', marginFraction: golden.marginFraction };

  it('continue 3 days of hours as naive Fourier sums do, to 1e-9', () => {
    const [byFft, byMax] = estimate(signal, golden.cycle, golden.stepMs, [fft, largest]);
    assertClose(byFft!, golden.fft, 1e-9);
    assertClose(byMax!, golden.maxValue, 1e-12);
  });

  it('keep the 3 largest components even when all are below the threshold', () => {
    const limits = { ...golden.limits, lowAmplitudeThreshold: 100, maxNumOfSpectrumItems: 3 };
    const [kept] = estimate(signal, golden.cycle, golden.stepMs, [{ kind: 'fft', marginFraction: 0, limits }]);
    assert.ok(Math.max(...kept!) - Math.min(...kept!) > 5, 'the daily swing is there');
  });

  it('never predict a load below 0.01', () => {
    const swing = Float64Array.from({ length: 48 }, (_, t) => Math.sin((2 * Math.PI * t) / 24));
    const [next] = estimate(swing, 24, hourMs, [{ ...fft, marginFraction: 0 }]);
    assert.equal(Math.min(...next!), 0.01);
  });

  it('charge 3.1 for falling short by half and 0.5 for being half too high', () => {
    assert.ok(Math.abs(predictionError(Float64Array.of(2), Float64Array.of(1)) - Math.log(2) / Math.log(1.25)) < 1e-12);
    assert.equal(predictionError(Float64Array.of(2), Float64Array.of(3)), 0.5);
    assert.equal(predictionError(Float64Array.of(0, 2), Float64Array.of(1, 1)), 1);
  });

  it('choose the one that fits the last cycle from those before: no margin on a load that repeats', () => {
    const repeats = Float64Array.from({ length: 72 }, (_, t) => 10 + 5 * Math.sin((2 * Math.PI * t) / 24));
    const generous: Estimator = { kind: 'max-value', marginFraction: 0.2 };
    const exact: Estimator = { kind: 'max-value', marginFraction: 0 };
    assert.equal(bestEstimator(repeats, 24, hourMs, [generous, exact]), exact);
  });
});

describe('period', () => {
  it('finds the day in 3 days whose power is above the threshold of shuffled samples', () => {
    assert.ok(golden.power > golden.threshold && golden.correlation > 0);
    assert.equal(detectPeriod(signal, hourMs, [24 * hourMs]), 24 * hourMs);
  });

  it('prefers the week where weekends are quiet', () => {
    const weeks = Float64Array.from({ length: 28 * 24 }, (_, t) => {
      const busy = Math.floor(t / 24) % 7 < 5 ? 1 : 0.2;
      return busy * (10 + 5 * Math.sin((2 * Math.PI * t) / 24));
    });
    assert.equal(detectPeriod(weeks, hourMs, [24 * hourMs, 168 * hourMs]), 168 * hourMs);
  });

  it('takes noise for periodic in at most 2 of 100 series', () => {
    let found = 0;
    for (let seed = 0; seed < 100; seed++) {
      const noise = Float64Array.from({ length: 240 }, (_, t) => 10 + normalAt(seed, t));
      if (detectPeriod(noise, hourMs, [24 * hourMs]) !== undefined) found++;
    }
    assert.ok(found <= 2, `${found}`);
  });

  it('is undefined for less than two cycles, a flat load, and a step that does not divide the day', () => {
    assert.equal(detectPeriod(signal.subarray(0, 47), hourMs, [24 * hourMs]), undefined);
    assert.equal(detectPeriod(new Float64Array(72).fill(3), hourMs, [24 * hourMs]), undefined);
    assert.equal(detectPeriod(signal, hourMs * 0.7, [24 * hourMs]), undefined);
  });
});

describe('signal cleaning', () => {
  it('fills a gap of an hour on a straight line: 2, (3, 4), 5', () => {
    const cleaned = cleanSignal(Float64Array.of(2, nan, nan, 5), hourMs / 2);
    assert.deepEqual([...cleaned], [2, 3, 4, 5]);
  });

  it('leaves out what was before a gap of more than an hour, and repeats the last value at the end', () => {
    const cleaned = cleanSignal(Float64Array.of(9, nan, nan, nan, 2, 4, nan), hourMs / 2);
    assert.deepEqual([...cleaned], [2, 4, 4]);
  });

  it('replaces the largest of 2000 samples by the one before it', () => {
    const values = Float64Array.from({ length: 2000 }, (_, t) => 10 + (t % 7));
    values[1000] = 500;
    const cleaned = cleanSignal(values, 60_000);
    assert.equal(cleaned[1000], values[999]);
  });

  it('is empty when nothing was seen for the last hour', () => {
    assert.equal(cleanSignal(Float64Array.of(5, nan, nan, nan), hourMs / 2).length, 0);
    assert.equal(cleanSignal(new Float64Array(), hourMs).length, 0);
  });
});
