import assert from 'node:assert/strict';
import type { Demo } from '../../../src/app/demo/demo.ts';
import { play } from '../../../src/cli/demo/play.ts';

/** Ten minutes of history, then `rows` minutes, one of them with a fit that takes a while. */
function fakeDemo(rows: number, fitAt = -1): Demo {
  let done = 0;
  const timetable = { startMs: 0, stepMs: 60_000, decideMs: 60_000, rowsPerStep: 1, warmUpRows: 10, rows: 10 + rows };
  const step = () => {
    done++;
    return done === fitAt ? new Promise<void>((resolve) => setTimeout(resolve, 150)) : undefined;
  };
  return { timetable, simulation: { rowsDone: () => done, step } } as unknown as Demo;
}

describe('play', () => {
  it('runs 10,000 rows to the end as fast as it goes', async () => {
    const demo = fakeDemo(10_000);
    assert.equal(await play(demo, { speed: Number.POSITIVE_INFINITY, signal: new AbortController().signal }), true);
    assert.equal(demo.simulation.rowsDone(), 10_010);
  });

  it('keeps its pace: 6 simulated minutes at 1200 times real time take 0.3 s', async () => {
    const startedMs = Date.now();
    await play(fakeDemo(6), { speed: 1200, signal: new AbortController().signal });
    const tookMs = Date.now() - startedMs;
    assert.ok(tookMs >= 200 && tookMs < 1500, `${tookMs} ms`);
  });

  it('does not hurry after a fit to make up for it', async () => {
    const startedMs = Date.now();
    await play(fakeDemo(6, 12), { speed: 1200, signal: new AbortController().signal });
    assert.ok(Date.now() - startedMs >= 350);
  });

  it('stops between two rows when asked to', async () => {
    const stop = new AbortController();
    const demo = fakeDemo(1000);
    const onRow = () => demo.simulation.rowsDone() === 15 && stop.abort();
    assert.equal(await play(demo, { speed: Number.POSITIVE_INFINITY, signal: stop.signal, onRow }), false);
    assert.equal(demo.simulation.rowsDone(), 15);
  });
});
