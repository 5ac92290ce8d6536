import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonDocument } from '../../../src/adapters/files/json-document.ts';

interface Counter {
  readonly count: number;
}
const isCounter = (value: unknown): value is Counter => typeof value === 'object' && value !== null && 'count' in value;

describe('jsonDocument', () => {
  let folder: string;
  let damage: string[];
  const document = () => jsonDocument(join(folder, 'deep', 'state.json'), isCounter, (message) => damage.push(message));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-document-'));
    damage = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is undefined before the first save, without a complaint', async () => {
    assert.equal(await document().load(), undefined);
    assert.deepEqual(damage, []);
  });

  it('gives back what was saved last and leaves no temporary file', async () => {
    await document().save({ count: 1 });
    await document().save({ count: 2 });
    assert.deepEqual(await document().load(), { count: 2 });
    assert.deepEqual(readdirSync(join(folder, 'deep')), ['state.json']);
  });

  for (const [what, text] of [
    ['half a line', '{"cou'],
    ['another form', '{"number":3}'],
    ['nothing', ''],
  ] as const) {
    it(`reports ${what} and takes it as no document`, async () => {
      await document().save({ count: 1 });
      writeFileSync(join(folder, 'deep', 'state.json'), text);
      assert.equal(await document().load(), undefined);
      assert.equal(damage.length, 1);
      assert.match(damage[0]!, /state\.json: not a document of this version; it is ignored/);
    });
  }
});
