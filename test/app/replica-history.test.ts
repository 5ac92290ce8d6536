import assert from 'node:assert/strict';
import { noteReplicas } from '../../src/app/replica-history.ts';
import type { TimeSeries } from '../../src/domain/time-series.ts';

const step = 60_000;
const notes = (window: number, ...rounds: readonly (readonly [atMs: number, ready: number])[]) =>
  rounds.reduce<TimeSeries | undefined>(
    (series, [atMs, ready]) => noteReplicas(series, ready, atMs, step, window),
    undefined,
  )!;

describe('noteReplicas', () => {
  it('keeps the last note of a step and leaves a step without a round missing', () => {
    const series = notes(10 * step, [30_000, 2], [45_000, 3], [step, 4], [3 * step + 1, 5]);
    assert.equal(series.startMs, 0);
    assert.deepEqual([...series.values], [3, 4, Number.NaN, 5]);
  });

  it('drops what is older than 3 steps, also after a pause longer than the window', () => {
    const series = notes(3 * step, [0, 1], [step, 2], [2 * step, 3], [3 * step, 4]);
    assert.deepEqual([series.startMs, ...series.values], [step, 2, 3, 4]);
    const paused = noteReplicas(series, 9, 100 * step, step, 3 * step);
    assert.deepEqual([paused.startMs, ...paused.values], [98 * step, Number.NaN, Number.NaN, 9]);
  });

  it('starts anew when the clock went back before the series or the step changed', () => {
    const series = notes(3 * step, [10 * step, 1]);
    assert.deepEqual(noteReplicas(series, 2, 0, step, 3 * step), {
      startMs: 0,
      stepMs: step,
      values: Float64Array.of(2),
    });
    assert.equal(noteReplicas(series, 2, 10 * step, 30_000, 3 * step).stepMs, 30_000);
  });
});
