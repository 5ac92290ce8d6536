import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseShare } from '../../src/config/shares.ts';

describe('parseShare', () => {
  it('reads 70%, "0.7" and 0.7 as the same number to the last bit', () => {
    assert.equal(parseShare('70%'), 0.7);
    assert.equal(parseShare('0.7'), 0.7);
    assert.equal(parseShare(0.7), 0.7);
  });

  it('reads every hundredth of a percent as the decimal that a person would write', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (n) =>
        assert.equal(parseShare(`${(n / 100).toFixed(2)}%`), Number((n / 10_000).toFixed(4))),
      ),
    );
  });

  it('reads 70 as 70, so that a limit of 1 finds the forgotten sign', () => assert.equal(parseShare(70), 70));

  for (const value of ['', '%', '-1%', '70 %', '7e1%', 'half', Number.NaN, -0.1, Number.POSITIVE_INFINITY]) {
    it(`does not guess at ${JSON.stringify(value)} (${value})`, () => assert.equal(parseShare(value), undefined));
  }
});
