/** Forecasts are judged as they were said: cut at the ceiling, in the unit of the load. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultExperts } from '../../../src/domain/fleet.ts';
import type { ForecastStatus } from '../../../src/domain/forecast.ts';
import type { AggregateSettings } from '../../../src/forecast/aggregate/parts.ts';
import { expertsOf, membersOf } from '../../../src/forecast/aggregate/roster.ts';
import { runAggregate } from '../../../src/forecast/aggregate/running.ts';
import { fitTransform } from '../../../src/forecast/transform.ts';
import { MINUTE_MS, normal, uniform } from '../made-series.ts';

const DAY = 288;

/** A machine that idles at 2 and leaps to some thousands, for up to some hours, several times a day. */
function leaps(days: number, seed: number): Float64Array {
  const [gauss, draw] = [normal(seed), uniform(seed)];
  let left = 0;
  return Float64Array.from({ length: days * DAY }, () => {
    if (left === 0 && draw() < 0.02) left = 2 + Math.floor(30 * draw());
    left = Math.max(0, left - 1);
    return (left > 0 ? 3000 : 2) * Math.exp((left > 0 ? 0.2 : 0.3) * gauss());
  });
}

function statusAfter(values: Float64Array): ForecastStatus {
  const settings: AggregateSettings = {
    stepMs: 5 * MINUTE_MS,
    seasons: [DAY, 7 * DAY],
    horizonSteps: 12,
    transform: fitTransform(values.subarray(0, 3 * DAY), [DAY]),
    firstStep: 0,
    firstScale: 1,
    experts: expertsOf(membersOf(defaultExperts, []), {}),
  };
  const running = runAggregate(settings);
  for (const value of values) running.observe(value, 'ok');
  return running.status();
}

describe('judge', () => {
  it('counts no loss of more than three times the mean load where a load leaps a thousandfold', () => {
    for (const seed of [1, 2]) {
      for (const { recent, throughSteps } of statusAfter(leaps(10, seed)).blocks) {
        for (const [name, { quantileLoss }] of Object.entries(recent)) {
          assert.ok(quantileLoss < 3, `seed ${seed}, ${name} up to ${throughSteps} steps ahead: ${quantileLoss}`);
        }
      }
    }
  });
});
