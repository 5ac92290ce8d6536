import assert from 'node:assert/strict';
import type { CalendarEvent } from '../../src/domain/calendar.ts';
import type { WorkloadFacts } from '../../src/domain/facts.ts';
import { planWorkloads } from '../../src/pipeline/plan-workloads.ts';
import { day, factsOf, fakeForecaster, history, hour, minute, nowMs, specOf, twoMinutes, workload } from './facts.ts';

const week = 7 * day;

function sale(startsInMs: number, more: Partial<CalendarEvent> = {}): CalendarEvent {
  const startMs = nowMs + startsInMs;
  return { name: 'sale', type: 'flash-sale', startMs, endMs: startMs + hour, ...more };
}

/** Replicas for the events, at 10 requests/s each and 100 requests/s expected, with the reason of the event. */
function plan(events: readonly CalendarEvent[], more: Partial<WorkloadFacts> = {}) {
  const { decision } = planWorkloads(factsOf([workload({ spec: specOf('web', { events }), ...more })])).outcomes[0]!;
  const to = decision.kind === 'scale' ? decision.to : decision.from;
  return { to, messages: decision.reasons.filter(({ code }) => code === 'event').map(({ message }) => message) };
}

describe('calendar events', () => {
  it('raise the load by their uplift once they reach into the window: 2 min ahead 30 replicas', () => {
    const { to, messages } = plan([sale(2 * minute, { uplift: 3 })]);
    assert.equal(to, 30);
    assert.deepEqual(messages, ['"sale" from 2026-01-05T12:02:00.000Z with the configured uplift of 3']);
  });

  it('do nothing 3 min ahead, when the next decision is early enough', () => {
    assert.deepEqual(plan([sale(3 * minute, { uplift: 3 })]), { to: 10, messages: [] });
  });

  it('are warmed up for with the p99 of the start-up time: 4 min ahead when that is 2 min longer', () => {
    const startUp = { ...twoMinutes, p99Ms: 4 * minute };
    assert.equal(plan([sale(4 * minute, { uplift: 3 })], { startUp }).to, 30);
    assert.equal(plan([sale(5 * minute, { uplift: 3 })], { startUp }).to, 10);
  });

  it('raise only the steps they cover', () => {
    const forecaster = fakeForecaster((h) => (h === 0 ? 200 : 100));
    assert.equal(plan([sale(2 * minute, { uplift: 3 })], { forecaster }).to, 30);
    assert.equal(plan([sale(2 * minute, { uplift: 1.5 })], { forecaster }).to, 20);
  });

  it('are over at their end', () => {
    assert.deepEqual(plan([sale(-hour, { uplift: 3 })]), { to: 10, messages: [] });
  });

  it('recur: a weekly sale of three weeks ago is due again', () => {
    assert.equal(plan([sale(2 * minute - 3 * week, { uplift: 3, repeat: { kind: 'span', everyMs: week } })]).to, 30);
  });

  it('without a size are taken as half as much again, and say that it is assumed', () => {
    const { to, messages } = plan([sale(2 * minute)]);
    assert.equal(to, 15);
    assert.match(messages[0]!, /assumed uplift of 1.5: none is configured and no earlier time was seen/);
  });

  it('without a size take that of the last time: 400 instead of 100 requests/s three days ago', () => {
    // every 3 days is in no season of a week; a week before the last time nothing was on
    const event = sale(2 * minute - 9 * day, { repeat: { kind: 'span', everyMs: 3 * day } });
    const start = nowMs + 2 * minute;
    const wasOn = (age: number) => {
      const at = nowMs - (age + 1) * minute;
      return at >= start - 3 * day && at < start - 3 * day + hour;
    };
    const requests = history(14 * 1440, (age) => (wasOn(age) ? 400 : 100));
    const { to, messages } = plan([event], { series: { requests } });
    assert.equal(to, 40);
    assert.match(messages[0]!, /with the uplift of 4 of the last time/);
  });

  it('that overlap do not multiply: 3 and 2 are 3', () => {
    assert.equal(plan([sale(minute, { uplift: 3 }), sale(minute, { uplift: 2, name: 'campaign' })]).to, 30);
  });

  it('do not count twice once the forecaster follows them: 300 of ordinary 100 stay 300, not 900', () => {
    const running = sale(-20 * minute, { uplift: 3 });
    const requests = history(8 * 1440, (age) => (age < 20 ? 300 : 100));
    assert.equal(plan([running], { forecaster: fakeForecaster(() => 300), series: { requests } }).to, 30);
  });

  it('keep their uplift while they run and the forecaster has not followed yet', () => {
    const running = sale(-minute, { uplift: 3 });
    const requests = history(8 * 1440, () => 100);
    assert.equal(plan([running], { series: { requests } }).to, 30);
  });

  it('go by the load just before them when the history is shorter than a season', () => {
    const running = sale(-20 * minute, { uplift: 3 });
    const requests = history(60, (age) => (age < 20 ? 300 : 100));
    assert.equal(plan([running], { forecaster: fakeForecaster(() => 300), series: { requests } }).to, 30);
  });

  it('that were on one season ago are in the forecast already, and raise it at most to that load', () => {
    const daily = sale(2 * minute - 21 * day, { uplift: 3, repeat: { kind: 'span', everyMs: day } });
    const wasOn = (age: number) => (age + 2) % 1440 >= 1380;
    const requests = history(14 * 1440, (age) => (wasOn(age) ? 300 : 100));
    const knows = fakeForecaster((h) => (h === 2 ? 300 : 100));
    const seasonal = plan([daily], { forecaster: knows, series: { requests } });
    assert.equal(seasonal.to, 30);
    assert.match(seasonal.messages[0]!, /as high as one season ago, when it was on too/);
    assert.equal(plan([daily], { series: { requests } }).to, 30, 'a forecaster that knows no season');
  });
});
