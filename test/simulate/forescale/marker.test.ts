import assert from 'node:assert/strict';
import type { Mark } from '../../../src/domain/forecast.ts';
import type { WorkloadSpec } from '../../../src/domain/workload.ts';
import { createMarker } from '../../../src/simulate/forescale/marker.ts';
import type { WorkloadView } from '../../../src/simulate/policy.ts';
import { minuteMs, timetableOf } from '../scenario.ts';

const rates = new Float64Array(20).fill(5);
const timetable = timetableOf({ rates: Array.from(rates) });
const specWith = (events: readonly object[]) => ({ events }) as unknown as WorkloadSpec;
/** From the fourth to the sixth minute. */
const sale = { name: 'sale', type: 'sale', startMs: 4 * minuteMs, endMs: 6 * minuteMs };
const viewOf = (marks?: readonly Mark[]): WorkloadView => ({
  rates,
  known: 12,
  desired: 1,
  ready: 1,
  readyLastStep: 1,
  ...(marks && { marks }),
});
const part = { startMs: 2 * minuteMs, stepMs: minuteMs, values: rates.slice(2, 12) };
const recorded = Array.from({ length: 12 }, (_, i): Mark => (i === 5 || i === 9 ? 'censored' : 'ok'));

describe('marker', () => {
  it('doubts nothing of a load without events and without marks', () => {
    const marker = createMarker(specWith([]), timetable);
    assert.equal(marker.newest(viewOf(), part), undefined);
    assert.equal(marker.of(viewOf(), 7), 'ok');
  });

  it('gives each step the mark that was recorded for it, in the newest part too', () => {
    const marker = createMarker(specWith([]), timetable);
    assert.deepEqual(marker.newest(viewOf(recorded), part), recorded.slice(2));
    assert.deepEqual(
      [8, 9].map((step) => marker.of(viewOf(recorded), step)),
      ['ok', 'censored'],
    );
  });

  it('lets an event decide over what was recorded: nothing is learned from step 5', () => {
    const marker = createMarker(specWith([sale]), timetable);
    const marks = marker.newest(viewOf(recorded), part)!;
    assert.deepEqual(marks.slice(0, 8), ['ok', 'ok', 'excluded', 'excluded', 'ok', 'ok', 'ok', 'censored']);
    assert.deepEqual(
      [4, 5, 9].map((step) => marker.of(viewOf(recorded), step)),
      ['excluded', 'excluded', 'censored'],
    );
  });
});
