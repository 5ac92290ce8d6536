import assert from 'node:assert/strict';
import { oracle } from '../../../src/simulate/policies/oracle.ts';
import { oracleFor } from '../../../src/simulate/policies/paying-oracle.ts';
import { reportPolicies } from '../../../src/simulate/report.ts';
import { fixed, rowsOf, run, type Scenario, timetableOf, workloadOf } from '../scenario.ts';

const wave = Array.from({ length: 240 }, (_, i) => 50 + 45 * Math.sin(i / 3) + 10 * Math.sin(i * 7.3));
const scenario: Scenario = { rates: wave, warmUpSteps: 60, startUp: fixed(3) };
const prices = { perReplicaHour: 0.6, perChange: 0.05 };

async function reports(given: Scenario) {
  const simulation = await run(given, [oracle, oracleFor(prices)]);
  return reportPolicies(workloadOf(given), 0, timetableOf(given), simulation.results, prices);
}

describe('perfect foresight that pays for its changes', () => {
  it('is the plain oracle where changes are free', () => {
    assert.equal(oracleFor(undefined), oracle);
    assert.equal(oracleFor({ perReplicaHour: 2, perChange: 0 }), oracle);
  });

  it('has no violation, costs more replica-hours than the plain oracle and less money', async () => {
    const [free, paying] = await reports(scenario);
    assert.deepEqual([free!.violation_rows, paying!.violation_rows], [0, 0]);
    assert.ok(paying!.replica_hours > free!.replica_hours);
    assert.ok(paying!.money! < 0.9 * free!.money!, `${paying!.money} against ${free!.money}`);
    assert.equal(paying!.money_over_oracle, 1);
    assert.ok(free!.cost_over_oracle < 1, 'replica-hours are compared with those of the paying oracle');
  });

  it('bills 0.6 for each replica-hour and 0.05 for each of the replicas changed', async () => {
    const [free] = await reports(scenario);
    assert.equal(free!.money, 0.6 * free!.replica_hours + 0.05 * free!.replicas_changed);
  });

  it('keeps a floor of 5 through rows without load, which nobody bills', async () => {
    const gap = [40, 50, ...Array(5).fill(Number.NaN), 50, 50];
    const simulation = await run({ rates: gap, startUp: fixed(0) }, [oracle, oracleFor(prices)]);
    assert.deepEqual(rowsOf(simulation, 0).desired.slice(1, 8), [5, 1, 1, 1, 1, 1, 5]);
    assert.deepEqual(rowsOf(simulation, 1).desired.slice(1, 8), [5, 5, 5, 5, 5, 5, 5]);
  });
});
