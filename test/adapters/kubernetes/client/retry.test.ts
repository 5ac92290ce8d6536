import assert from 'node:assert/strict';
import { ApiException } from '@kubernetes/client-node';
import { createRateLimit } from '../../../../src/adapters/kubernetes/client/rate-limit.ts';
import { readAgain } from '../../../../src/adapters/kubernetes/client/retry.ts';

const fails = (code: number, headers = {}) => new ApiException(code, '', '{}', headers);

/** Throws these one after the other and then gives 'read'. */
function reads(...errors: readonly Error[]) {
  const left = [...errors];
  const pauses: number[] = [];
  let calls = 0;
  const read = async () => {
    calls++;
    const error = left.shift();
    if (error) throw error;
    return 'read';
  };
  const pause = async (ms: number) => void pauses.push(ms);
  return { run: () => readAgain(read, pause), pauses, calls: () => calls };
}

describe('readAgain', () => {
  it('waits 200 ms and 800 ms between its 3 tries', async () => {
    const { run, pauses } = reads(fails(500), fails(503));
    assert.deepEqual(await run(), { kind: 'answered', value: 'read' });
    assert.deepEqual(pauses, [200, 800]);
  });

  it('gives up after the third', async () => {
    const { run, calls } = reads(fails(500), fails(500), fails(500));
    assert.equal((await run()).kind, 'failed');
    assert.equal(calls(), 3);
  });

  it('does not ask again for what was refused', async () => {
    const { run, calls } = reads(fails(403));
    const answer = await run();
    assert.ok(answer.kind === 'failed' && answer.failure.kind === 'status' && answer.failure.code === 403);
    assert.equal(calls(), 1);
  });

  it('waits as long as a server asks for, up to 5 s', async () => {
    const asked = reads(fails(429, { 'retry-after': '5' }));
    await asked.run();
    assert.deepEqual(asked.pauses, [5_000]);
    const longer = reads(fails(429, { 'retry-after': '6' }));
    assert.equal((await longer.run()).kind, 'failed');
    assert.deepEqual(longer.pauses, []);
  });
});

describe('createRateLimit', () => {
  /** Times at which `count` writes went when all were asked for at once, and the clock only moves by waiting. */
  async function timesOf(perSecond: number, count: number): Promise<readonly number[]> {
    let nowMs = 1_000;
    const pause = async (ms: number) => {
      nowMs += ms;
    };
    const limit = createRateLimit(perSecond, () => nowMs, pause);
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      await limit();
      times.push(nowMs - 1_000);
    }
    return times;
  }

  it('lets 5 of 8 writes go at once at 5 a second, the others 200 ms apart', async () => {
    assert.deepEqual(await timesOf(5, 8), [0, 0, 0, 0, 0, 200, 400, 600]);
  });

  it('lets one go at once and the next after 10 s at 0.1 a second', async () => {
    assert.deepEqual(await timesOf(0.1, 3), [0, 10_000, 20_000]);
  });

  it('keeps 20 callers at the same time to the rate', async () => {
    const start = performance.now();
    const limit = createRateLimit(100);
    await Promise.all(Array.from({ length: 120 }, limit));
    assert.ok(performance.now() - start >= 190);
  });
});
