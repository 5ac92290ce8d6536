import assert from 'node:assert/strict';
import fc from 'fast-check';
import cron from 'node-cron';
import { isCron } from '../../src/config/cron.ts';

describe('isCron', () => {
  for (const line of [
    '17 2 * * *',
    '*/15 * * * *',
    '0 0-6/2 1,15 * *',
    '0 4 * jan-mar mon-fri',
    '0 0 * * 7',
    '  5  4 * * SUN ',
  ]) {
    it(`takes "${line}", and so does the clock that runs it`, () => {
      assert.equal(isCron(line), true);
      assert.equal(cron.validate(line.trim()), true);
    });
  }

  const refused = [
    '* * * * * *', // seconds
    '@daily',
    '60 * * * *',
    '0 25 * * *',
    '0 0 0 * *',
    '0 0 * 13 *',
    '0 0 * * 8',
    '0 0 * * fry',
    '5/10 * * * *',
    '*/0 * * * *',
    '6-2 * * * *',
    '1- * * * *',
    ', * * * *',
    '1,,2 * * * *',
    '',
  ];
  for (const line of refused) it(`refuses "${line}"`, () => assert.equal(isCron(line), false));

  it('never takes a line that the clock refuses', () => {
    const field = fc.stringMatching(/^(\*|\d{1,2}(-\d{1,2})?|\*\/\d{1,2})(,\d{1,2})?$/);
    fc.assert(
      fc.property(fc.tuple(field, field, field, field, field), (fields) => {
        const line = fields.join(' ');
        if (isCron(line)) assert.equal(cron.validate(line), true, line);
      }),
      { numRuns: 500 },
    );
  });
});
