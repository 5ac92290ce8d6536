import assert from 'node:assert/strict';
import { layTimetable, rowMs, stepAt, type TimetableSettings } from '../../src/simulate/timetable.ts';

const settings: TimetableSettings = {
  trace: { startMs: 1_000_000_000, stepMs: 60_000, steps: 100 },
  decideMs: 15_000,
  warmUpMs: 600_000,
  startUp: { kind: 'fixed', ms: 90_000 },
};

function problemsOf(change: Partial<TimetableSettings>): readonly string[] {
  const answer = layTimetable({ ...settings, ...change });
  return answer.kind === 'refused' ? answer.problems : [];
}

describe('layTimetable', () => {
  it('lays 4 rows a step, 40 of them warm-up, 400 in all', () => {
    const answer = layTimetable(settings);
    assert.equal(answer.kind, 'ok');
    const { timetable } = answer as Extract<typeof answer, { kind: 'ok' }>;
    assert.deepEqual([timetable.rowsPerStep, timetable.warmUpRows, timetable.rows], [4, 40, 400]);
    assert.equal(rowMs(timetable, 41), 1_000_000_000 + 615_000);
    assert.equal(stepAt(timetable, 43), 10);
  });

  it('ends before --score-until: a stop 11 min and 20 s in leaves 46 rows', () => {
    const answer = layTimetable({ ...settings, scoreUntilMs: 1_000_000_000 + 680_000 });
    assert.equal(answer.kind === 'ok' && answer.timetable.rows, 46);
  });

  it('refuses a decision interval that does not divide the step', () => {
    assert.deepEqual(problemsOf({ decideMs: 25_000 }), [
      '--decide-every: expected the step of the trace (60 s) or a part that divides it, got 25 s',
    ]);
    assert.equal(problemsOf({ decideMs: 120_000 }).length, 1);
    assert.equal(problemsOf({ decideMs: 0 }).length, 1);
  });

  it('refuses a warm-up off the grid', () => {
    assert.match(problemsOf({ warmUpMs: 601_000 })[0]!, /multiple of --decide-every \(15 s\), got 601 s/);
  });

  it('names every problem at once: warm-up and start-up both longer than the trace', () => {
    const problems = problemsOf({ warmUpMs: 6_000_000, startUp: { kind: 'drawn', p50Ms: 1000, p99Ms: 6_000_000 } });
    assert.equal(problems.length, 2);
    assert.match(problems[0]!, /--warm-up: expected less than the trace \(6000 s\)/);
    assert.match(problems[1]!, /--start-up: expected less than the trace/);
  });

  it('refuses an end of scoring inside the warm-up', () => {
    assert.match(problemsOf({ scoreUntilMs: 1_000_000_000 + 600_000 })[0]!, /--score-until/);
  });
});
