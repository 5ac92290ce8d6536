/** Samples as a source may answer them, in bad order and of bad worth: what is made of them, what is said, what is forecast. */
import assert from 'node:assert/strict';
import type { RawSeries } from '../../src/domain/ports.ts';
import type { Quality } from '../../src/domain/quality.ts';
import type { TimeSeries } from '../../src/domain/time-series.ts';
import { observeSignal } from '../../src/observe/observe-signal.ts';
import { answered, CHECKOUT, checkout, context, DAY, END, MINUTE, samples } from '../observe/fixtures.ts';
import { answerTo, quantile, usable } from './support.ts';

const STEPS = (3 * DAY) / MINUTE;

/** Three days of minutes with a daily wave. */
const clean = samples(
  checkout,
  Array.from({ length: STEPS }, (_, i) => 100 - 60 * Math.cos((2 * Math.PI * i) / 1440)),
);

function observed(raw: RawSeries): { readonly series: TimeSeries; readonly quality: Quality } {
  const { series, quality } = observeSignal(answered([raw]), context({ workloads: [checkout] })).get(CHECKOUT)!;
  assert.ok(series);
  return { series, quality };
}

const pairs = ({ timesMs, values }: RawSeries) => timesMs.map((timeMs, i) => [timeMs, values[i]!] as const);
const rawOf = (all: readonly (readonly [timeMs: number, value: number])[]): RawSeries => ({
  ...clean,
  timesMs: all.map(([timeMs]) => timeMs),
  values: all.map(([, value]) => value),
});

/** Median forecast of the next steps by the simplest method, so that only the samples differ. */
async function forecastOf(series: TimeSeries): Promise<Float64Array> {
  const { forecaster } = await answerTo(series, { candidates: ['seasonal-naive'] });
  return quantile(usable(forecaster, 4), 0.5);
}

describe('bad samples', () => {
  const expected = observed(clean);

  it('times that decrease: the series is that of ascending ones, and so is the forecast', async () => {
    const { series, quality } = observed(rawOf([...pairs(clean)].reverse()));
    assert.deepEqual(series, expected.series);
    assert.deepEqual(quality, expected.quality);
    assert.deepEqual(await forecastOf(series), await forecastOf(expected.series));
  });

  it('duplicate times: the last one counts, and 4,320 duplicates are named', () => {
    const doubled = rawOf(
      pairs(clean).flatMap(([timeMs, value]) => [[timeMs, value + 7] as const, [timeMs, value] as const]),
    );
    const { series, quality } = observed(doubled);
    assert.deepEqual(series, expected.series);
    assert.deepEqual(quality.repairs, { resets: 0, duplicates: STEPS, infinities: 0 });
  });

  it('mixed steps, every 15 s in the second half: one value a minute, no hole, the forecast within 5 %', async () => {
    const finer = pairs(clean).flatMap(([timeMs, value], i) =>
      i < STEPS / 2 ? [[timeMs, value] as const] : [45, 30, 15, 0].map((ago) => [timeMs - ago * 1000, value] as const),
    );
    const { series, quality } = observed(rawOf(finer));
    assert.equal(quality.missingShare, 0);
    const [a, b] = [await forecastOf(series), await forecastOf(expected.series)];
    assert.ok(
      a.every((value, i) => Math.abs(value / b[i]! - 1) < 0.05),
      `${a} against ${b}`,
    );
  });

  it('mixed steps, every 5 min in the first half: missing between, named as gaps, and forecast all the same', async () => {
    const coarser = pairs(clean).filter((_, i) => i >= STEPS / 2 || i % 5 === 0);
    const { series, quality } = observed(rawOf(coarser));
    assert.equal(quality.state, 'gappy');
    assert.match(quality.message, /% of the last 3 d is missing, limit 20 %/);
    const [a, b] = [await forecastOf(series), await forecastOf(expected.series)];
    assert.ok(
      a.every((value, i) => Math.abs(value / b[i]! - 1) < 0.15),
      `${a} against ${b}`,
    );
  });

  it('negative rates: missing and counted as resets, never zero', () => {
    const negative = rawOf(pairs(clean).map(([timeMs, value], i) => [timeMs, i % 100 === 3 ? -value : value] as const));
    const { series, quality } = observed(negative);
    assert.equal(quality.repairs.resets, Math.ceil((STEPS - 3) / 100));
    assert.ok(Number.isNaN(series.values[3]!));
    assert.ok(series.values.every((value) => !(value <= 0)));
  });

  it('infinities and NaN: missing; the newest one holds the workload where it is, with a reason', () => {
    const broken = rawOf(
      pairs(clean).map(
        ([timeMs, value], i) => [timeMs, i >= STEPS - 2 ? (i % 2 ? Number.NaN : Infinity) : value] as const,
      ),
    );
    const { series, quality } = observed(broken);
    assert.ok(Number.isNaN(series.values.at(-1)!) && Number.isNaN(series.values.at(-2)!));
    assert.equal(quality.action, 'hold');
    assert.match(quality.message, /expected a number as the newest sample, found NaN at /);
  });

  it('samples of the future and of before the window: left out', () => {
    const more = rawOf([[END - 30 * DAY, 1e9], ...pairs(clean), [END + 10 * MINUTE, 1e9]]);
    assert.deepEqual(observed(more).series, expected.series);
  });
});
