import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal, readJournal } from '../../../src/adapters/journal/file-journal.ts';
import type { JournalEntry } from '../../../src/domain/actuation.ts';

const shop = { namespace: 'shop', kind: 'Deployment', name: 'checkout' } as const;
const key = 'shop/Deployment/checkout';

function entry(to: number, name = 'checkout'): JournalEntry {
  const reasons = [{ code: 'forecast-peak', message: 'näxt peak ü' }] as const;
  return { atMs: 1000 * to, ref: { ...shop, name }, from: 2, to, reasons, outcome: 'applied', mode: 'act' };
}

describe('openJournal', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'forescale-journal-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const file = (name = 'journal.jsonl') => join(dir, name);

  it('gives back the newest 2 of 3 entries of a workload, newest last', async () => {
    const journal = await openJournal({ dir });
    await journal.append([entry(3), entry(9, 'cart'), entry(4)]);
    await journal.append([entry(5)]);
    assert.deepEqual(await readJournal(dir, key, 2), [entry(4), entry(5)]);
    assert.deepEqual(await readJournal(dir, 'shop/StatefulSet/checkout', 2), []);
    assert.deepEqual(await readJournal(dir, key, 0), []);
    await journal.close();
  });

  it('keeps what was written over a restart', async () => {
    const before = await openJournal({ dir });
    await before.append([entry(3)]);
    await before.close();
    const after = await openJournal({ dir });
    await after.append([entry(4)]);
    assert.deepEqual(await readJournal(dir, key, 9), [entry(3), entry(4)]);
    await after.close();
  });

  it('cuts off a last line without an end, says how long it was, and loses nothing before it', async () => {
    const whole = `${JSON.stringify(entry(3))}\n`;
    writeFileSync(file(), `${whole}${JSON.stringify(entry(4)).slice(0, 20)}`);
    const warnings: string[] = [];
    const journal = await openJournal({ dir, onWarning: (message) => warnings.push(message) });
    await journal.append([entry(5)]);
    assert.deepEqual(await readJournal(dir, key, 9), [entry(3), entry(5)]);
    assert.deepEqual(warnings, [`${file()}: the last line had no end (20 bytes) and was cut off`]);
    await journal.close();
  });

  it('starts empty when the only line is torn, even one that is longer than a block', async () => {
    writeFileSync(file(), 'x'.repeat(200_000));
    const journal = await openJournal({ dir });
    assert.equal(statSync(file()).size, 0);
    await journal.close();
  });

  it('skips a damaged line in the middle with its number and reads the others', async () => {
    writeFileSync(file(), `${JSON.stringify(entry(3))}\n{"atMs":\n${JSON.stringify(entry(4))}\n`);
    const warnings: string[] = [];
    const journal = await openJournal({ dir });
    const entries = await readJournal(dir, key, 9, (message) => warnings.push(message));
    assert.deepEqual(entries, [entry(3), entry(4)]);
    assert.deepEqual(warnings, [`${file()}: line 2 is damaged and was skipped`]);
    await journal.close();
  });

  it('puts a full file aside, keeps 2 of them, and reads across all', async () => {
    const journal = await openJournal({ dir, maxBytes: 1, keep: 2 });
    for (let to = 1; to <= 5; to++) await journal.append([entry(to)]);
    assert.deepEqual(readdirSync(dir).sort(), ['journal.1.jsonl', 'journal.2.jsonl', 'journal.jsonl']);
    assert.deepEqual(await readJournal(dir, key, 9), [entry(3), entry(4), entry(5)]);
    assert.deepEqual(await readJournal(dir, key, 2), [entry(4), entry(5)]);
    await journal.close();
  });

  it('does not mix the lines of 50 appends at the same time', async () => {
    const journal = await openJournal({ dir, maxBytes: 2000, keep: 50 });
    await Promise.all(Array.from({ length: 50 }, (_, to) => journal.append([entry(to), entry(to, 'cart')])));
    const targets = (await readJournal(dir, key, 99)).map(({ to }) => to);
    assert.deepEqual(
      targets,
      Array.from({ length: 50 }, (_, to) => to),
    );
    await journal.close();
  });

  it('writes nothing for an empty batch', async () => {
    const journal = await openJournal({ dir });
    await journal.append([]);
    assert.equal(readFileSync(file(), 'utf8'), '');
    await journal.close();
  });

  it('rejects with the file and the number of decisions when the disk is full', async function () {
    if (process.platform !== 'linux') return this.skip(); // needs /dev/full
    symlinkSync('/dev/full', file());
    const journal = await openJournal({ dir });
    await assert.rejects(journal.append([entry(3), entry(4)]), (error: Error) => {
      assert.match(error.message, /journal\.jsonl: 2 decisions were not written: ENOSPC/);
      return true;
    });
    await journal.close();
  });

  it('takes the next batch after one that could not be written', async () => {
    const journal = await openJournal({ dir });
    const unwritable = { ...entry(3), atMs: 1n } as unknown as JournalEntry;
    await assert.rejects(journal.append([unwritable]), /BigInt/);
    await journal.append([entry(4)]);
    assert.deepEqual(await readJournal(dir, key, 9), [entry(4)]);
    await journal.close();
  });

  it('has every batch that was confirmed before kill -9, and only whole lines after the next start', async () => {
    const script = `
      import { openJournal } from ${JSON.stringify(join(import.meta.dirname, '../../../src/adapters/journal/file-journal.ts'))};
      const journal = await openJournal({ dir: ${JSON.stringify(dir)} });
      for (let to = 0; ; to++) {
        await journal.append([{ ...${JSON.stringify(entry(0))}, to }]);
        process.stdout.write(to + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let confirmed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      confirmed += chunk;
      if (confirmed.length > 60) child.kill('SIGKILL');
    });
    await once(child, 'close');
    appendFileSync(file(), '{"torn');
    const last = Number(confirmed.slice(0, confirmed.lastIndexOf('\n')).split('\n').at(-1));
    const journal = await openJournal({ dir });
    const targets = (await readJournal(dir, key, 1_000_000)).map(({ to }) => to);
    assert.deepEqual(
      targets,
      Array.from({ length: targets.length }, (_, to) => to),
    );
    assert.ok(targets.length > last, `${targets.length} entries on disk, ${last + 1} confirmed`);
    await journal.close();
  });
});
