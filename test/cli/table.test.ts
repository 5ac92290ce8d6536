import assert from 'node:assert/strict';
import { table } from '../../src/cli/table.ts';

describe('table', () => {
  it('pads every column but leaves no blanks at the end of a line', () => {
    assert.equal(
      table(
        ['A', 'LONG'],
        [
          ['wide cell', 'x'],
          ['b', 'yy'],
        ],
      ),
      'A          LONG\nwide cell  x\nb          yy\n',
    );
  });

  it('lets a cell have several lines and keeps the other columns in place', () => {
    assert.equal(table(['A', 'WHY'], [['b', 'one\ntwo']]), 'A  WHY\nb  one\n   two\n');
  });
});
