import assert from 'node:assert/strict';
import { retryAfterMs } from '../../../src/adapters/prometheus/failure.ts';
import { waitBeforeRetry } from '../../../src/adapters/prometheus/retry.ts';

const overloaded = { kind: 'overloaded', message: '' } as const;

describe('waitBeforeRetry', () => {
  it('doubles from 200 ms, between half and one and a half of it', () => {
    assert.deepEqual(
      [waitBeforeRetry(overloaded, 1, 0), waitBeforeRetry(overloaded, 1, 0.5), waitBeforeRetry(overloaded, 2, 0.5)],
      [100, 200, 400],
    );
  });

  it('ends after 3 attempts', () => {
    assert.equal(waitBeforeRetry(overloaded, 3, 0), undefined);
  });

  it('does not come back before Retry-After', () => {
    assert.equal(waitBeforeRetry({ ...overloaded, retryAfterMs: 3000 }, 1, 0.9), 3000);
  });

  it('gives up at once when it should wait a minute', () => {
    assert.equal(waitBeforeRetry({ ...overloaded, retryAfterMs: 60_000 }, 1, 0), undefined);
  });

  it('tries again after network errors and overload only', () => {
    const kinds = ['cancelled', 'timeout', 'method', 'too-many-samples', 'refused', 'unusable'] as const;
    for (const kind of kinds) assert.equal(waitBeforeRetry({ kind, message: '' }, 1, 0), undefined, kind);
    assert.equal(waitBeforeRetry({ kind: 'network', message: '' }, 1, 0.5), 200);
  });
});

describe('retryAfterMs', () => {
  const nowMs = Date.UTC(2026, 9, 21, 7, 28);

  it('reads seconds and HTTP dates', () => {
    assert.equal(retryAfterMs('120', nowMs), 120_000);
    assert.equal(retryAfterMs('Wed, 21 Oct 2026 07:28:30 GMT', nowMs), 30_000);
  });

  it('is 0 for a date in the past and nothing for nonsense', () => {
    assert.equal(retryAfterMs('Wed, 21 Oct 2026 07:27:00 GMT', nowMs), 0);
    assert.equal(retryAfterMs('soon', nowMs), undefined);
    assert.equal(retryAfterMs(undefined, nowMs), undefined);
  });
});
