import assert from 'node:assert/strict';
import { readYaml } from '../../src/config/yaml-source.ts';

const text = `# a comment
prometheus:
  url: http://prom:9090

workloads:
  - name: checkout
    replicas: { min: 2,
      max: 5 }
  - name: search
`;

describe('readYaml', () => {
  it('knows the line of a key, of a list item and of a key inside of braces', () => {
    const { lineOf } = readYaml(text);
    assert.equal(lineOf(['prometheus', 'url']), 3);
    assert.equal(lineOf(['workloads', 1]), 9);
    assert.equal(lineOf(['workloads', 0, 'replicas', 'max']), 8);
  });

  it('gives the line of the nearest thing above for what is not there, and none for the file', () => {
    const { lineOf } = readYaml(text);
    assert.equal(lineOf(['prometheus', 'timeout']), 2);
    assert.equal(lineOf(['workloads', 1, 'replicas', 'min']), 9);
    assert.equal(lineOf(['kubernetes', 'lease']), undefined);
    assert.equal(lineOf([]), undefined);
  });

  it('takes a section whose settings are all commented out as absent', () => {
    assert.deepEqual(readYaml('prometheus:\n  # url: x\nloop: 30s').value, { loop: '30s' });
  });

  it('keeps an empty item of a list, because something was meant to be there', () => {
    assert.deepEqual(readYaml('workloads:\n  -\n').value, { workloads: [null] });
  });

  it('reads plain data only: a date stays a text, and so does yes', () => {
    assert.deepEqual(readYaml('start: 2026-11-27\nflag: yes\n').value, { start: '2026-11-27', flag: 'yes' });
  });

  it('reads keys as they are written, also those that would be numbers', () => {
    const { value, lineOf } = readYaml('.nan: 1\n1e3: 2\n0x10: 3\n');
    assert.deepEqual(value, { '.nan': 1, '1e3': 2, '0x10': 3 });
    assert.deepEqual([lineOf(['1e3']), lineOf(['0x10'])], [2, 3]);
  });

  it('finds every doubled key, in nested lists too, and names the line of the first', () => {
    const { problems } = readYaml('a:\n  - { b: 1 }\n  - b: 1\n    c: 2\n    b: 3\na: 2\n');
    assert.deepEqual(
      problems.map(({ path, line, found }) => [path, line, found]),
      [
        ['a', 6, 'a second "a", the first is on line 1'],
        ['a[1].b', 5, 'a second "b", the first is on line 3'],
      ],
    );
  });

  const malformed: readonly (readonly [string, string, number])[] = [
    ['a colon too many', 'a:\n  b: c: d', 2],
    ['a bracket that stays open', 'a: [1, 2\nb: 3', 2],
    ['a tag', 'a: 1\nb: !secret token', 2],
    ['two documents', 'a: 1\n---\nb: 2', 2],
  ];
  for (const [what, yaml, line] of malformed) {
    it(`reports ${what} with its line and gives no value`, () => {
      const { value, problems } = readYaml(yaml);
      assert.equal(value, undefined);
      assert.equal(problems[0]?.line, line);
      assert.match(problems[0]?.found ?? '', /^an error: /);
    });
  }

  it('survives an alias without its anchor, and a million aliases in 9 lines', () => {
    const rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key, i, keys) => {
      const item = i === 0 ? 'x' : `*${keys[i - 1]}`;
      return `${key}: &${key} [${Array(9).fill(item).join(', ')}]`;
    });
    for (const yaml of ['a: *nowhere', rows.join('\n')]) {
      const { value, problems } = readYaml(yaml);
      assert.equal(value, undefined);
      assert.ok(problems.length > 0);
    }
  });

  it('does not let a key called __proto__ reach the prototype', () => {
    const { value } = readYaml('__proto__: { polluted: true }');
    assert.equal(Object.hasOwn(value as object, '__proto__'), true);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });
});
