import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseBytes, parseMillicores, parseQuantity } from '../../../../src/adapters/kubernetes/state/quantity.ts';

describe('parseQuantity', () => {
  for (const [text, expected] of [
    ['250m', 0.25],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1E3', 1000],
    ['12345678n', 0.012345678],
    ['2k', 2000],
    ['512Mi', 536870912],
    ['1Gi', 1073741824],
    ['1G', 1e9],
    ['1E', 1e18],
    ['1Ei', 2 ** 60],
    ['-1', -1],
    ['+3', 3],
  ] as const) {
    it(`${text} is ${expected}`, () => assert.ok(Math.abs((parseQuantity(text) ?? Number.NaN) / expected - 1) < 1e-12));
  }

  for (const text of ['', 'm', 'abc', '1 Gi', '1Gb', '1ee3', 'NaN', 'Infinity', '1,5', '1e999']) {
    it(`"${text}" is not a quantity`, () => assert.equal(parseQuantity(text), undefined));
  }

  it('never gives NaN or an infinity, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => Number.isFinite(parseQuantity(text) ?? 0)));
  });
});

describe('parseMillicores and parseBytes', () => {
  it('round up finer amounts, and do not let float noise add one', () => {
    assert.equal(parseMillicores('100500u'), 101);
    assert.equal(parseMillicores('0.29'), 290);
    assert.equal(parseMillicores('1.1'), 1100);
    assert.equal(parseBytes('100m'), 1);
  });

  it('give every whole number of millicores back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        (m) => parseMillicores(`${m}m`) === m && parseMillicores(String(m / 1000)) === m,
      ),
    );
  });

  it('leave what is absent absent', () => {
    assert.equal(parseMillicores(undefined), undefined);
    assert.equal(parseBytes('many'), undefined);
  });
});
