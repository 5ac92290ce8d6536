import assert from 'node:assert/strict';
import { createNeed } from '../../src/simulate/need.ts';

describe('createNeed', () => {
  it('is 1 for no load at all', () => {
    assert.equal(createNeed(10, undefined)(0), 1);
  });

  it('carries exactly full replicas: 30 req/s at 10 each need 3, and a rounding error more still does', () => {
    assert.equal(createNeed(10, undefined)(30), 3);
    assert.equal(createNeed(0.1, undefined)(0.1 + 0.2), 3);
    assert.equal(createNeed(10, undefined)(30 * (1 + 1e-11)), 4);
  });

  it('keeps the wait of M/M/c: 25 req/s on replicas of 25 req/s need 2 for a p95 wait of 100 ms', () => {
    const need = createNeed(25, { kind: 'wait', quantile: 0.95, seconds: 0.1 });
    assert.deepEqual([12.5, 25, 50, 100, 200, 400, 800].map(need), [2, 2, 3, 5, 10, 18, 34]);
  });
});
