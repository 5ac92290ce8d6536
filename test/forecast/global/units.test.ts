import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { scaleFor, unitPlace, unitWidths } from '../../../src/forecast/global/units.ts';

const MINUTE = 60_000;
const always = () => true;

describe('unitWidths', () => {
  const cases: readonly [string, number, number, number[]][] = [
    ['minutes up to a day: steps, five minutes, hours', MINUTE, 1440, [1, 5, 60]],
    ['minutes up to 15: steps alone see that far', MINUTE, 15, [1]],
    ['minutes up to an hour: hours are of no use', MINUTE, 60, [1, 5]],
    ['five minutes up to a day: steps and hours', 5 * MINUTE, 288, [1, 12]],
    ['hours up to two days: steps alone', 60 * MINUTE, 48, [1]],
    ['15 seconds up to a day', 15_000, 5760, [1, 20, 240]],
    ['half hours up to a day: an hour would tell the same', 30 * MINUTE, 48, [1]],
  ];
  for (const [what, stepMs, longest, expected] of cases) {
    it(what, () => assert.deepEqual(unitWidths(stepMs, longest), expected));
  }
});

describe('scaleFor', () => {
  const widths = [1, 5, 60];

  it('takes the finest scale that sees a horizon within 16 units', () => {
    const chosen = [1, 16, 17, 80, 81, 960, 1440].map((h) => scaleFor(h, widths, always));
    assert.deepEqual(chosen, [0, 0, 1, 1, 2, 2, 2]);
  });

  it('hands down to a finer scale, up to 48 units, while a coarse one is not ready', () => {
    const young = (index: number) => index < 2;
    assert.deepEqual(
      [81, 240, 241].map((h) => scaleFor(h, widths, young)),
      [1, 1, -1],
    );
  });

  it('says nothing before any scale is ready, and nothing beyond 48 units of the coarsest', () => {
    assert.equal(
      scaleFor(1, widths, () => false),
      -1,
    );
    assert.deepEqual(
      [48, 49].map((h) => scaleFor(h, [1], always)),
      [0, -1],
    );
  });
});

describe('unitPlace', () => {
  it('is the step itself on the finest scale', () => assert.equal(unitPlace(7, 1), 7));

  it('puts the middle of a unit on its number: step 3 of five belongs to unit 1, step 8 to unit 2', () => {
    assert.deepEqual([unitPlace(3, 5), unitPlace(8, 5)], [1, 2]);
  });
});
