import assert from 'node:assert/strict';
import { createHindsight } from '../../src/app/hindsight.ts';
import type { Forecast } from '../../src/domain/forecast.ts';

const stepMs = 60_000;
const forecastFrom = (startMs: number, mean: readonly number[]): Forecast => ({
  startMs,
  stepMs,
  mean: Float64Array.from(mean),
  levels: [0.5, 0.9],
  quantiles: [Float64Array.from(mean), Float64Array.from(mean, (value) => value * 2)],
  model: 'holt-winters',
});
const seriesOf = (...values: number[]) => ({ startMs: 0, stepMs, values: Float64Array.from(values) });

describe('hindsight', () => {
  it('compares the step that just ended with what was forecast two steps before it', () => {
    const hindsight = createHindsight();
    hindsight.remember(forecastFrom(0, [10, 11, 12]), 2 * stepMs);
    assert.deepEqual(hindsight.compare(seriesOf(10, 11)), { load: 11 });
    const compared = hindsight.compare(seriesOf(10, 11, 15));
    assert.deepEqual(compared, {
      load: 15,
      predicted: {
        mean: 12,
        quantiles: [
          [0.5, 12],
          [0.9, 24],
        ],
      },
    });
    assert.equal(hindsight.errorRatio(), 3 / 15);
  });

  it('takes the last step of the forecast when the lead is longer than it', () => {
    const hindsight = createHindsight();
    hindsight.remember(forecastFrom(0, [10, 11]), 60 * stepMs);
    assert.equal(hindsight.compare(seriesOf(10, 11))?.predicted?.mean, 11);
  });

  it('says nothing for a missing sample and learns no error from it', () => {
    const hindsight = createHindsight();
    hindsight.remember(forecastFrom(0, [10]), 0);
    assert.equal(hindsight.compare(seriesOf(Number.NaN)), undefined);
    assert.equal(hindsight.errorRatio(), undefined);
  });

  it('counts a step once however often the loop looks at it, and smooths by 2 % a step', () => {
    const hindsight = createHindsight();
    hindsight.remember(forecastFrom(0, [10]), 0);
    for (let look = 0; look < 4; look++) hindsight.compare(seriesOf(20));
    assert.equal(hindsight.errorRatio(), 0.5);
    hindsight.remember(forecastFrom(stepMs, [20]), 0);
    hindsight.compare(seriesOf(20, 20));
    assert.equal(hindsight.errorRatio(), 0.5 - 0.02 * 0.5);
  });

  it('judges every step of a burst that arrives after an outage, and skips the missing one', () => {
    const hindsight = createHindsight();
    for (let step = 0; step < 4; step++) hindsight.remember(forecastFrom(step * stepMs, [10]), 0);
    hindsight.compare(seriesOf(20, 10, Number.NaN, 10));
    const smoothed = 0.5 + 0.02 * (0 - 0.5);
    assert.equal(hindsight.errorRatio(), smoothed + 0.02 * (0 - smoothed));
  });
});
