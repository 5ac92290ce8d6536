import assert from 'node:assert/strict';
import { measure } from '../../src/simulate/measure.ts';
import { neededByStep } from '../../src/simulate/needed.ts';
import { decisionsCsv, decisionsFileName, reportPolicies } from '../../src/simulate/report.ts';
import { type Scenario, timetableOf, workloadOf } from './scenario.ts';

/** Needs 1, blank, 2, 4, 2 after one warm-up row; ready and desired by hand. */
const scenario: Scenario = { rates: [50, 8, Number.NaN, 15, 35, 20], warmUpSteps: 1 };
const track = { desired: Uint32Array.of(9, 2, 2, 3, 3, 5), ready: Uint32Array.of(9, 2, 2, 2, 3, 3) };

function scores() {
  const workload = workloadOf(scenario);
  return measure(track, workload, neededByStep(workload.trace, workload.need), timetableOf(scenario));
}

describe('measure', () => {
  it('bills what is desired in scored rows only: 2 + 3 + 3 + 5 replica-minutes', () => {
    assert.equal(scores().rows, 4);
    assert.ok(Math.abs(scores().replica_hours - 13 / 60) < 1e-12);
    assert.ok(Math.abs(scores().ready_hours - 10 / 60) < 1e-12);
  });

  it('counts one violation in four rows: 3 in service where 4 are needed', () => {
    assert.equal(scores().violation_rows, 1);
    assert.equal(scores().violation_share, 0.25);
    assert.equal(scores().tau_u, 0.25);
    assert.equal(scores().tau_o, 0.5);
  });

  it('takes thetas relative to the need: shortage 1/4 of one row, surplus 1/1 and 1/2', () => {
    assert.equal(scores().theta_u, 0.25 / 4);
    assert.equal(scores().theta_o, 1.5 / 4);
  });

  it('leaves 5 of 78 requests per second unserved', () => {
    assert.ok(Math.abs(scores().unserved_share - 5 / 78) < 1e-12);
  });

  it('compares moves between neighbouring scored rows: up with the need, then level while the need falls', () => {
    assert.equal(scores().upsilon, 0.5);
  });

  it('counts changes of all rows behind the warm-up, blank ones included', () => {
    assert.equal(scores().scale_ups, 2);
    assert.equal(scores().scale_downs, 0);
  });
});

describe('report', () => {
  it('sets the cost against perfect foresight, which looks 2 min ahead', () => {
    const [report] = reportPolicies(workloadOf(scenario), 0, timetableOf(scenario), [{ policy: 'p', tracks: [track] }]);
    // The oracle wants 2, (blank) 4, 4, 4, 2 replicas.
    assert.ok(Math.abs(report!.cost_over_oracle - 13 / (2 + 4 + 4 + 2)) < 1e-12);
  });

  it('writes one line a row, blank load as blank', () => {
    assert.equal(
      decisionsCsv(track, workloadOf(scenario), timetableOf(scenario)),
      'unix_s,demand_rps,needed,ready,desired\n60,8,1,2,2\n120,,,2,2\n180,15,2,2,3\n240,35,4,3,3\n300,20,2,3,5\n',
    );
  });

  it('names files as typed with - for : : hpa-0.5-stabilization=900s.csv', () => {
    assert.equal(decisionsFileName('hpa:0.5:stabilization=900s'), 'hpa-0.5-stabilization=900s.csv');
  });
});
