import assert from 'node:assert/strict';
import { deploymentBetween } from '../../../src/forecast/changes/deployment.ts';

describe('deploymentBetween', () => {
  it('notices another pod template, and says that it changes capacity and not demand', () => {
    assert.deepEqual(deploymentBetween('a1', 'b2', 7), {
      kind: 'deployment',
      strength: 1,
      atStep: 7,
      message: 'another pod template runs: capacity is learned anew, the demand stays as it is known',
    });
  });

  it('says nothing of the same template, or of the first that is seen', () => {
    assert.equal(deploymentBetween('a1', 'a1', 7), undefined);
    assert.equal(deploymentBetween(undefined, 'a1', 7), undefined);
  });
});
