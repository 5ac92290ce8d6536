import assert from 'node:assert/strict';
import { doubtAbout, marksOf } from '../../src/forecast/preparation/marks.ts';
import { flatCourse } from '../../src/pipeline/calendar/course.ts';
import { evidenceOf, type Observed } from '../../src/pipeline/evidence.ts';
import { history, minute, nowMs, specOf, tenEach } from './facts.ts';

/** 100 requests/s, which need 10 replicas of the model; 8 are ready, and the answers take 0.5 s. */
const observed: Observed = {
  spec: specOf('web', { objective: { kind: 'latency', quantile: 0.95, seconds: 0.2 } }),
  series: { cpu: history(5, () => 700), latency: history(5, () => 0.5) },
  replicas: history(5, () => 8),
  capacity: tenEach,
  incidents: [],
};
const load = history(5, () => 100);
const doubt = (more: Partial<Observed>) => doubtAbout(evidenceOf(load, { ...observed, ...more }), 4)?.[0];

describe('evidenceOf', () => {
  it('knows too few replicas for a load by the capacity model and a latency above the objective', () => {
    assert.equal(doubt({}), 'too-few-replicas');
    assert.equal(doubt({ replicas: history(5, () => 10) }), undefined);
  });

  it('asks no latency of an objective that is none', () => {
    assert.equal(doubt({ spec: specOf('web') }), undefined);
  });

  it('asks no capacity model that knows nothing', () => {
    assert.equal(doubt({ capacity: { ...tenEach, source: 'none', perReplica: 0 } }), undefined);
  });

  it('compares CPU with the limit of one replica times those that were ready', () => {
    assert.equal(doubt({ spec: specOf('web'), cpuLimitMillicores: 90 }), 'cpu-at-limit');
    assert.equal(doubt({ spec: specOf('web'), cpuLimitMillicores: 100 }), undefined);
  });

  it('knows a load that was answered with 2 % errors, or throttled for a third of the time', () => {
    const healthy = { spec: specOf('web') };
    assert.equal(doubt(healthy), undefined);
    assert.equal(doubt({ ...healthy, series: { errors: history(5, () => 0.02) } }), 'errors');
    assert.equal(doubt({ ...healthy, series: { throttling: history(5, () => 1 / 3) } }), 'throttled');
  });

  it('knows nothing of the errors of a step that has no sample of them, whatever the steps around it had', () => {
    const failing = history(5, (age) => (age === 0 ? Number.NaN : 0.5));
    const evidence = evidenceOf(load, { ...observed, spec: specOf('web'), series: { errors: failing } });
    assert.deepEqual(marksOf(evidence), ['censored', 'censored', 'censored', 'censored', 'ok']);
  });

  it('is of a workload of which nothing but the load is known, too', () => {
    assert.deepEqual(evidenceOf(load, { spec: specOf('web'), series: {}, incidents: [] }), { load, incidents: [] });
  });

  it('leaves events of the calendar, and the time that they are still felt, out of what shapes are learned from', () => {
    const long = history(240, () => 100);
    const event = {
      name: 'sale',
      type: 'promotion',
      startMs: nowMs - 180 * minute,
      endMs: nowMs - 120 * minute,
    } as const;
    const spec = specOf('web', { events: [event] });
    const course = { ...flatCourse, halfLifeMs: 10 * minute };
    const uplifts = { sale: { mean: 1, variance: 0, degrees: 7, source: 'learned', occurrences: 1, course } } as const;
    const excluded = (more: Partial<Observed>) =>
      marksOf(evidenceOf(long, { spec, series: {}, incidents: [], ...more })).filter((mark) => mark === 'excluded')
        .length;
    assert.equal(excluded({}), 60);
    assert.equal(excluded({ uplifts }), 90);
    assert.equal(excluded({ spec: specOf('web') }), 0);
  });
});
