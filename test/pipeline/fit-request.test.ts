import assert from 'node:assert/strict';
import { wallClockOf } from '../../src/config/wall-clock.ts';
import type { FittedSeries } from '../../src/domain/forecast.ts';
import { offsetAt } from '../../src/pipeline/calendar/wall-clock.ts';
import { fitRequest } from '../../src/pipeline/fit-request.ts';
import { specOf, tenEach } from './facts.ts';

const settings = { seed: 7, candidates: ['seasonal-naive', 'holt-winters'], experts: ['regression'] } as const;
const history = { startMs: 0, stepMs: 60_000, values: new Float64Array(100) };
const spec = specOf('checkout', {
  objective: { kind: 'utilisation', share: 0.7 },
  maxReplicas: 10,
  priority: 100,
  violationShare: 0.001,
});

describe('fitRequest', () => {
  it('asks for the seasons in steps and for the level that is planned with: 1440 and 10080 minutes, 99.9 %', () => {
    const request = fitRequest(settings, spec, history, undefined);
    assert.equal(request.id, 'shop/Deployment/checkout');
    assert.deepEqual(request.seasonLengths, [1440, 10_080]);
    assert.deepEqual(request.levels, [0.5, 0.9, 0.99, 0.999]);
    assert.equal(request.seed, 7);
    assert.deepEqual(request.experts, ['regression']);
    assert.ok(!('acting' in request));
  });

  it('carries the clock of the workload over the history and two years on: 5 of its 221 offsets', () => {
    const clock = wallClockOf('Europe/Berlin');
    const late = { ...history, startMs: Date.UTC(2026, 0, 1) };
    const { transitions, zone } = fitRequest(settings, { ...spec, clock }, late, undefined).clock!;
    assert.equal(zone, 'Europe/Berlin');
    assert.ok(clock.transitions.length > 200);
    assert.deepEqual(
      transitions.map(({ fromMs }) => new Date(fromMs).toISOString().slice(0, 10)),
      ['2025-10-26', '2026-03-29', '2026-10-25', '2027-03-28', '2027-10-31'],
    );
    assert.ok(!('clock' in fitRequest(settings, spec, history, undefined)));
  });

  it('carries the clock also over the 14 days before the history, where a borrowed past lies', () => {
    const clock = wallClockOf('Europe/Berlin');
    const summer = Date.UTC(2026, 9, 24);
    for (const [began, hours] of [
      [Date.UTC(2026, 10, 6), 2],
      [Date.UTC(2026, 10, 10), 1],
    ] as const) {
      const request = fitRequest(settings, { ...spec, clock }, { ...history, startMs: began }, undefined);
      assert.equal(offsetAt(request.clock!, summer), hours * 3_600_000);
    }
  });

  it('scores 15 min ahead, or twice the start-up where that is more', () => {
    assert.equal(fitRequest(settings, spec, history, undefined).horizonSteps, 15);
    assert.equal(fitRequest(settings, { ...spec, startUpMs: 600_000 }, history, undefined).horizonSteps, 20);
    assert.equal(fitRequest(settings, spec, { ...history, stepMs: 3_600_000 }, undefined).horizonSteps, 1);
  });

  it('says how the load is served, for the replay, unless nothing is known of the capacity', () => {
    const serving = { capacity: tenEach, loopMs: 30_000, holdMs: 600_000 };
    const request = fitRequest(settings, spec, history, undefined, 90_000, serving);
    assert.deepEqual(request.serving, { ...serving, leadMs: 90_000 });
    const unknown = { ...serving, capacity: { ...tenEach, source: 'none' as const } };
    assert.ok(!('serving' in fitRequest(settings, spec, history, undefined, 90_000, unknown)));
    assert.ok(!('serving' in fitRequest(settings, spec, history, undefined)));
  });

  it('hands on what was fitted before: which model acted, and the state that goes on', () => {
    const previous = { acting: 'arima', models: {} } as FittedSeries;
    const request = fitRequest(settings, spec, history, previous);
    assert.equal(request.acting, 'arima');
    assert.equal(request.previous, previous);
  });

  it('hands on the wall clock of the workload', () => {
    const clock = { zone: 'Europe/Vienna', transitions: [{ fromMs: 0, offsetMs: 3_600_000 }] };
    assert.deepEqual(fitRequest(settings, { ...spec, clock }, history, undefined).clock, clock);
  });
});
