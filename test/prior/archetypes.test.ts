import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { generateLoad } from './archetypes.ts';

const some = Array.from({ length: 32 }, (_, i) => generateLoad(1, i));

describe('generated load', () => {
  it('depends on seed and index alone', () => {
    assert.deepEqual(generateLoad(1, 5).series, generateLoad(1, 5).series);
    assert.notDeepEqual(generateLoad(1, 5).series, generateLoad(2, 5).series);
    assert.notDeepEqual(generateLoad(1, 5).series.values, generateLoad(1, 37).series.values);
  });

  it('has 8 kinds on 4 steps from a minute to an hour in its first 32 series', () => {
    assert.equal(new Set(some.map(({ name }) => name.replace(/-\d+$/, ''))).size, 8);
    assert.deepEqual(new Set(some.map(({ series }) => series.stepMs / 60_000)), new Set([1, 5, 15, 60]));
  });

  it('is never negative or infinite, and never all of one value', () => {
    for (const { name, series } of some) {
      const present = series.values.filter((y) => !Number.isNaN(y));
      assert.ok(
        present.every((y) => y >= 0 && Number.isFinite(y)),
        name,
      );
      assert.ok(new Set(present).size > 1, name);
    }
  });

  it('begins at midnight UTC of a Thursday, so that its weekends are ours', () => {
    for (const { series } of some) {
      assert.equal(new Date(series.startMs).getUTCDay(), 4);
      assert.equal(series.startMs % 86_400_000, 0);
    }
  });

  it('lifts a declared event about as far as was said, in the middle of all series that declare one', () => {
    const ratios: number[] = [];
    for (const { series, calendar, seasons } of Array.from({ length: 160 }, (_, i) => generateLoad(3, i))) {
      if (!calendar) continue;
      const day = seasons[0]!;
      const first = series.startMs / series.stepMs;
      for (let t = day; t < series.values.length; t++) {
        const { logUplift } = calendar.eventAt(first + t);
        if (logUplift < 0.5 || calendar.eventAt(first + t - day).active) continue;
        const ratio = Math.log(series.values[t]! / series.values[t - day]!) / logUplift;
        if (Number.isFinite(ratio)) ratios.push(ratio);
      }
    }
    const median = ratios.sort((a, b) => a - b)[ratios.length >> 1]!;
    assert.ok(median > 0.6 && median < 1.4, `${median} of ${ratios.length}`);
  });
});
