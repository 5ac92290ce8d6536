import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { readShape } from '../../src/config/read-shape.ts';
import { configSchema } from '../../src/config/schema.ts';

const schema = z.strictObject({
  name: z.string({ error: 'a name' }),
  count: z.int({ error: 'a whole number' }).prefault(3),
  inner: z.strictObject({ left: z.number({ error: 'a number' }), right: z.number({ error: 'a number' }).optional() }),
  list: z.array(z.enum(['red', 'green'], { error: 'one of red, green' })).prefault([]),
  byName: z
    .record(z.string().regex(/^[a-z]+$/, { error: 'a name in lower case' }), z.number({ error: 'a number' }))
    .prefault({}),
});

const good = { name: 'n', inner: { left: 1 } };
const messages = (value: unknown) =>
  readShape(schema, value).problems.map(({ path, expected, found, meant }) => [path.join('.'), expected, found, meant]);

describe('readShape', () => {
  it('fills in defaults where nothing was given', () => {
    assert.deepEqual(readShape(schema, good), {
      draft: { ...good, inner: { left: 1, right: undefined }, count: 3, list: [], byName: {} },
      problems: [],
    });
  });

  it('keeps the right parts beside 6 wrong ones', () => {
    const { draft, problems } = readShape(schema, {
      name: 7,
      count: 1.5,
      inner: { left: 1, right: 'x' },
      list: ['red', 'gren', null],
      byName: { Upper: 1, lower: 2 },
    });
    assert.equal(problems.length, 6);
    assert.equal(draft?.inner?.left, 1);
    assert.deepEqual(draft?.list, ['red', undefined, undefined]);
    assert.equal(draft?.byName?.['lower'], 2);
  });

  it('does not put a default in the place of a wrong value', () => {
    assert.equal(readShape(schema, { ...good, count: 'many' }).draft?.count, undefined);
  });

  it('names the settings of a section that is needed and missing', () => {
    assert.deepEqual(messages({}), [
      ['name', 'a name', 'nothing', undefined],
      ['inner.left', 'a number', 'nothing', undefined],
    ]);
  });

  it('suggests the setting, also inside of a section, and the choice that was meant', () => {
    assert.deepEqual(messages({ ...good, coutn: 1, left: 2, list: ['gren'] }), [
      ['coutn', 'a known setting', '"coutn"', 'count'],
      ['left', 'a known setting', '"left"', 'inner.left'],
      ['list.0', 'one of red, green', '"gren"', 'green'],
    ]);
  });

  it('says mapping or list for a structure in the wrong place', () => {
    assert.deepEqual(messages({ ...good, inner: [], list: {}, byName: 3 }), [
      ['inner', 'a mapping of settings', 'a list', undefined],
      ['list', 'a list', 'a mapping', undefined],
      ['byName', 'a mapping', '3', undefined],
    ]);
  });

  it('never prints the value of an unknown key that sounds like a secret', () => {
    const text = JSON.stringify(messages({ ...good, apiToken: 'hunter2', Password: 'hunter2', other: 'hunter2' }));
    assert.ok(!text.includes('hunter2'), text);
  });

  it('agrees with zod about every value, right or wrong, on the whole configuration', () => {
    const keys = fc.constantFrom(
      'mode',
      'loop',
      'prometheus',
      'url',
      'replicas',
      'min',
      'max',
      'workloads',
      'name',
      'x',
    );
    const leaf = fc.oneof(
      fc.constantFrom('dry-run', '30s', 'http://p:9090', 'shop', '70%'),
      fc.integer(),
      fc.boolean(),
    );
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('node'), { maxLength: 2 }),
        fc.dictionary(keys, tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (value) => {
        const ours = readShape(configSchema, value).problems.length === 0;
        assert.equal(ours, configSchema.safeParse(value).success);
      }),
      { numRuns: 300 },
    );
  });
});
