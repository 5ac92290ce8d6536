import assert from 'node:assert/strict';
import { shortByHour } from '../../../src/cli/simulate/pictures.ts';
import { thinOut } from '../../../src/cli/simulate/timeline.ts';
import type { Timetable } from '../../../src/simulate/timetable.ts';

const minute = 60_000;

function timetable(rows: number, warmUpRows = 0): Timetable {
  return { startMs: 0, stepMs: minute, decideMs: minute, rowsPerStep: 1, warmUpRows, rows };
}

const track = (ready: readonly number[]) => ({ ready: Uint32Array.from(ready), desired: Uint32Array.from(ready) });

describe('thinOut', () => {
  it('keeps only the points at which a line changes, and the end', () => {
    const { need, ready, pointMs } = thinOut(track([2, 2, 3, 3]), Uint32Array.of(1, 1, 1, 2), timetable(4), 100);
    assert.equal(pointMs, minute);
    assert.deepEqual(ready, { x: [0, 2 * minute, 4 * minute], y: [2, 3, 3] });
    assert.deepEqual(need, { x: [0, 3 * minute, 4 * minute], y: [1, 2, 2] });
  });

  it('shows the largest need and the fewest replicas of 4 rows that share a point', () => {
    const { need, ready, pointMs } = thinOut(
      track([5, 4, 6, 5, 9, 9, 9, 9]),
      Uint32Array.of(1, 3, 2, 1, 7, 8, 0, 2),
      timetable(8),
      2,
    );
    assert.equal(pointMs, 4 * minute);
    assert.deepEqual(
      [need.y, ready.y],
      [
        [3, 8, 8],
        [4, 9, 9],
      ],
    );
  });

  it('shows one short row among 1,000 that share 10 points', () => {
    const ready = Array<number>(1000).fill(5);
    ready[437] = 2;
    const { short } = thinOut(track(ready), new Uint32Array(1000).fill(4), timetable(1000), 10);
    assert.deepEqual([short.low[0], short.high[0]], [2, 4]);
    assert.deepEqual(short.x.slice(0, 2), [400 * minute, 500 * minute]);
  });

  it('shows no shortage where the least replicas and the largest need of a point are of different rows', () => {
    const { short } = thinOut(track([2, 9]), Uint32Array.of(1, 8), timetable(2), 1);
    assert.deepEqual(short.low.filter(Number.isFinite), []);
  });

  it('interrupts the need where the trace is blank', () => {
    const { need } = thinOut(track([2, 2, 2]), Uint32Array.of(1, 0, 1), timetable(3), 100);
    assert.deepEqual(need.y, [1, Number.NaN, 1, 1]);
  });
});

describe('shortByHour', () => {
  it('counts rows behind the warm-up by the hour of the day, over all days', () => {
    const rows = 2 * 1440;
    const ready = new Uint32Array(rows).fill(1);
    const needed = new Uint32Array(rows).fill(1);
    for (const row of [5, 65, 1440 + 61, 1440 + 62, 1440 + 23 * 60]) needed[row] = 2;
    const hours = shortByHour({ ready, desired: ready }, needed, timetable(rows, 10));
    assert.deepEqual([hours[0], hours[1], hours[23]], [0, 3, 1]);
    assert.equal(
      hours.reduce((a, b) => a + b),
      4,
    );
  });
});
