import assert from 'node:assert/strict';
import { forecastHours } from '../../../src/simulate/peers/hourly-forecast.ts';

/** Loads by day and hour. */
function hours(days: number, load: (day: number, hour: number) => number): Float64Array {
  return Float64Array.from({ length: 24 * days }, (_, t) => load(Math.floor(t / 24), t % 24));
}

describe('hourly forecast', () => {
  it('weighs yesterday 1 and the day before 0.7: (1·30 + 0.7·10)/1.7', () => {
    const [first] = forecastHours(
      hours(2, (day) => (day === 1 ? 30 : 10)),
      1,
    );
    assert.ok(Math.abs(first! - 37 / 1.7) < 1e-12, `${first}`);
  });

  it('goes on with the same hour of the week where weekends are quiet: 10 on Saturday after a Friday of 100', () => {
    const load = (day: number) => (day % 7 >= 5 ? 10 : 100);
    const forecast = forecastHours(hours(19, load), 24);
    assert.ok(
      forecast.every((x) => x < 11),
      `${forecast}`,
    );
  });

  it('goes on with the same hour of the day where the week says nothing and the level has just doubled', () => {
    const load = (day: number, hour: number) => (day >= 12 ? 2 : 1) * (10 + hour);
    const forecast = forecastHours(hours(14, load), 24);
    for (const [hour, x] of forecast.entries()) assert.ok(x > 1.4 * (10 + hour), `${hour}: ${x}`);
  });

  it('looks past hours that are missing, and expects 0 of an hour that was never seen', () => {
    const seen = hours(3, (day, hour) => (hour === 0 || (day === 2 && hour === 1) ? Number.NaN : 7));
    const [never, once] = forecastHours(seen, 2);
    assert.equal(never, 0);
    assert.ok(Math.abs(once! - 7) < 1e-12);
  });
});
