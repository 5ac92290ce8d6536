import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createPool } from '../../src/simulate/pool.ts';
import { startUpAt } from '../../src/simulate/start-up.ts';
import { leastTimes } from '../support/least-times.ts';
import { fixed, minuteMs } from './scenario.ts';

const drawn = { kind: 'drawn', p50Ms: 3 * minuteMs, p99Ms: 8 * minuteMs } as const;

/** In service before and after asking, row by row. */
function play(pool: ReturnType<typeof createPool>, wanted: readonly number[]): (readonly [number, number])[] {
  return wanted.map((desired, row) => [pool.inService(row), pool.ask(row, desired)] as const);
}

describe('pool with one start-up time', () => {
  it('has a replica in service at the row its start-up ends, before anything is asked there', () => {
    const pool = createPool(fixed(2), minuteMs, 1, 1);
    assert.deepEqual(play(pool, [3, 3, 3, 3]), [
      [1, 1],
      [1, 1],
      [3, 3],
      [3, 3],
    ]);
  });

  it('forgets a replica that was given up while it was starting', () => {
    const pool = createPool(fixed(2), minuteMs, 1, 1);
    // Row 1 drops the two of row 0; those asked for again at row 2 start from the beginning.
    assert.deepEqual(
      play(pool, [3, 1, 3, 3, 3]).map(([, after]) => after),
      [1, 1, 1, 1, 3],
    );
  });

  it('keeps the oldest when some are given up: of 2 in service and 2 starting, 3 leave one starting', () => {
    const pool = createPool(fixed(2), minuteMs, 2, 1);
    assert.deepEqual(
      play(pool, [4, 3, 3, 3]).map(([, after]) => after),
      [2, 2, 3, 3],
    );
  });

  it('answers the same when asked twice what is in service', () => {
    const pool = createPool(fixed(3), minuteMs, 2, 1);
    pool.ask(0, 5);
    assert.equal(pool.inService(1), pool.inService(1));
  });

  it('costs no more with a start-up of 5,000 rows than with one of 5: less than 4 times as much', () => {
    const run = (lead: number) => () => {
      const pool = createPool(fixed(lead), minuteMs, 1, 1);
      for (let row = 0; row < 20_000; row++) {
        pool.inService(row);
        pool.ask(row, 1 + ((row * 7919) % 97));
      }
    };
    const [short, long] = leastTimes([run(5), run(5000)], 10, 1);
    assert.ok(long! < 4 * short!, `${long} ms against ${short} ms`);
  });
});

describe('pool with drawn start-up times', () => {
  it('has each replica in service at the first row at or after its own time', () => {
    const pool = createPool(drawn, minuteMs, 1, 9);
    const readyRows = [0, 1, 2].map((i) => Math.ceil(startUpAt(drawn, 9, 0, i) / minuteMs));
    const after = play(
      pool,
      Array.from({ length: 30 }, () => 4),
    ).map(([before]) => before);
    after.forEach((running, row) => {
      assert.equal(running, 1 + readyRows.filter((ready) => row > 0 && ready <= row).length);
    });
  });

  it('never has more in service than desired, nor fewer than the least desired for longer than any start-up', () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(numbers, fc.nat(), (wanted, seed) => {
        const pool = createPool(drawn, minuteMs, 3, seed);
        play(pool, wanted).forEach(([, after], row) => {
          assert.ok(after <= wanted[row]!);
          const since = wanted.slice(Math.max(0, row - 40), row + 1);
          if (row >= 40) assert.ok(after >= Math.min(...since));
        });
      }),
    );
  });
});
