import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { runTask, type Task } from '../../../src/forecast/batch/tasks.ts';
import { shopLoad } from '../made-series.ts';
import { groupOf } from './support.ts';

const frame = { horizon: 24, seasons: [24, 168] };
const NEWEST = 60;
/** 120, 108, 96 and 84 before the end. */
const OLDER = 4;

/** Six shops, and the same with the newest 60 hours three times as busy. */
const calm = Array.from({ length: 6 }, (_, i) => shopLoad(28, 24, 0.05, i + 1).values);
const busy = calm.map((values) => values.map((y, t) => (t >= values.length - NEWEST ? 3 * y : y)));

function judged(series: readonly Float64Array[], task: Task): Float64Array[] {
  return runTask(task, groupOf(series, frame))[0]!.said.map((said) => said.judged);
}

describe('the stages of a batch', () => {
  const tasks: readonly Task[] = [
    { kind: 'local', from: 0, to: 6 },
    { kind: 'pooled', member: 'pooled-change' },
  ];
  for (const task of tasks) {
    it(`judge ${task.kind} members at 4 older origins by what they had learned then: the newest 60 hours change nothing`, () => {
      const [before, after] = [judged(calm, task), judged(busy, task)];
      let changed = 0;
      for (const [m, rows] of before.entries()) {
        const older = OLDER * frame.horizon;
        assert.deepEqual(after[m]!.subarray(0, older), rows.subarray(0, older), `member ${m}`);
        if (rows.some((y, k) => k >= older && y !== after[m]![k])) changed += 1;
      }
      assert.ok(changed > before.length / 2, `${changed} of ${before.length} saw them later`);
    });
  }

  it('let a series of one stage wait for those of two, and judge it from its own 5 origins', () => {
    const data = groupOf([...calm.slice(1), calm[0]!.subarray(0, 330)], frame);
    assert.deepEqual(
      data.origins.map(({ stages }) => stages.length),
      [2, 2, 2, 2, 2, 1],
    );
    const answer = runTask({ kind: 'pooled', member: 'pooled-change' }, data);
    assert.deepEqual(
      answer.map(({ said }) => said[0]!.judged.length / 24),
      [9, 9, 9, 9, 9, 5],
    );
    assert.ok(answer.every(({ said }) => said[0]!.judged.every(Number.isFinite)));
  });
});
