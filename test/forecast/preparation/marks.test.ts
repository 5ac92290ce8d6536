import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Mark } from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { doubtAbout, type Evidence, markAt, marksOf } from '../../../src/forecast/preparation/marks.ts';
import { MINUTE_MS, seriesOf } from '../made-series.ts';

const START = 1_700_000_040_000;
const none = Number.NaN;
const minutes = (values: readonly number[], startMs = START): TimeSeries => seriesOf(values, MINUTE_MS, startMs);
const same = (value: number, n = 4) => minutes(new Array(n).fill(value));

/** Two ready replicas that serve 100 requests/s with 900 of 1,000 millicores, in 0.1 s of at most 0.2. */
const healthy: Evidence = {
  load: same(100),
  readyReplicas: same(2),
  cpu: same(900),
  cpuLimitMillicores: 500,
  latency: same(0.1),
  objectiveSeconds: 0.2,
  throttledShare: same(0),
  errorShare: same(0),
  replicasFor: (load) => Math.ceil(load / 40),
  incidents: [],
};

function doubts(more: Partial<Evidence>): readonly (string | undefined)[] {
  const evidence = { ...healthy, ...more };
  return Array.from(evidence.load.values, (_, i) => doubtAbout(evidence, i)?.[0]);
}

const every = (doubt: string | undefined) => new Array(4).fill(doubt);

