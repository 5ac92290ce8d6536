import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { fileName } from '../../../src/adapters/history/file-name.ts';
import { createHistoryStore } from '../../../src/adapters/history/history-store.ts';
import type { Log } from '../../../src/domain/log.ts';
import { endMs, type TimeSeries } from '../../../src/domain/time-series.ts';

const KEY = 'shop/Deployment/checkout/cpu';
const MINUTE = 60_000;
const DAY = 1440;
const START = Date.UTC(2026, 9, 1);

function series(values: ArrayLike<number>, startMs = START): TimeSeries {
  return { startMs, stepMs: MINUTE, values: Float64Array.from(values) };
}

const ramp = (steps: number, startMs = START) =>
  series(
    Array.from({ length: steps }, (_, i) => startMs / MINUTE + i),
    startMs,
  );

describe('createHistoryStore', () => {
  let folder: string;
  let lines: string[];
  let log: Log;
  const path = () => join(folder, fileName(KEY));
  const size = () => statSync(path()).size;
  const open = () => createHistoryStore(folder, { log, now: () => Date.UTC(2026, 9, 20) });
  const reread = () => open().load(KEY);

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'forescale-history-')), 'history');
    lines = [];
    const write = (message: string, fields = {}) => lines.push(`${message} ${JSON.stringify(fields)}`);
    log = { debug: write, info: write, warn: write, error: write };
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  it('gives back what was saved, after a restart', async () => {
    await open().save(KEY, series([1, Number.NaN, 3]));
    assert.deepEqual(await reread(), series([1, Number.NaN, 3]));
    assert.deepEqual(lines, []);
  });

  it('knows nothing of a key that was never saved', async () => {
    assert.equal(await reread(), undefined);
    assert.deepEqual(lines, []);
  });

  it('appends about 2 kB for a new minute instead of writing 161 kB for 14 days', async () => {
    const store = open();
    const all = ramp(14 * DAY + 5);
    await store.save(KEY, { ...all, values: all.values.subarray(0, 14 * DAY) });
    const before = size();
    assert.ok(before > 161_000);
    await store.save(KEY, all);
    assert.ok(size() - before <= 2 * 1024 * 2 + 64, `${size() - before} bytes`);
    assert.deepEqual(await reread(), all);
  });

  it('writes nothing when nothing changed, even after a restart', async () => {
    await open().save(KEY, ramp(3 * DAY));
    const { mtimeNs, size } = statSync(path(), { bigint: true });
    const store = open();
    await store.load(KEY);
    await store.save(KEY, ramp(3 * DAY));
    const after = statSync(path(), { bigint: true });
    assert.deepEqual([after.mtimeNs, after.size], [mtimeNs, size]);
  });

  it('follows a window of 2 days over 3 weeks of hours, and the file stays below three times its content', async () => {
    const store = open();
    let largest = 0;
    for (let hour = 0; hour < 21 * 24; hour++) {
      await store.save(KEY, ramp(2 * DAY, START + hour * 60 * MINUTE));
      largest = Math.max(largest, size());
    }
    const kept = await reread();
    const last = ramp(2 * DAY, START + (21 * 24 - 1) * 60 * MINUTE);
    assert.equal(endMs(kept!), endMs(last));
    assert.deepEqual(kept!.values.subarray(-2 * DAY), last.values);
    assert.ok(largest < 3 * 2 * DAY * 8, `${largest} bytes`);
  });

  it('keeps a value of two weeks ago that was corrected', async () => {
    const store = open();
    const before = ramp(14 * DAY);
    const after = { ...before, values: before.values.with(3, 42) };
    await store.save(KEY, before);
    await store.save(KEY, after);
    assert.deepEqual(await reread(), after);
  });

  it('writes anew when the step changed or older history came', async () => {
    const store = open();
    await store.save(KEY, ramp(100));
    await store.save(KEY, ramp(100, START - 50 * MINUTE));
    assert.equal((await reread())?.startMs, START - 50 * MINUTE);
    const other = { startMs: START, stepMs: 30_000, values: Float64Array.of(1, 2) };
    await store.save(KEY, other);
    assert.deepEqual(await reread(), other);
  });

  it('gives the last series saved, whatever the sequence (property)', async () => {
    const step = fc.record({
      from: fc.nat({ max: 600 }),
      length: fc.integer({ min: 1, max: 900 }),
      change: fc.nat({ max: 899 }),
      restart: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        rmSync(folder, { recursive: true, force: true });
        let store = open();
        for (const { from, length, change, restart } of steps) {
          const given = ramp(length, START + from * MINUTE);
          given.values[change % length] = Number.NaN;
          if (restart) {
            store = open();
            await store.load(KEY);
          }
          await store.save(KEY, given);
          const kept = (await reread())!;
          assert.equal(endMs(kept), endMs(given));
          const tail = kept.values.subarray(kept.values.length - length);
          // Where the window moved into a block, corrections of that one oldest block may wait for the next whole file.
          const settled = kept.startMs === given.startMs ? 0 : Math.min(length, 256);
          assert.deepEqual(tail.subarray(settled), given.values.subarray(settled));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('sets a damaged file aside, says so, and starts anew', async () => {
    await open().save(KEY, ramp(100));
    const bytes = readFileSync(path());
    bytes[200]! ^= 1;
    writeFileSync(path(), bytes);
    const store = open();
    assert.equal(await store.load(KEY), undefined);
    assert.match(
      lines.join('\n'),
      /^history is damaged: set aside and asked for again .*\.damaged-2026-10-20T000000\.000Z.*the first record does not verify/,
    );
    assert.deepEqual(readdirSync(folder), [`${fileName(KEY)}.damaged-2026-10-20T000000.000Z`]);
    await store.save(KEY, ramp(50));
    assert.deepEqual(await reread(), ramp(50));
  });

  it('goes on behind a record that was cut off by a kill', async () => {
    await open().save(KEY, ramp(600));
    appendFileSync(path(), Buffer.alloc(9000, 0xff));
    const store = open();
    assert.deepEqual(await store.load(KEY), ramp(600));
    assert.match(lines.join(), /half-written record/);
    await store.save(KEY, ramp(700));
    lines = [];
    assert.deepEqual(await reread(), ramp(700));
    assert.deepEqual(lines, [], 'nothing of the old end is left behind the new one');
  });

  it('writes the file whole when someone removed or shortened it', async () => {
    const store = open();
    await store.save(KEY, ramp(600));
    truncateSync(path(), 100);
    await store.save(KEY, ramp(601));
    assert.deepEqual(await reread(), ramp(601));
    rmSync(path());
    await store.save(KEY, ramp(602));
    assert.deepEqual(await reread(), ramp(602));
  });

  it('ignores what a kill left of a whole file that was never renamed', async () => {
    await open().save(KEY, ramp(600));
    writeFileSync(`${path()}.tmp`, 'half');
    assert.deepEqual(await reread(), ramp(600));
    await open().save(KEY, ramp(10));
    assert.deepEqual(readdirSync(folder), [fileName(KEY)]);
  });

  it('says when the disk refuses and recovers when it does not', async () => {
    writeFileSync(folder, 'a file where the folder should be');
    const store = open();
    await store.save(KEY, ramp(5));
    assert.match(lines.join(), /history cannot be written; a restart would ask for it again/);
    rmSync(folder);
    await store.save(KEY, ramp(5));
    assert.deepEqual(await reread(), ramp(5));
  });

  it('says when a file cannot be read', async () => {
    mkdirSync(path(), { recursive: true });
    assert.equal(await reread(), undefined);
    assert.match(lines.join(), /history cannot be read and is asked for again .*EISDIR/);
  });

  it('keeps the order of 50 saves that do not wait for each other', async () => {
    const store = open();
    await Promise.all(Array.from({ length: 50 }, (_, i) => store.save(KEY, ramp(600 + i))));
    assert.deepEqual(await reread(), ramp(649));
  });

  it('removes files that were not written for 28 days, damaged ones too, and leaves others alone', async () => {
    const store = open();
    await store.save(KEY, ramp(5));
    await store.save('gone', ramp(5));
    writeFileSync(join(folder, `${fileName('old')}.damaged-2026`), '');
    writeFileSync(join(folder, 'notes.txt'), '');
    const longAgo = new Date(Date.UTC(2026, 7, 1));
    for (const name of [fileName('gone'), `${fileName('old')}.damaged-2026`, 'notes.txt'])
      utimesSync(join(folder, name), longAgo, longAgo);
    assert.equal(await store.sweep(28 * DAY * MINUTE), 2);
    assert.deepEqual(readdirSync(folder).sort(), ['notes.txt', fileName(KEY)].sort());
  });

  it('keeps its files to itself', async () => {
    await open().save(KEY, ramp(5));
    assert.equal(statSync(path()).mode & 0o077, 0);
  });

  it('is whole after each of 12 kills in mid-write', async () => {
    let newest = 0;
    for (let kill = 0; kill < 12; kill++) {
      const child = spawn(
        process.execPath,
        [fileURLToPath(import.meta.resolve('./endless-writer.ts')), folder, KEY, String(newest)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await sleep(20 + ((kill * 37) % 60));
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      const kept = await reread();
      assert.ok(kept, `a series after kill ${kill}: ${lines.join()}`);
      assert.ok(kept.values.length >= newest, 'nothing that was saved before is lost');
      assert.ok(kept.values.every((value, i) => value === kept.startMs / MINUTE + i));
      newest = kept.values.length;
    }
    assert.deepEqual(
      lines.filter((line) => line.includes('damaged')),
      [],
    );
  });
});
