import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCpu, parseMemory } from '../../src/config/quantities.ts';

describe('parseCpu', () => {
  const readable: readonly (readonly [string, number])[] = [
    ['500m', 500],
    ['2', 2000],
    ['0.1', 100],
    ['.5', 500],
    ['1.001', 1001],
    ['1e2', 100_000],
    ['2k', 2_000_000],
    ['250000u', 250],
  ];
  for (const [text, millicores] of readable) {
    it(`reads ${text} as ${millicores} millicores`, () => assert.equal(parseCpu(text), millicores));
  }

  for (const text of ['', '2 cores', '0.5m', '-1', '1,5', '1.', 'm', '5mm', 'NaN', 'Infinity', '1e999']) {
    it(`does not guess at "${text}"`, () => assert.equal(parseCpu(text), undefined));
  }

  it('reads every count of millicores back, written plainly or as cores', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), (millicores) => {
        assert.equal(parseCpu(`${millicores}m`), millicores);
        assert.equal(parseCpu((millicores / 1000).toFixed(3)), millicores);
      }),
    );
  });
});

describe('parseMemory', () => {
  const readable: readonly (readonly [string, number])[] = [
    ['2Gi', 2_147_483_648],
    ['512M', 512_000_000],
    ['1.5Ki', 1536],
    ['128974848', 128_974_848],
    ['129e6', 129_000_000],
    ['128974848000m', 128_974_848],
  ];
  for (const [text, bytes] of readable) {
    it(`reads ${text} as ${bytes} bytes`, () => assert.equal(parseMemory(text), bytes));
  }

  for (const text of ['400GB', '2GiB', '2gi', '0.5', '16Ei16', '9Ei']) {
    it(`does not guess at "${text}"`, () => assert.equal(parseMemory(text), undefined));
  }
});
