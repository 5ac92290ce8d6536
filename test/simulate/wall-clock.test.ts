import assert from 'node:assert/strict';
import { wallClockOf } from '../../src/config/wall-clock.ts';
import type { FitRequest, WallClock } from '../../src/domain/forecast.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { startForecaster } from '../../src/forecast/start.ts';
import { wallAt } from '../../src/pipeline/calendar/wall-clock.ts';
import { normalAt } from '../../src/simulate/random.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const stepMs = 5 * minute;
const AHEAD = 12;

const engines = {
  arima: { fit: () => ({ kind: 'rejected', message: 'not in this test' }) as const },
  lstm: { train: () => Promise.reject(new Error('not in this test')) },
};

/** An office: 20 requests/s at night, 100 from 08:00 to 18:00 on its own clock, 3 % noise. */
function office(clock: WallClock, startMs: number, steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, i) => {
    const sinceMidnight = wallAt(clock, startMs + i * stepMs) % day;
    const open = sinceMidnight >= 8 * hour && sinceMidnight < 18 * hour;
    return (open ? 100 : 20) * Math.exp(0.03 * normalAt(5, i, 3));
  });
}

/** Mean error, relative to the load, of forecasts an hour ahead for 08:00 to 09:00 on the wall clock of the day of the change. */
async function errorAt(zone: string, changeMs: number, withClock: boolean): Promise<number> {
  const clock = wallClockOf(zone);
  const startMs = Math.floor(changeMs / day) * day - 20 * day;
  const values = office(clock, startMs, (23 * day) / stepMs);
  const known = Math.floor((changeMs - startMs) / stepMs);
  const history = { startMs, stepMs, values: values.slice(0, known) };
  const request: FitRequest = {
    id: zone,
    history,
    seasonLengths: [day / stepMs, (7 * day) / stepMs],
    levels: [0.5, 0.9, 0.99],
    horizonSteps: AHEAD,
    seed: 1,
    candidates: ['aggregate'],
    ...(withClock && { clock }),
  };
  const { models, acting } = await fitSeries(request, engines);
  const forecaster = startForecaster(models[acting]!, history);
  let [sum, count] = [0, 0];
  for (let i = known; i < known + day / stepMs; i++) {
    const target = i + AHEAD - 1;
    const sinceMidnight = wallAt(clock, startMs + target * stepMs) % day;
    if (sinceMidnight >= 8 * hour && sinceMidnight < 9 * hour) {
      const { quantiles } = forecaster.forecast(AHEAD, [0.5]);
      sum += Math.abs(quantiles[0]![AHEAD - 1]! / values[target]! - 1);
      count += 1;
    }
    forecaster.observe(values[i]!);
  }
  return sum / count;
}

describe('a change of the clock, on the aggregate', () => {
  const changes: readonly (readonly [zone: string, at: string])[] = [
    ['Europe/Berlin', '2026-03-29T01:00Z'],
    ['Europe/Berlin', '2026-10-25T01:00Z'],
    ['America/New_York', '2026-03-08T07:00Z'],
    ['America/New_York', '2026-11-01T06:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ];
  for (const [zone, at] of changes) {
    it(`does not shift the opening of an office in ${zone} on ${at.slice(0, 10)}: its first hour is forecast within 10 %`, async () => {
      const error = await errorAt(zone, Date.parse(at), true);
      assert.ok(error < 0.1, `${error}`);
    });
  }

  it('would shift it without the wall clock: the same hour is forecast more than three times as badly', async () => {
    const change = Date.parse('2026-03-29T01:00Z');
    assert.ok((await errorAt('Europe/Berlin', change, false)) > 3 * (await errorAt('Europe/Berlin', change, true)));
  });
});
