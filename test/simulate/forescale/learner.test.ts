import assert from 'node:assert/strict';
import type { FitRequest, FittedSeries, ForecasterName, Trainer } from '../../../src/domain/forecast.ts';
import type { WorkloadSpec } from '../../../src/domain/workload.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { createLearner, type LearnerSettings } from '../../../src/simulate/forescale/learner.ts';
import type { WorkloadView } from '../../../src/simulate/policy.ts';
import { minuteMs, timetableOf } from '../scenario.ts';

const rates = Array.from({ length: 400 }, (_, i) => 50 + 30 * Math.sin((2 * Math.PI * i) / 60) + ((i * 37) % 11));
const timetable = timetableOf({ rates, warmUpSteps: 200 });
const spec = {
  ref: { namespace: 'shop', kind: 'Deployment', name: 'w' },
  violationShare: 0.01,
  events: [],
  seasonsMs: [60 * minuteMs],
} as unknown as WorkloadSpec;

const engines = {
  arima: { fit: () => ({ kind: 'rejected', message: 'not here' }) as const },
  lstm: { train: () => Promise.reject(new Error('not here')) },
};

function viewAt(known: number): WorkloadView {
  const seen = Float64Array.from(rates, (rate, i) => (i < known ? rate : Number.NaN));
  return { rates: seen, known, desired: 1, ready: 1, readyLastStep: 1 };
}

function learnerWith(fit: Trainer['fit'], change: Partial<LearnerSettings> = {}) {
  const candidates: readonly ForecasterName[] = ['seasonal-naive', 'holt-winters'];
  return createLearner(spec, timetable, {
    trainer: { fit },
    forecast: { seed: 1, candidates, experts: [] },
    windowMs: 150 * minuteMs,
    refitEveryMs: 100 * minuteMs,
    ...change,
  });
}

describe('learner', () => {
  it('is due an hour before scoring and every 100 rows from there: rows 140, 240, 340', async () => {
    const rows: number[] = [];
    const learner = learnerWith((request) => fitSeries(request, engines));
    for (let row = 0; row < 400; row++) {
      const pending = learner.prepare(row, viewAt(row));
      if (pending === undefined) continue;
      rows.push(row);
      await pending;
    }
    assert.deepEqual(rows, [140, 240, 340]);
  });

  it('forecasts from the row behind the fit on, level with what is known', async () => {
    const learner = learnerWith((request) => fitSeries(request, engines));
    assert.equal(learner.forecasterAt(139, viewAt(139)), undefined);
    await learner.prepare(140, viewAt(140));
    assert.equal(learner.forecasterAt(140, viewAt(140)), undefined);
    const forecast = learner.forecasterAt(141, viewAt(141))!.forecast(3, [0.5]);
    assert.equal(forecast.startMs, 141 * minuteMs);
  });

  it('forecasts the same when it followed sample by sample and when it was started anew', async () => {
    const learner = learnerWith((request) => fitSeries(request, engines));
    await learner.prepare(140, viewAt(140));
    learner.forecasterAt(141, viewAt(141));
    const followed = learner.forecasterAt(200, viewAt(200))!.forecast(5, [0.5, 0.99]);
    const { models, acting } = learner.fitted()!;
    const history = { startMs: 0, stepMs: minuteMs, values: Float64Array.from(rates.slice(0, 200)) };
    const anew = startForecaster(models[acting]!, history).forecast(5, [0.5, 0.99]);
    followed.mean.forEach((mean, i) => {
      assert.ok(Math.abs(mean - anew.mean[i]!) < 0.15 * anew.mean[i]!);
    });
  });

  it('hands the trainer a copy of the newest part, which it may keep', async () => {
    const requests: FitRequest[] = [];
    const learner = learnerWith((request) => {
      requests.push(request);
      return fitSeries(request, engines);
    });
    const view = viewAt(240);
    await learner.prepare(240, view);
    assert.equal(requests[0]!.history.values.length, 150);
    assert.equal(requests[0]!.history.startMs, 90 * minuteMs);
    view.rates.fill(0);
    assert.equal(requests[0]!.history.values[0], rates[90]);
  });

  it('fits once when two policies ask at the same row', async () => {
    let fits = 0;
    const learner = learnerWith((request) => {
      fits++;
      return fitSeries(request, engines);
    });
    const first = learner.prepare(140, viewAt(140));
    const second = learner.prepare(140, viewAt(140));
    assert.ok(learner.isFitting());
    await Promise.all([first, second]);
    assert.equal(fits, 1);
    assert.ok(!learner.isFitting());
  });

  it('takes the quick models first and all of them later', async () => {
    const asked: (readonly string[])[] = [];
    const fit = (request: FitRequest): Promise<FittedSeries> => {
      asked.push(request.candidates);
      return fitSeries(request, engines);
    };
    const learner = learnerWith(fit, { firstCandidates: ['seasonal-naive'] });
    await learner.prepare(140, viewAt(140));
    learner.forecasterAt(141, viewAt(141));
    await learner.prepare(240, viewAt(240));
    assert.deepEqual(asked, [['seasonal-naive'], ['seasonal-naive', 'holt-winters']]);
  });

  it('writes a failure down and tries again at the next turn', async () => {
    let fits = 0;
    const learner = learnerWith((request) =>
      fits++ === 0 ? Promise.reject(new Error('no memory')) : fitSeries(request, engines),
    );
    await learner.prepare(140, viewAt(140));
    assert.deepEqual(learner.failures, ['at row 140: no memory']);
    assert.equal(learner.forecasterAt(141, viewAt(141)), undefined);
    await learner.prepare(240, viewAt(240));
    assert.ok(learner.forecasterAt(241, viewAt(241)));
  });

  it('does not take a stop for a failure', async () => {
    const stop = new AbortController();
    const learner = learnerWith(() => Promise.reject(new Error('aborted')), { signal: stop.signal });
    stop.abort(new Error('stopped'));
    await assert.rejects(learner.prepare(140, viewAt(140))!, /stopped/);
    assert.deepEqual(learner.failures, []);
  });
});
