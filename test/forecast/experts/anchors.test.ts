/** What the maxima say: how high a load was lately, and at the same time of the last days. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Mark } from '../../../src/domain/forecast.ts';
import { startDayMaximum, startRecentMaximum } from '../../../src/forecast/experts/anchors.ts';
import type { StartExpert } from '../../../src/forecast/experts/expert.ts';
import { MINUTE_MS } from '../made-series.ts';
import { follow } from './follow.ts';

const DAY = 144;

/** What is said at the horizons behind the last sample. */
function saidBehind(
  start: StartExpert,
  z: readonly number[],
  horizons: readonly number[],
  markOf: (z: number) => Mark = () => 'ok',
): readonly number[] {
  const followed = follow(start, { stepMs: 10 * MINUTE_MS, seasons: [DAY, 7 * DAY], horizons });
  for (const value of z) followed.push(value, markOf(value));
  return Array.from(followed.predict());
}

/** A load of 1, and of 5 at the eleventh step of the days named. */
function job(days: number, on: readonly number[]): readonly number[] {
  return Array.from({ length: days * DAY }, (_, t) => (t % DAY === 10 && on.includes(Math.floor(t / DAY)) ? 5 : 1));
}

describe('the maximum of the same time of day', () => {
  it('says 5 where one of the last three days had it, at that step alone', () => {
    assert.deepEqual(saidBehind(startDayMaximum, job(5, [2]), [1, 10, 11, 12]), [1, 1, 5, 1]);
  });

  it('has forgotten it behind three days without', () => {
    assert.deepEqual(saidBehind(startDayMaximum, job(5, [1]), [1, 10, 11, 12]), [1, 1, 1, 1]);
  });

  it('does not know what happened in an incident', () => {
    const markOf = (z: number) => (z > 1 ? 'excluded' : 'ok');
    assert.deepEqual(saidBehind(startDayMaximum, job(5, [4]), [10, 11], markOf), [1, 1]);
  });

  it('reads a day that is not over a day earlier: a step more than 24 h ahead was seen at the first step of the last day', () => {
    const rising = Array.from({ length: 2 * DAY }, (_, t) => t);
    assert.deepEqual(saidBehind(startDayMaximum, rising, [DAY, DAY + 1]), [2 * DAY - 1, DAY]);
  });
});

describe('the recent maximum', () => {
  it('is that of the last hour, at every horizon', () => {
    assert.deepEqual(saidBehind(startRecentMaximum, [1, 5, 1, 1, 1, 1, 1], [1, 3, DAY]), [5, 5, 5]);
    assert.deepEqual(saidBehind(startRecentMaximum, [1, 5, 1, 1, 1, 1, 1, 1], [1, 3, DAY]), [1, 1, 1]);
  });
});
