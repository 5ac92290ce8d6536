import assert from 'node:assert/strict';
import { openDemo } from '../../../src/app/demo/demo.ts';
import { createScorer } from '../../../src/app/demo/score.ts';
import { runToEnd } from '../../../src/simulate/engine.ts';

const HOUR_MS = 3_600_000;

async function outcome(seed: number, hours: number) {
  await using demo = openDemo({ forMs: hours * HOUR_MS, seed, signal: new AbortController().signal, say: () => {} });
  await runToEnd(demo.simulation);
  return { scores: createScorer(demo)(), changes: demo.changes, failures: demo.learners().flatMap((l) => l.failures) };
}

describe('demo', () => {
  let first: Awaited<ReturnType<typeof outcome>>;

  before(async () => {
    first = await outcome(1, 4);
  });

  it('tells the same story twice for the same seed, and has planned a morning within 4 h', async () => {
    const second = await outcome(1, 4);
    assert.deepEqual(second, first);
    assert.deepEqual(first.failures, []);
    assert.ok(first.changes.length >= 5, `${first.changes.length} changes`);
    assert.ok(first.changes.every(({ from, to, reasons }) => from !== to && reasons.length > 0));
    assert.ok(first.changes.some(({ reasons }) => reasons.some(({ code }) => code === 'forecast-peak')));
  });

  it('scores forescale, two HPAs and perfect foresight over all three workloads', () => {
    const { scores } = first;
    assert.deepEqual(
      scores.map(({ policy }) => policy),
      ['forescale', 'hpa:0.7', 'hpa:0.5', 'oracle'],
    );
    for (const score of scores) {
      const parts = Object.values(score.workloads).reduce((sum, { replica_hours }) => sum + replica_hours, 0);
      assert.ok(Math.abs(parts - score.replica_hours) < 1e-9);
    }
    assert.equal(scores.at(-1)!.violation_share, 0);
  });
});
