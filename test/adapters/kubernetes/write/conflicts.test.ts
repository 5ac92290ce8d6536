import assert from 'node:assert/strict';
import { combine, nothing, withReasons } from '../../../../src/adapters/kubernetes/write/combine.ts';
import { createConflictMemory } from '../../../../src/adapters/kubernetes/write/conflicts.ts';
import type { Actuation } from '../../../../src/domain/actuation.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 10, 21, 9);

describe('createConflictMemory', () => {
  const reverted = 'minReplicas is 2, forescale had written 8';

  it('lets pass what nobody changed', () => {
    assert.deepEqual(createConflictMemory().judge('u', undefined, t0), { kind: 'proceed' });
  });

  it('leaves a first change for that round and goes on in the next', () => {
    const memory = createConflictMemory();
    assert.deepEqual(memory.judge('u', reverted, t0), { kind: 'leave', untilMs: t0, times: 1 });
    assert.deepEqual(memory.judge('u', reverted, t0 + 1), { kind: 'proceed' });
  });

  it('writes 7 times in 3 hours against a tool that reverts every 30 s, not 360 times', () => {
    const memory = createConflictMemory();
    let writes = 0;
    for (let at = 0; at < 180 * minute; at += 30_000) {
      if (memory.judge('u', writes === 0 && at === 0 ? undefined : reverted, t0 + at).kind === 'proceed') writes++;
    }
    assert.equal(writes, 7);
  });

  it('stays quiet for 5, 10, 20, 40 and then 60 min', () => {
    const memory = createConflictMemory();
    const quiet: number[] = [];
    let at = t0;
    for (let i = 0; i < 6; i++) {
      const judged = memory.judge('u', reverted, at);
      assert.ok(judged.kind === 'leave');
      quiet.push((judged.untilMs - at) / minute);
      at = judged.untilMs + 1;
      assert.equal(memory.judge('u', reverted, at).kind, 'proceed');
      at += 1;
    }
    assert.deepEqual(quiet, [0, 5, 10, 20, 40, 60]);
  });

  it('keeps quiet also when the other one removed our annotations, so that there is no difference to see', () => {
    const memory = createConflictMemory();
    memory.judge('u', reverted, t0);
    memory.judge('u', reverted, t0 + 1);
    assert.equal(memory.judge('u', reverted, t0 + 2).kind, 'leave');
    assert.equal(memory.judge('u', undefined, t0 + minute).kind, 'leave');
  });

  it('forgets after 2 hours of peace', () => {
    const memory = createConflictMemory();
    for (const ms of [0, 1, 2]) memory.judge('u', reverted, t0 + ms);
    const later = t0 + 121 * minute;
    assert.deepEqual(memory.judge('u', reverted, later), { kind: 'leave', untilMs: later, times: 1 });
  });

  it('keeps HPAs apart', () => {
    const memory = createConflictMemory();
    memory.judge('u', reverted, t0);
    assert.equal(memory.judge('v', undefined, t0).kind, 'proceed');
  });

  it('knows on which it left a lease', () => {
    const memory = createConflictMemory();
    memory.left('u', true);
    assert.equal(memory.hasLease('u'), true);
    memory.left('u', false);
    assert.equal(memory.hasLease('u'), false);
  });
});

describe('combine', () => {
  const write = (field: string) => ({ target: 'HPA', field, from: '1', to: '2' });
  const applied: Actuation = { kind: 'applied', writes: [write('a')] };
  const failed: Actuation = { kind: 'failed', message: 'no' };

  it('puts writes and reasons together', () => {
    const reason = { code: 'above-max', message: 'm' } as const;
    assert.deepEqual(combine(withReasons(applied, [reason]), { kind: 'applied', writes: [write('b')] }), {
      kind: 'applied',
      writes: [write('a'), write('b')],
      reasons: [reason],
    });
  });

  it('takes the worse of two, and says what was written before it', () => {
    assert.deepEqual(combine(applied, failed), { kind: 'failed', message: 'no (written before: HPA a 1 → 2)' });
    assert.deepEqual(combine(failed, nothing()), failed);
    assert.equal(combine(failed, { kind: 'unknown', message: 'x' }).kind, 'unknown');
    assert.equal(combine({ kind: 'dry-run', writes: [] }, nothing()).kind, 'dry-run');
  });

  it('of two nothings is nothing, without an empty list of reasons', () => {
    assert.deepEqual(combine(nothing(), nothing([])), { kind: 'nothing-to-do' });
  });
});
