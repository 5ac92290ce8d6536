import assert from 'node:assert/strict';
import { ApiException } from '@kubernetes/client-node';
import {
  type ApiFailure,
  describeFailure,
  failureText,
  isTransient,
} from '../../../../src/adapters/kubernetes/client/failure.ts';
import { status } from '../fake-api.ts';

function answered(code: number, body: unknown, headers: { [name: string]: string } = {}): ApiFailure {
  return describeFailure(new ApiException(code, 'said', body, headers));
}

function fetchFailed(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(`connect ${code}`), { code }) });
}

describe('describeFailure', () => {
  it('reads reason and message of a Status that comes as text', () => {
    const failure = answered(409, JSON.stringify(status(409, 'Conflict', 'modified')));
    assert.deepEqual(failure, { kind: 'status', code: 409, reason: 'Conflict', message: 'modified' });
    assert.equal(failureText(failure), 'the API server answered 409 Conflict: modified');
  });

  it('reads a Status that comes as an object, as for 401', () => {
    const failure = answered(401, status(401, 'Unauthorized', 'no token'));
    assert.deepEqual(failure, { kind: 'status', code: 401, reason: 'Unauthorized', message: 'no token' });
  });

  it('keeps the beginning of an HTML page of a proxy', () => {
    const failure = answered(502, `<html>${'x'.repeat(1000)}`);
    assert.ok(failure.kind === 'status' && failure.reason === '' && failure.message.length === 300);
  });

  it('takes Retry-After from the header, else from the Status, in seconds', () => {
    const body = JSON.stringify(status(429, 'TooManyRequests', 'slow', { retryAfterSeconds: 7 }));
    assert.equal((answered(429, body, { 'retry-after': '3' }) as { retryAfterMs: number }).retryAfterMs, 3_000);
    assert.equal((answered(429, body) as { retryAfterMs: number }).retryAfterMs, 7_000);
    assert.equal('retryAfterMs' in answered(429, body.replace('7', '"soon"')), false);
  });

  it('tells a test of a patch that failed from a value that the server refuses', () => {
    const test = status(422, 'Invalid', 'the server rejected our request due to an error in our request');
    const value = status(422, 'Invalid', 'minReplicas', { causes: [{ field: 'spec.maxReplicas' }] });
    assert.equal('testFailed' in answered(422, JSON.stringify(test)), true);
    assert.equal('testFailed' in answered(422, JSON.stringify(value)), false);
  });

  it('knows a refused connection as never sent and a reset one as perhaps carried out', () => {
    assert.deepEqual(describeFailure(fetchFailed('ECONNREFUSED')), {
      kind: 'unreachable',
      message: 'connect ECONNREFUSED',
    });
    assert.equal(describeFailure(fetchFailed('ECONNRESET')).kind, 'broken');
    assert.equal(describeFailure(fetchFailed('UND_ERR_SOCKET')).kind, 'broken');
  });

  it('calls the end of the time limit a timeout', async () => {
    assert.equal(describeFailure(new DOMException('late', 'TimeoutError')).kind, 'timeout');
    assert.equal(describeFailure(new DOMException('ended', 'AbortError')).kind, 'timeout');
  });

  it('throws on what is a bug of ours', () => {
    assert.throws(() => describeFailure(new TypeError('x is not a function')), /x is not a function/);
  });
});

describe('isTransient', () => {
  for (const [code, expected] of [
    [400, false],
    [403, false],
    [404, false],
    [409, false],
    [429, true],
    [500, true],
    [503, true],
  ] as const) {
    it(`is ${expected} for ${code}`, () => {
      assert.equal(isTransient({ kind: 'status', code, reason: '', message: '' }), expected);
    });
  }

  it('is true for every failure of the network', () => {
    for (const kind of ['timeout', 'broken', 'unreachable'] as const) assert.ok(isTransient({ kind, message: '' }));
  });
});