describe('marks', () => {
  it('take served load for demand while nothing speaks against it', () => {
    assert.deepEqual(marksOf(healthy), every('ok'));
  });

  it('take it for demand where nothing else is measured', () => {
    assert.deepEqual(marksOf({ load: same(100), incidents: [] }), every('ok'));
  });

  for (const [what, more, expected] of [
    ['CPU at 95 % of the limit of the ready replicas is a lower bound', { cpu: same(950) }, 'cpu-at-limit'],
    ['CPU at 94.9 % is not', { cpu: same(949) }, undefined],
    ['CPU above the request but without a limit is not', { cpu: same(5000), cpuLimitMillicores: undefined }, undefined],
    ['CPU without a count of replicas is not', { cpu: same(5000), readyReplicas: undefined }, undefined],
    ['throttled for more than a quarter of the time is a lower bound', { throttledShare: same(0.3) }, 'throttled'],
    ['more than 1 % errors is a lower bound', { errorShare: same(0.011) }, 'errors'],
    ['exactly 1 % errors is not', { errorShare: same(0.01) }, undefined],
    ['fewer replicas than needed at a latency above the objective is', { latency: same(0.25) }, 'too-few-replicas'],
    ['fewer replicas than needed with a good latency is not', { latency: same(0.2) }, undefined],
    ['a bad latency with enough replicas is not', { latency: same(9), readyReplicas: same(3) }, undefined],
    [
      'a bad latency without an objective in seconds is not',
      { latency: same(9), objectiveSeconds: undefined },
      undefined,
    ],
  ] as const) {
    it(`${what}`, () => {
      const evidence = { ...healthy, ...more } as Evidence;
      assert.deepEqual(doubts(evidence), every(expected));
    });
  }

  describe('of a service that fails some of its requests every day', () => {
    const DAY = 1440;
    /** Two weeks of a share, with another one in [from, until). */
    const failing = (usual: number, other: number, from: number, until: number): Evidence => {
      const shares = Array.from({ length: 14 * DAY }, (_, i) => (i >= from && i < until ? other : usual));
      return { load: minutes(shares.map(() => 100)), errorShare: minutes(shares), incidents: [] };
    };
    const censored = (evidence: Evidence) => marksOf(evidence).flatMap((mark, i) => (mark === 'censored' ? [i] : []));
    const steps = (from: number, until: number) => Array.from({ length: until - from }, (_, i) => from + i);

    it('doubt a share of 3 % for the first day only, and then what is above 6 %', () => {
      const hour = [10 * DAY, 10 * DAY + 60] as const;
      const [mild, overload] = [failing(0.03, 0.06, ...hour), failing(0.03, 0.061, ...hour)].map(censored);
      assert.ok(mild!.length >= DAY - 30 && mild!.length <= DAY + 30, `${mild!.length} minutes`);
      assert.deepEqual(overload, [...mild!, ...steps(...hour)]);
    });

    it('go on doubting more than 1 % where half a per cent is usual', () => {
      const hour = [10 * DAY, 10 * DAY + 60] as const;
      assert.deepEqual(censored(failing(0.005, 0.0101, ...hour)), steps(...hour));
    });

    it('doubt an overload of three days to its end, and what has not ended after three and a half days no more', () => {
      assert.deepEqual(censored(failing(0, 0.2, 8 * DAY, 11 * DAY)), steps(8 * DAY, 11 * DAY));
      const bug = censored(failing(0, 0.2, 8 * DAY, 14 * DAY));
      assert.equal(bug[0], 8 * DAY);
      assert.ok(Math.abs(bug.length - 3.5 * DAY) < 60, `${bug.length / DAY} days`);
    });

    it('doubt each of the errors that a job causes once an hour', () => {
      const shares = Array.from({ length: 14 * DAY }, (_, i) => (i % 60 < 5 ? 0.1 : 0));
      const evidence = { load: minutes(shares.map(() => 100)), errorShare: minutes(shares), incidents: [] };
      assert.equal(censored(evidence).length, 14 * 24 * 5);
    });

    it('know a share only where it was measured: a week without it makes nothing usual', () => {
      const shares = Array.from({ length: 14 * DAY }, (_, i) => (i < 12 * DAY ? none : 0.03));
      const evidence = { load: minutes(shares.map(() => 100)), errorShare: minutes(shares), incidents: [] };
      const [first, ...others] = censored(evidence);
      assert.equal(first, 12 * DAY);
      assert.ok(Math.abs(others.length + 1 - DAY) < 60, `${others.length + 1} minutes`);
    });
  });

  it('judge each step by what was measured in it, also where series begin at other times', () => {
    const cpu = minutes([950, 950, 100], START + MINUTE_MS);
    assert.deepEqual(marksOf({ ...healthy, cpu }), ['ok', 'censored', 'censored', 'ok']);
  });

  it('exclude every step that an incident touches, and no other', () => {
    const incidents = [{ fromMs: START + 1.5 * MINUTE_MS, untilMs: START + 2 * MINUTE_MS + 1 }];
    assert.deepEqual(marksOf({ ...healthy, incidents }), ['ok', 'excluded', 'excluded', 'ok']);
  });

  it('exclude a step that is both an incident and cut off', () => {
    const incidents = [{ fromMs: START, untilMs: START + MINUTE_MS }];
    assert.deepEqual(marksOf({ ...healthy, incidents, cpu: same(950) }), [
      'excluded',
      'censored',
      'censored',
      'censored',
    ]);
  });

  it('exclude the two steps after three missing ones: their rates are of a window that is only partly covered', () => {
    const load = minutes([1, none, none, none, 1, 1, 1, none, none, 1]);
    const expected: Mark[] = ['ok', 'ok', 'ok', 'ok', 'excluded', 'excluded', 'ok', 'ok', 'ok', 'ok'];
    assert.deepEqual(marksOf({ load, incidents: [] }), expected);
  });

  it('learn of a series that has a sample only every other step', () => {
    const load = minutes([1, none, 1, none, 1, none, 1]);
    assert.deepEqual(new Set(marksOf({ load, incidents: [] })), new Set(['ok']));
  });

  it('say nothing of a missing sample, and ask no capacity model about it', () => {
    const replicasFor = (load: number) => (Number.isNaN(load) ? assert.fail() : 9);
    const evidence = { ...healthy, load: minutes([100, none]), latency: same(9), replicasFor };
    assert.deepEqual(marksOf(evidence), ['censored', 'ok']);
  });

  it('take no share of errors from the future: each equals that of the shares cut behind it (property)', () => {
    const shares = fc.array(fc.constantFrom(0, 0.008, 0.02, 0.05, none), { minLength: 300, maxLength: 400 });
    fc.assert(
      fc.property(shares, fc.nat(299), (values, at) => {
        const hours = (all: readonly number[]) => seriesOf(all, 60 * MINUTE_MS, START);
        const evidence = { load: hours(values.map(() => 100)), incidents: [] };
        const whole = markAt({ ...evidence, errorShare: hours(values) }, at);
        assert.equal(markAt({ ...evidence, errorShare: hours(values.slice(0, at + 1)) }, at), whole);
      }),
    );
  });

  it('do not change when the future comes: each equals that of the history cut behind it (property)', () => {
    const value = fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.constant(none));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 30 }), fc.nat(29), (values, at) => {
        fc.pre(at < values.length);
        const whole = { load: minutes(values), incidents: [] };
        const cut = { load: minutes(values.slice(0, at + 1)), incidents: [] };
        assert.equal(markAt(cut, at), markAt(whole, at));
      }),
    );
  });

  it('cut a peak off that is flat for two hours because five replicas can bear no more', () => {
    const demand = Array.from({ length: 1440 }, (_, i) => 100 - 80 * Math.cos((2 * Math.PI * i) / 1440));
    const served = demand.map((load) => Math.min(load, 150));
    const load = minutes(served);
    const cpu = minutes(served.map((rate) => rate * 20));
    const ready = minutes(served.map(() => 5));
    const marks = marksOf({ load, cpu, readyReplicas: ready, cpuLimitMillicores: 620, incidents: [] });
    const censored = marks.flatMap((mark, i) => (mark === 'censored' ? [i] : []));
    const cutOff = demand.flatMap((value, i) => (value >= 150 ? [i] : []));
    assert.ok(cutOff.length > 120);
    assert.ok(cutOff.every((i) => censored.includes(i)));
    assert.ok(censored.length <= cutOff.length + 30, `${censored.length} of ${cutOff.length}`);
  });
});
