/** Whatever stands in the file, the answer is settings or problems that can be read; never an exception. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseSettings } from '../../src/config/load.ts';

const example = readFileSync(join(import.meta.dirname, '..', '..', 'config', 'forescale.yaml'), 'utf8');

function settle(text: string): 'loaded' | 'invalid' {
  const result = parseSettings(text, 'fuzz');
  if (result.kind === 'loaded') return 'loaded';
  assert.ok(result.problems.length > 0);
  const lines = text.split('\n').length;
  for (const { path, line, expected, found } of result.problems) {
    assert.ok(path !== '' && expected !== '' && found !== '');
    assert.ok(line === undefined || (line >= 1 && line <= lines), `line ${line} of ${lines}`);
    assert.doesNotMatch(`${path}${expected}${found}`, /undefined|NaN|\[object/);
  }
  return 'invalid';
}

describe('parseSettings under random input', () => {
  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => void settle(text)),
      { numRuns: 300 },
    );
  });

  it('names an empty key, which a colon at the start of a line makes', () => {
    assert.equal(settle(`: $schema=./schema.json\n${example}`), 'invalid');
  });

  it('survives the example with a piece of it replaced', () => {
    const pieces = [
      '',
      '\n',
      ': ',
      '- ',
      '{',
      ']',
      '"',
      '30',
      '-1',
      '5m',
      '70%',
      'null',
      '~',
      '*a',
      '&a ',
      '!t ',
      '1e999',
      '.nan',
      'shop',
    ];
    const edit = fc.tuple(fc.nat(example.length), fc.nat(12), fc.constantFrom(...pieces));
    let invalid = 0;
    fc.assert(
      fc.property(edit, ([at, length, piece]) => {
        if (settle(example.slice(0, at) + piece + example.slice(at + length)) === 'invalid') invalid++;
      }),
      { numRuns: 300 },
    );
    assert.ok(invalid > 10, `only ${invalid} of 300 edits did harm`);
  });

  it('accepts limits on three levels exactly when those that count do not cross', () => {
    const limit = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined });
    const replicas = fc.record({ min: limit, max: limit });
    fc.assert(
      fc.property(replicas, replicas, replicas, (defaults, namespace, own) => {
        const text = JSON.stringify({
          prometheus: { url: 'http://prometheus:9090' },
          defaults: { replicas: defaults },
          namespaces: { shop: { replicas: namespace } },
          workloads: [{ namespace: 'shop', name: 'checkout', replicas: own }],
        });
        // A level is wrong by itself too, whether or not a workload below it mends it.
        const levels = [[defaults], [namespace, defaults], [own, namespace, defaults]].map((layers) => ({
          min: layers.map(({ min }) => min).find((min) => min !== undefined) ?? 1,
          max: layers.map(({ max }) => max).find((max) => max !== undefined),
        }));
        const crossed = levels.some(({ min, max }) => max !== undefined && min > max);
        const expected = crossed || levels[2]!.max === undefined ? 'invalid' : 'loaded';
        assert.equal(settle(text), expected);
      }),
      { numRuns: 300 },
    );
  });
});
