import assert from 'node:assert/strict';
import { amount, instant, percent, span } from '../../src/observe/wording.ts';

describe('wording', () => {
  it('reads 14 d, 1.5 h, 8.3 min and 0.4 s', () => {
    assert.deepEqual([14 * 86_400_000, 5_400_000, 500_000, 400].map(span), ['14 d', '1.5 h', '8.3 min', '0.4 s']);
  });

  it('reads 31 %, 3.1 % and 0 %', () => {
    assert.deepEqual([0.309, 0.0312, 0].map(percent), ['31 %', '3.1 %', '0 %']);
  });

  it('reads 2026-10-20T09:12:00Z', () => {
    assert.equal(instant(Date.UTC(2026, 9, 20, 9, 12)), '2026-10-20T09:12:00Z');
  });

  it('reads loads with 3 digits', () => {
    assert.deepEqual([1234.5, 0.012345, 0].map(amount), ['1230', '0.0123', '0']);
  });
});
