import assert from 'node:assert/strict';
import { occurrencesBetween } from '../../src/pipeline/calendar/occurrences.ts';
import { createShop } from '../../src/simulate/shop.ts';

const DAY = 1440;
const settings = { startMs: Date.UTC(2026, 2, 2), days: 21, holiday: 16, seed: 1 };

function loadOf(name: string, change: Partial<typeof settings> = {}): Float64Array {
  return createShop({ ...settings, ...change }).workloads.find((workload) => workload.name === name)!.trace.values;
}

/** Mean load between two hours of a day. */
function mean(load: Float64Array, day: number, from: number, to: number): number {
  const part = load.subarray(day * DAY + from * 60, day * DAY + to * 60);
  return part.reduce((sum, value) => sum + value, 0) / part.length;
}

describe('createShop', () => {
  it('has three workloads with loads above 0 and up to some 1,500 requests/s', () => {
    const shop = createShop(settings);
    assert.deepEqual(
      shop.workloads.map(({ name }) => name),
      ['ai-guide', 'catalogue', 'checkout'],
    );
    for (const { trace } of shop.workloads) {
      assert.equal(trace.values.length, 21 * DAY);
      assert.ok(trace.values.every((value) => value > 0 && value < 2000));
    }
  });

  it('is the same for the same seed and another for another', () => {
    assert.deepEqual(loadOf('checkout'), loadOf('checkout'));
    assert.notDeepEqual(loadOf('checkout'), loadOf('checkout', { seed: 2 }));
  });

  it('does not change what was when more days are asked for', () => {
    assert.deepEqual(loadOf('ai-guide', { days: 3 }), loadOf('ai-guide').slice(0, 3 * DAY));
  });

  it('is several times as busy in the evening as at night', () => {
    const load = loadOf('catalogue');
    assert.ok(mean(load, 0, 19, 21) > 5 * mean(load, 0, 2, 4));
  });

  it('is busier on Saturday evening than on Tuesday evening', () => {
    const load = loadOf('catalogue');
    assert.ok(mean(load, 5, 19, 21) > 1.15 * mean(load, 1, 19, 21));
  });

  it('has a sale every Thursday noon, strongest at the checkout', () => {
    for (const day of [3, 10, 17]) {
      const lift = (name: string) => mean(loadOf(name), day, 12, 12.5) / mean(loadOf(name), day - 2, 12, 12.5);
      assert.ok(lift('checkout') > 1.5);
      assert.ok(lift('checkout') > lift('ai-guide'));
    }
  });

  it('has a holiday that stands in the calendar and lifts the evening', () => {
    const ordinary = loadOf('catalogue', { holiday: 99 });
    assert.ok(mean(loadOf('catalogue'), 16, 19, 21) > 1.4 * mean(ordinary, 16, 19, 21));
    assert.deepEqual(
      createShop(settings).events.map(({ name }) => name),
      ['lunch sale', 'holiday'],
    );
    assert.equal(createShop({ ...settings, holiday: 99 }).events.length, 1);
  });

  it('has the sale of every Thursday noon in the calendar, without a size', () => {
    const [sale] = createShop(settings).events;
    const from = settings.startMs;
    const starts = occurrencesBetween([sale!], from, from + 21 * 86_400_000).map(({ startMs }) =>
      new Date(startMs).toISOString().slice(0, 16),
    );
    assert.deepEqual(starts, ['2026-03-05T12:00', '2026-03-12T12:00', '2026-03-19T12:00']);
    assert.equal(sale!.uplift, undefined);
  });

  it('has counting noise: neighbouring minutes of 100 requests/s differ by about 1 % of it', () => {
    const night = loadOf('catalogue').subarray(2 * 60, 4 * 60);
    const moves = night.subarray(1).map((value, i) => Math.abs(value - night[i]!) / value);
    const typical = moves.reduce((sum, move) => sum + move, 0) / moves.length;
    assert.ok(typical > 0.005 && typical < 0.05, String(typical));
  });
});
