import assert from 'node:assert/strict';
import type { CalendarEvent, EventUplift } from '../../src/domain/calendar.ts';
import type { WorkloadFacts } from '../../src/domain/facts.ts';
import { flatCourse } from '../../src/pipeline/calendar/course.ts';
import { learnUplifts } from '../../src/pipeline/calendar/learn-uplifts.ts';
import { seeOccurrences } from '../../src/pipeline/calendar/see-occurrences.ts';
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

function known(more: Partial<EventUplift>): { readonly sale: EventUplift } {
  return {
    sale: {
      mean: Math.log(2),
      variance: 0,
      degrees: Number.POSITIVE_INFINITY,
      source: 'learned',
      occurrences: 4,
      course: flatCourse,
      ...more,
    },
  };
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

  it('take what was learned: 400 instead of 100 requests/s three days ago is an uplift of 4', () => {
    const event = sale(2 * minute - 9 * day, { repeat: { kind: 'span', everyMs: 3 * day } });
    const start = nowMs + 2 * minute;
    const wasOn = (age: number) => {
      const at = nowMs - (age + 1) * minute;
      return at >= start - 3 * day && at < start - 3 * day + hour;
    };
    const requests = history(14 * 1440, (age) => (wasOn(age) ? 400 : 100));
    const [uplifts] = learnUplifts([{ events: [event], seen: seeOccurrences(requests, [event]).slice(-1) }]);
    const { to, messages } = plan([event], { series: { requests }, uplifts: uplifts! });
    assert.ok(to >= 40, `${to} replicas`);
    assert.match(messages[0]!, /with the uplift of 4 learned from 1 occurrence$/);
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

  it('that came before are in the forecast already, and do not count twice: 300 stay 300', () => {
    const daily = sale(2 * minute - 21 * day, { uplift: 3, repeat: { kind: 'span', everyMs: day } });
    const wasOn = (age: number) => (age + 2) % 1440 >= 1380;
    const requests = history(14 * 1440, (age) => (wasOn(age) ? 300 : 100));
    const knows = fakeForecaster((h) => (h === 2 ? 300 : 100));
    assert.equal(plan([daily], { forecaster: knows, series: { requests } }).to, 30);
    assert.equal(plan([daily], { series: { requests } }).to, 30, 'a forecaster that knows no season');
  });

  it('allow for what is not known of their uplift, by squares beside what the forecast allows: 371, not 477', () => {
    // At the quantile of 0.99 the forecast says 150 for 100: ln 1.5 = 0.405; z·σ = 2.326·0.2 = 0.465;
    // 200 · exp √(0.405² + 0.465²) = 371. The product of both quantiles, 2 · 150 · e^0.465, would be 477.
    const forecaster = fakeForecaster(() => 100, 50 / 0.98);
    const uplifts = known({ variance: 0.04 });
    assert.equal(plan([sale(2 * minute)], { forecaster, uplifts }).to, 38);
    assert.equal(plan([sale(2 * minute)], { forecaster, uplifts: known({}) }).to, 30, 'without doubt');
  });

  it('that take load away lower the forecast: half of 100 requests/s on a holiday are 5 replicas', () => {
    const holiday = sale(2 * minute, { type: 'holiday' });
    const uplifts = known({ mean: Math.log(0.5) });
    const series = { requests: history(60, () => 40) };
    const forecaster = fakeForecaster((h) => (h >= 2 ? 100 : 40));
    assert.equal(plan([], { forecaster, series }).to, 10);
    const { to, messages } = plan([holiday], { forecaster, series, uplifts });
    assert.equal(to, 5);
    assert.match(messages[0]!, /with the uplift of 0.5 learned from 4 occurrences/);
  });

  it('that may take load away never raise the forecast, however little is known of them', () => {
    const uplifts = known({ mean: Math.log(0.9), variance: 0.25 });
    assert.equal(plan([sale(2 * minute)], { uplifts }).to, 10);
  });

  it('never take what the load of the last step needs', () => {
    assert.equal(plan([sale(-20 * minute)], { uplifts: known({ mean: Math.log(0.5) }) }).to, 10);
  });

  it('are followed on their course: a third of the way up the ramp a third of the uplift is there', () => {
    const ramp = { ...flatCourse, atMs: [0, 30 * minute], shares: [0, 1] };
    const to = (startsIn: number) => plan([sale(startsIn)], { uplifts: known({ mean: Math.log(8), course: ramp }) }).to;
    // The window ends 3 min from now: in its last minute the event is so long on, and 8^(share) is its factor.
    assert.equal(to(2 * minute), Math.ceil(10 * 8 ** (0.5 / 30)));
    assert.equal(to(minute), Math.ceil(10 * 8 ** (1.5 / 30)));
  });

  it('are felt behind their end by their half-life: after 20 min of 20 half of the logarithm', () => {
    const uplifts = known({ mean: Math.log(4), course: { ...flatCourse, halfLifeMs: 20 * minute } });
    const over = sale(-hour - 20 * minute);
    const requests = history(8 * 1440, (age) => (age < 80 && age >= 20 ? 400 : 100));
    assert.equal(plan([over], { uplifts: known({ mean: Math.log(4) }), series: { requests } }).to, 10);
    const { to } = plan([over], { uplifts, series: { requests } });
    assert.ok(to >= 19 && to <= 20, `${to} replicas for 200 requests/s`);
  });

  it('say where their uplift is from', () => {
    const said = (more: Partial<EventUplift>, event: Partial<CalendarEvent> = {}) =>
      plan([sale(2 * minute, event)], { uplifts: known(more) }).messages[0]!.replace(/^.*Z /, '');
    assert.equal(said({ occurrences: 1 }), 'with the uplift of 2 learned from 1 occurrence');
    assert.equal(said({}, { uplift: 3 }), 'with the uplift of 2 learned from 4 occurrences and the configured 3');
    assert.equal(said({ source: 'type' }), 'with the uplift of 2 of other events of its type (4 occurrences)');
    assert.equal(
      said({ source: 'fleet' }),
      'with the uplift of 2 of other events, at their upper quartile (4 occurrences)',
    );
  });

  it('stand in the explanation with their uplift and where it is from', () => {
    const spec = specOf('web', { events: [sale(2 * minute, { uplift: 3 })] });
    const { explanation } = planWorkloads(factsOf([workload({ spec })])).outcomes[0]!;
    assert.deepEqual(explanation.events, [
      {
        name: 'sale',
        uplift: 3,
        source: 'declared',
        occurrences: 0,
        declared: 3,
        startMs: nowMs + 2 * minute,
        endMs: nowMs + 2 * minute + hour,
      },
    ]);
  });

  it('do not count twice where the forecaster was told of them: 300 of ordinary 100 are 30 replicas, not 90', () => {
    const requests = history(8 * 1440, () => 100);
    const told = fakeForecaster((h) => (h >= 2 ? 300 : 100));
    assert.equal(plan([sale(2 * minute, { uplift: 3 })], { forecaster: told, series: { requests } }).to, 30);
    const busy = fakeForecaster(() => 130);
    assert.equal(plan([sale(2 * minute, { uplift: 3 })], { forecaster: busy, series: { requests } }).to, 39);
  });

  it('that take load away are not felt before they begin, however long a replica takes to start', () => {
    const holiday = sale(3 * minute, { type: 'holiday' });
    const startUp = { ...twoMinutes, p99Ms: 10 * minute };
    const series = { requests: history(60, () => 40) };
    assert.equal(plan([holiday], { uplifts: known({ mean: Math.log(0.5) }), series, startUp }).to, 10);
  });

  it('that nobody knows anything of change nothing and are no reason: a holiday without a size', () => {
    assert.deepEqual(plan([sale(-minute, { type: 'holiday' })]), { to: 10, messages: [] });
  });

  it('that bring load never lower the forecast, also when they turn out to take some away', () => {
    const requests = history(8 * 1440, (age) => (age < 40 ? 50 : 100));
    assert.equal(plan([sale(-40 * minute)], { uplifts: known({ variance: 0.1 }), series: { requests } }).to, 10);
  });

  it('allow for more where their variance is known from few occurrences: at 0.99 and 7 degrees z of 3.0 instead of 2.3', () => {
    const uplifts = (degrees: number) => known({ variance: 0.04, degrees });
    const to = (degrees: number) => plan([sale(2 * minute)], { uplifts: uplifts(degrees) }).to;
    assert.equal(to(Number.POSITIVE_INFINITY), Math.ceil(20 * Math.exp(2.326 * 0.2)));
    assert.equal(to(7), Math.ceil(20 * Math.exp(2.86 * 0.2)));
  });
});
