import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { readTextFile } from '../../src/cli/text-file.ts';
import { checkPlaces, writeFiles } from '../../src/cli/write-files.ts';

describe('files of results', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'files-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are written with the folders they need, over what was there', async () => {
    await writeFile(at('a.txt'), 'old');
    await writeFiles([
      { path: at('a.txt'), text: 'new' },
      { path: at('deep/er/b.txt'), text: 'b' },
    ]);
    assert.equal(await readFile(at('a.txt'), 'utf8'), 'new');
    assert.deepEqual(await readdir(at('deep/er')), ['b.txt']);
    assert.deepEqual((await readdir(folder)).sort(), ['a.txt', 'deep']);
  });

  it('are all left as they were when one cannot be written', async () => {
    await writeFile(at('a.txt'), 'old');
    await writeFile(at('file'), '');
    const files = [
      { path: at('a.txt'), text: 'new' },
      { path: at('file/b.txt'), text: 'b' },
    ];
    await assert.rejects(writeFiles(files), /b\.txt cannot be written: .*Nothing was written\./);
    assert.equal(await readFile(at('a.txt'), 'utf8'), 'old');
    assert.deepEqual((await readdir(folder)).sort(), ['a.txt', 'file']);
  });

  it('leave no folder behind that was made for them, and those of others alone', async () => {
    await mkdir(at('old'));
    await writeFile(at('file'), '');
    const files = ['old/new/a.txt', 'one/two/b.txt', 'file/c.txt'].map((name) => ({ path: at(name), text: 'x' }));
    await assert.rejects(writeFiles(files), /c\.txt cannot be written/);
    assert.deepEqual((await readdir(folder, { recursive: true })).sort(), ['file', 'old']);
  });

  it('are not begun after a stop', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await assert.rejects(writeFiles([{ path: at('a.txt'), text: 'a' }], stop.signal), /stopped/);
    assert.deepEqual(await readdir(folder), []);
  });

  it('are not begun when one of the places is a folder', async () => {
    await mkdir(at('folder'));
    const files = [
      { path: at('a.txt'), text: 'a' },
      { path: at('folder'), text: 'b' },
    ];
    await assert.rejects(writeFiles(files), /folder cannot be written: it is a folder\. Nothing was written\./);
    assert.deepEqual(await readdir(folder), ['folder']);
  });

  it('are all left as they were when a disk is full, and the full device stays a device (skipped without it)', async function () {
    if (!(await stat('/dev/full').catch(() => undefined))?.isCharacterDevice()) this.skip();
    await writeFile(at('a.txt'), 'old');
    const files = [
      { path: '/dev/full', text: 'b' },
      { path: at('a.txt'), text: 'new' },
    ];
    await assert.rejects(writeFiles(files), /\/dev\/full cannot be written: ENOSPC.* Nothing was written\./);
    assert.equal(await readFile(at('a.txt'), 'utf8'), 'old');
    assert.deepEqual(await readdir(folder), ['a.txt']);
    assert.ok((await stat('/dev/full')).isCharacterDevice());
  });

  it('go to what is no file as well', async () => {
    await writeFiles([{ path: '/dev/null', text: 'gone' }]);
    assert.ok((await stat('/dev/null')).isCharacterDevice());
  });

  it('have a place when the nearest folder above them can be written to', async () => {
    await writeFile(at('file'), '');
    await checkPlaces([at('file'), at('new.txt'), at('deep/er/b.txt'), '/dev/null']);
    assert.deepEqual(await readdir(folder), ['file'], 'nothing is made');
  });

  it('have no place below a file or where a folder stands', async () => {
    await writeFile(at('file'), '');
    await mkdir(at('folder'));
    await assert.rejects(
      checkPlaces([at('ok'), at('file/b.txt')]),
      /file\/b\.txt cannot be written: .*file is no folder\./,
    );
    await assert.rejects(
      checkPlaces([at('folder')]),
      /folder cannot be written: it is a folder\. Nothing was written\./,
    );
  });

  it('have no place in a folder that may not be written to (skipped for root, who may)', async function () {
    if (process.getuid?.() === 0) this.skip();
    await mkdir(at('closed'), { mode: 0o500 });
    await assert.rejects(
      checkPlaces([at('closed/b.txt')]),
      /closed\/b\.txt cannot be written: EACCES.*Nothing was written\./,
    );
  });

  it('are read plain, or unpacked when they end in .gz', async () => {
    await writeFile(at('t.csv'), 'größe');
    await writeFile(at('t.csv.gz'), gzipSync('größe'));
    assert.equal(await readTextFile(at('t.csv')), 'größe');
    assert.equal(await readTextFile(at('t.csv.gz')), 'größe');
  });

  it('are named when they cannot be read', async () => {
    await mkdir(at('folder'));
    await writeFile(at('bad.gz'), 'not packed');
    await assert.rejects(readTextFile(at('none.csv')), /none\.csv cannot be read: ENOENT/);
    await assert.rejects(readTextFile(at('folder')), /folder cannot be read: EISDIR/);
    await assert.rejects(
      readTextFile(at('bad.gz')),
      /bad\.gz cannot be read: expected gzip data, as its name says, found other bytes$/,
    );
    await writeFile(at('cut.gz'), gzipSync('unique_id,ds,y').subarray(0, 20));
    await assert.rejects(readTextFile(at('cut.gz')), /cut\.gz cannot be read: unexpected end of file$/);
  });

  it('are refused, with the line, where they are no text: Latin-1, UTF-16, or packed without the name', async () => {
    const latin = Buffer.from('unique_id,ds,y\nweb,1,2\n\xe9t\xe9,1,2\n', 'latin1');
    await writeFile(at('latin.csv'), latin);
    await assert.rejects(
      readTextFile(at('latin.csv')),
      /latin\.csv cannot be read: line 3: expected text in UTF-8, found other bytes$/,
    );
    await writeFile(at('latin.csv.gz'), gzipSync(latin));
    await assert.rejects(readTextFile(at('latin.csv.gz')), /line 3: expected text in UTF-8/);
    await writeFile(at('wide.csv'), Buffer.from('\uFEFFunique_id,ds,y', 'utf16le'));
    await assert.rejects(readTextFile(at('wide.csv')), /line 1: expected text in UTF-8, found other bytes$/);
    await writeFile(at('packed.csv'), gzipSync('unique_id,ds,y'));
    await assert.rejects(readTextFile(at('packed.csv')), /found gzip data: its name should end in \.gz$/);
  });

  it('keep a byte order mark, and a replacement character that stands in the text itself', async () => {
    await writeFile(at('mark.csv'), '\uFEFFa\uFFFDb');
    assert.equal(await readTextFile(at('mark.csv')), '\uFEFFa\uFFFDb');
  });
});
