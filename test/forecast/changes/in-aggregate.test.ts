/** What an aggregate says of changes, from its own residuals. */
import assert from 'node:assert/strict';
import type { Change } from '../../../src/domain/change.ts';
import type { FittedModel } from '../../../src/domain/forecast.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { enginesWith, idleLstm } from '../engines.ts';
import { cut, shopLoad } from '../made-series.ts';

const DAY = 288;
const FITTED = 10 * DAY;
const load = shopLoad(24, DAY, 0.1);

describe('changes noticed by an aggregate', () => {
  let model: FittedModel;

  before(async () => {
    const fitted = await fitSeries(
      {
        id: 'shop',
        history: cut(load, FITTED),
        seasonLengths: [DAY, 7 * DAY],
        levels: [0.5, 0.9],
        horizonSteps: 6,
        seed: 1,
        candidates: ['seasonal-naive', 'holt-winters', 'aggregate'],
      },
      enginesWith(idleLstm),
    );
    model = fitted.models.aggregate!;
  });

  /** Alarms over so many steps behind the fit. */
  function alarms(steps: number, change: (value: number, step: number) => number): readonly Change[] {
    const forecaster = startForecaster(model, cut(load, FITTED));
    const seen: Change[] = [];
    for (let step = 0; step < steps; step++) {
      forecaster.observe(change(load.values[FITTED + step]!, step));
      const { lastAlarm } = forecaster.status!();
      if (lastAlarm && lastAlarm.atStep === FITTED + step) seen.push(lastAlarm);
    }
    return seen;
  }

  it('are none in two weeks of ordinary load', () => {
    assert.deepEqual(
      alarms(14 * DAY, (value) => value),
      [],
    );
  });

  for (const [factor, kind, most] of [
    [3, 'level-up', 6],
    [0.3, 'level-down', 8],
  ] as const) {
    it(`are a ${kind} within ${most} steps when the load is ${factor} times what it was`, () => {
      const from = DAY;
      const [first] = alarms(DAY + 60, (value, step) => (step >= from ? factor * value : value));
      assert.equal(first?.kind, kind);
      assert.ok(first.atStep < FITTED + from + most, `${first.atStep - FITTED - from} steps`);
    });
  }

  it('are a season that is gone, within 7 days, when the load becomes flat', () => {
    const seen = alarms(8 * DAY, (value, step) => {
      const day = Math.floor((FITTED + step) / DAY);
      const wave = 1 - 0.6 * Math.cos((2 * Math.PI * ((FITTED + step) % DAY)) / DAY);
      return (value / wave) * (day % 7 >= 5 ? 1 / 0.6 : 1);
    });
    assert.ok(
      seen.some(({ kind, message }) => kind === 'season-gone' && /by the day/.test(message)),
      seen.map(({ message }) => message).join('; '),
    );
  });
});
