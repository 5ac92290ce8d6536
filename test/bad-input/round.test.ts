/** A model that cannot be put to work is one workload's trouble. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { type Book, newEntry } from '../../src/app/book.ts';
import { followAll } from '../../src/app/follow.ts';
import { sourceOf } from '../../src/app/source.ts';
import type { FittedSeries } from '../../src/domain/forecast.ts';
import type { Log } from '../../src/domain/log.ts';
import { endMs } from '../../src/domain/time-series.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { enginesWith, idleLstm } from '../forecast/engines.ts';
import { shopLoad } from '../forecast/made-series.ts';
import { template } from '../observe/fixtures.ts';
import { refOf, specOf } from '../pipeline/facts.ts';

const DAY = 96;
const load = shopLoad(9, DAY, 0.1);
const nowMs = endMs(load);

/** As a build with more horizons would have saved it. */
function ofAnotherLayout(fitted: FittedSeries): FittedSeries {
  const { kind, parameters } = fitted.models.aggregate!;
  const odd = { ...parameters, 'state.gate': new Float64Array(99) };
  return { ...fitted, models: { ...fitted.models, aggregate: { kind, parameters: odd } } };
}

describe('a round over models', () => {
  let fitted: FittedSeries;
  before(async () => {
    const request = {
      id: 'shop',
      history: load,
      seasonLengths: [DAY],
      levels: [0.5, 0.9],
      horizonSteps: 4,
      seed: 1,
      candidates: ['aggregate'],
    } as const;
    fitted = { ...(await fitSeries(request, enginesWith(idleLstm))), source: sourceOf('requests', template) };
  });

  function stage(models: { readonly [name: string]: FittedSeries }) {
    const book: Book = new Map(
      Object.entries(models).map(([name, model]) => {
        const entry = newEntry(specOf(name, { signals: { requests: template } }));
        entry.series.set('requests', load);
        entry.fitted = model;
        return [workloadKey(refOf(name)), entry];
      }),
    );
    const metrics = createMetrics();
    const told: string[] = [];
    const warn: Log['warn'] = (message, fields) => void told.push(`${fields?.['workload']}: ${message}`);
    const log = { debug() {}, info() {}, warn, error() {} };
    followAll({ metrics, log }, book, nowMs);
    return { told, metrics, entryOf: (name: string) => book.get(workloadKey(refOf(name)))! };
  }

  it('goes on for the second workload when the model of the first is of another layout', async () => {
    const { told, metrics, entryOf } = stage({ odd: ofAnotherLayout(fitted), web: fitted });
    assert.equal(entryOf('web').following?.throughMs, nowMs);
    assert.equal(entryOf('odd').fitted, undefined);
    assert.equal(entryOf('odd').following, undefined);
    assert.deepEqual(told, ['shop/Deployment/odd: model cannot be put to work; it is fitted anew']);
    assert.equal((await metrics.models_set_aside_total.get()).values[0]!.value, 1);
  });

  it('tells nothing where all models work', () => {
    const { told, entryOf } = stage({ web: fitted });
    assert.deepEqual(told, []);
    assert.equal(entryOf('web').fitted, fitted);
  });
});
