import assert from 'node:assert/strict';
import { levelFor, levelsFor } from '../../src/pipeline/levels.ts';

describe('levelFor', () => {
  it('leaves the share to be violated above the quantile: 0.001 is level 0.999', () => {
    assert.equal(levelFor(0.001), 0.999);
  });

  it('stays within 0.5 and 0.9999', () => {
    assert.deepEqual([levelFor(0), levelFor(0.9)], [0.9999, 0.5]);
  });
});

describe('levelsFor', () => {
  it('has the level planned with among those that are shown, ascending', () => {
    assert.deepEqual(levelsFor(0.05), [0.5, 0.9, 0.95, 0.99]);
  });

  it('names no level twice', () => {
    assert.deepEqual(levelsFor(0.01), [0.5, 0.9, 0.99]);
  });
});
