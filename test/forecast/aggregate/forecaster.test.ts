/** The aggregate at work: exact state, refits that go on, shifts, gaps. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { FitRequest, FittedModel, FittedSeries } from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { restoreAggregate } from '../../../src/forecast/aggregate/running.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { enginesWith, idleLstm } from '../engines.ts';
import { cut, shopLoad } from '../made-series.ts';

const LEVELS = [0.001, 0.05, 0.5, 0.9, 0.99, 0.999];
const STEPS = 14 * 96;
const load = shopLoad(28, 96, 0.1);
const engines = enginesWith(idleLstm);

function requestFor(history: TimeSeries, changes: Partial<FitRequest> = {}): FitRequest {
  return {
    id: 'shop',
    history,
    seasonLengths: [96, 672],
    levels: [0.5, 0.9, 0.99],
    horizonSteps: 4,
    seed: 1,
    candidates: ['seasonal-naive', 'holt-winters', 'arima', 'aggregate'],
    ...changes,
  };
}

/** Everything that a saved aggregate holds, byte by byte. */
function bytesOf(model: FittedModel): string {
  const entries = Object.entries(model.parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(
    entries.map(([name, value]) => [name, typeof value === 'object' ? Array.from(value, String) : String(value)]),
  );
}

describe('aggregate', () => {
  let fitted: FittedSeries;
  before(async () => {
    fitted = await fitSeries(requestFor(cut(load, STEPS)), engines);
  });

  it('acts where it is a candidate, and says how it compares with both yardsticks', () => {
    assert.equal(fitted.acting, 'aggregate');
    assert.match(
      fitted.verdict,
      /^(aggregate|seasonal-naive|holt-winters) acts: the aggregate is (better|worse) than seasonal-naive by/,
    );
  });

  it('saved and restored goes on with the same bytes: 200 samples, a gap and marks among them', () => {
    const { parameters } = fitted.models.aggregate!;
    const whole = restoreAggregate(parameters);
    let piecewise = restoreAggregate(parameters);
    for (let i = 0; i < 200; i++) {
      const y = i > 90 && i < 97 ? Number.NaN : load.values[STEPS + i]!;
      const mark = i % 31 === 5 ? 'censored' : i % 37 === 3 ? 'excluded' : 'ok';
      whole.observe(y, mark);
      piecewise.observe(y, mark);
      if (i % 23 === 0) piecewise = restoreAggregate(piecewise.save());
      assert.deepEqual(piecewise.forecast(30, LEVELS), whole.forecast(30, LEVELS), `step ${i}`);
    }
    const asModel = (saved: FittedModel['parameters']) => bytesOf({ kind: 'aggregate', parameters: saved });
    assert.equal(asModel(piecewise.save()), asModel(whole.save()));
    assert.deepEqual(piecewise.status(), whole.status());
  });

  it('a refit goes on from the state of before over the new samples alone: nothing lost, nothing counted twice', async () => {
    const end = STEPS + 150;
    const refit = await fitSeries(requestFor(cut(load, end), { previous: fitted }), engines);
    const followed = restoreAggregate(fitted.models.aggregate!.parameters);
    for (let t = STEPS; t < end; t++) followed.observe(load.values[t]!, 'ok');
    const expected = followed.save();
    const found = refit.models.aggregate!.parameters;
    const earned = Object.keys(expected).filter((name) => !name.startsWith('state.expert.'));
    assert.ok(earned.length > 40, `${earned.length} parts`);
    for (const name of earned) assert.deepEqual(found[name], expected[name], name);
    assert.equal(found['trainedThroughMs'], end * load.stepMs);
  });

  it('following through a refit equals starting from it later: the samples since are observed once', async () => {
    const refit = await fitSeries(requestFor(cut(load, STEPS + 150), { previous: fitted }), engines);
    const early = startForecaster(refit.models.aggregate!, cut(load, STEPS + 150));
    for (let t = STEPS + 150; t < STEPS + 260; t++) early.observe(load.values[t]!);
    const late = startForecaster(refit.models.aggregate!, cut(load, STEPS + 260));
    assert.deepEqual(early.forecast(96, LEVELS), late.forecast(96, LEVELS));
    assert.deepEqual(early.status!(), late.status!());
  });

  it('starts anew where the step, the seasons or the scale of the load are others', async () => {
    const other = await fitSeries(requestFor(cut(load, STEPS), { previous: fitted, seasonLengths: [96] }), engines);
    assert.deepEqual(Array.from(other.models.aggregate!.parameters['seasons'] as number[]), [96]);
    const grown = { ...load, values: load.values.map((y) => 100 * y) };
    const anew = await fitSeries(requestFor(cut(grown, STEPS), { previous: fitted }), engines);
    assert.notEqual(
      anew.models.aggregate!.parameters['transform.offset'],
      fitted.models.aggregate!.parameters['transform.offset'],
    );
  });

  it('a model that is ahead of its history waits for it instead of observing twice', () => {
    const behind = startForecaster(fitted.models.aggregate!, cut(load, STEPS - 5));
    for (let t = STEPS - 5; t < STEPS + 20; t++) behind.observe(load.values[t]!);
    assert.deepEqual(
      behind.forecast(10, LEVELS),
      startForecaster(fitted.models.aggregate!, cut(load, STEPS + 20)).forecast(10, LEVELS),
    );
  });
});
