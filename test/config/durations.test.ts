import assert from 'node:assert/strict';
import fc from 'fast-check';
import { durationPattern, formatDuration, parseDuration } from '../../src/config/durations.ts';

describe('parseDuration', () => {
  const readable: readonly (readonly [string, number])[] = [
    ['90s', 90_000],
    ['5m', 300_000],
    ['14d', 1_209_600_000],
    ['2w', 1_209_600_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1m500ms', 60_500],
    ['0s', 0],
  ];
  for (const [text, ms] of readable) {
    it(`reads ${text} as ${ms} ms`, () => assert.equal(parseDuration(text), ms));
  }

  for (const text of ['', '30', '1.5m', '-1m', '5 m', ' 5m', '5M', '30m1h', '5m5m', '1ms1s', 'm', '10min', '1e3s']) {
    it(`does not guess at "${text}"`, () => assert.equal(parseDuration(text), undefined));
  }

  it('refuses 999999999999d, which no number holds to the millisecond', () => {
    assert.equal(parseDuration('999999999999d'), undefined);
  });

  it('reads back every duration that formatDuration writes', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (ms) => assert.equal(parseDuration(formatDuration(ms)), ms)));
  });

  it('accepts exactly what the pattern for editors accepts', () => {
    const text = fc.stringMatching(/^[0-9wdhms]{0,8}$/);
    fc.assert(
      fc.property(text, (t) => assert.equal(parseDuration(t) !== undefined, new RegExp(durationPattern).test(t))),
    );
  });
});

describe('formatDuration', () => {
  it('writes 14 days as 14d and 90 seconds as 1m30s', () => {
    assert.equal(formatDuration(1_209_600_000), '14d');
    assert.equal(formatDuration(90_000), '1m30s');
    assert.equal(formatDuration(0), '0s');
  });

  for (const ms of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`throws on ${ms}, which only a bug can bring`, () => assert.throws(() => formatDuration(ms), RangeError));
  }
});
