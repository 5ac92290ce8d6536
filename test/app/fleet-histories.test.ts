/** What a training of the fleet may cost: it is bounded by the samples that it looks at. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { type Book, newEntry } from '../../src/app/book.ts';
import { gatherHistories } from '../../src/app/fleet-histories.ts';
import type { LoopState } from '../../src/app/world.ts';
import { endMs, type TimeSeries } from '../../src/domain/time-series.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import { MINUTE_MS, seriesOf } from '../forecast/made-series.ts';
import { template } from '../observe/fixtures.ts';
import { refOf, specOf } from '../pipeline/facts.ts';

const DAY_MS = 1440 * MINUTE_MS;
const MOST = 200 * 14 * 1440;
const wave = (length: number, stepMs: number) =>
  seriesOf(
    Float64Array.from({ length }, (_, i) => 100 + 50 * Math.sin(i / 100)),
    stepMs,
  );

/** Workloads w000 … with these histories. */
function bookOf(histories: readonly TimeSeries[]): Book {
  const named = histories.map((history, i) => {
    const name = `w${String(i).padStart(3, '0')}`;
    const entry = newEntry(specOf(name, { signals: { requests: template } }));
    entry.series.set('requests', history);
    return [workloadKey(refOf(name)), entry] as const;
  });
  return new Map(named);
}

const settings = (seed: number) => ({ forecast: { seed, experts: [], candidates: ['aggregate'] } });
const gather = async (book: Book, nowMs: number, seed = 1) => {
  const gathered = await gatherHistories({ book, settings: settings(seed) } as unknown as LoopState, nowMs);
  assert.ok(gathered);
  return { ...gathered, ids: gathered.histories.map(({ id }) => id) };
};

describe('gatherHistories', () => {
  it('looks at 200 of 450 workloads with two weeks of minutes, at 4,032,000 samples', async () => {
    const history = wave(15 * 1440, MINUTE_MS);
    const { histories, from, ids } = await gather(bookOf(Array(450).fill(history)), endMs(history));
    assert.equal(from, '200 of 450 workloads');
    assert.equal(new Set(ids).size, 200);
    const samples = histories.reduce((sum, { series }) => sum + series.values.length, 0);
    assert.equal(samples, MOST);
    // What a worker is sent goes with the whole of its buffer.
    for (const { series } of histories) assert.equal(series.values.buffer.byteLength, 8 * 14 * 1440);
  });

  describe('of 20 workloads, of which one has two weeks of seconds', () => {
    let histories: readonly TimeSeries[];
    let nowMs: number;
    before(() => {
      const long = wave(14 * 86_400, 1000);
      nowMs = endMs(long);
      const short = { ...wave(100, 1000), startMs: nowMs - 100_000 };
      histories = [long, ...Array(19).fill(short)];
    });

    it('takes 3, the same ones for the same seed and day, others the next night or by another seed', async () => {
      const book = bookOf(histories);
      const first = await gather(book, nowMs);
      assert.equal(first.from, '3 of 20 workloads');
      assert.deepEqual((await gather(book, nowMs)).ids, first.ids);
      assert.notDeepEqual((await gather(book, nowMs + DAY_MS)).ids, first.ids);
      assert.notDeepEqual((await gather(book, nowMs, 2)).ids, first.ids);
    });

    it('takes the same ones in whatever order they were found', async () => {
      const book = bookOf(histories);
      const reversed = new Map([...book].reverse());
      assert.deepEqual((await gather(reversed, nowMs)).ids, (await gather(book, nowMs)).ids);
    });

    it('gives each its turn within 7 nights', async () => {
      const book = bookOf(histories);
      for (const seed of [1, 2, 3]) {
        const seen = new Set<string>();
        for (let night = 0; night < 7; night++) {
          for (const id of (await gather(book, nowMs + night * DAY_MS, seed)).ids) seen.add(id);
        }
        assert.equal(seen.size, 20);
      }
    });

    it('looks as far ahead as the slowest of all, whoever is taken', async () => {
      const book = bookOf(histories);
      book.get(workloadKey(refOf('w013')))!.leadMs = 60 * MINUTE_MS;
      const taken: boolean[] = [];
      for (let day = 0; day < 10; day++) {
        const { horizonSteps, ids } = await gather(book, nowMs + day * DAY_MS);
        assert.equal(horizonSteps, 7200);
        taken.push(ids.includes(workloadKey(refOf('w013'))));
      }
      assert.deepEqual(new Set(taken), new Set([true, false]));
    });
  });

  it('is undefined without a workload that has a sample', async () => {
    const nothing = seriesOf(new Float64Array(100).fill(Number.NaN), MINUTE_MS);
    const loop = { book: bookOf([nothing]), settings: settings(1) } as unknown as LoopState;
    assert.equal(await gatherHistories(loop, endMs(nothing)), undefined);
  });
});
