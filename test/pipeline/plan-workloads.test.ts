import assert from 'node:assert/strict';
import type { Facts, Outcome, WorkloadFacts } from '../../src/domain/facts.ts';
import { planWorkloads } from '../../src/pipeline/plan-workloads.ts';
import { leastTimes } from '../support/least-times.ts';
import {
  factsOf,
  fakeForecaster,
  history,
  minute,
  nowMs,
  ownedHpa,
  qualityOf,
  specOf,
  stateOf,
  tenEach,
  workload,
} from './facts.ts';

function outcomeOf(more: Partial<WorkloadFacts>, facts: Partial<Facts> = {}): Outcome {
  return planWorkloads(factsOf([workload(more)], facts)).outcomes[0]!;
}

function target({ decision }: Outcome): number {
  return decision.kind === 'scale' ? decision.to : decision.from;
}

function codes({ decision }: Outcome): readonly string[] {
  return decision.reasons.map(({ code }) => code);
}

function without<K extends keyof WorkloadFacts>(facts: WorkloadFacts, ...keys: readonly K[]): WorkloadFacts {
  return Object.fromEntries(
    Object.entries(facts).filter(([key]) => !keys.includes(key as K)),
  ) as unknown as WorkloadFacts;
}

describe('planWorkloads › the window it protects', () => {
  /** A peak of 300 requests/s in one step, else 100. */
  const peakAt = (step: number) => fakeForecaster((h) => (h === step ? 300 : 100));

  it('is steady at 10 replicas under 100 requests/s', () => {
    const outcome = outcomeOf({});
    assert.equal(outcome.decision.kind, 'hold');
    assert.deepEqual(outcome.decision.reasons, [{ code: 'steady', message: '10 replicas fit the load' }]);
  });

  it('asks for 3 steps: start-up of 2 min and a loop of 1 min, from the step that is running', () => {
    const forecaster = fakeForecaster(() => 100);
    outcomeOf({ forecaster });
    assert.deepEqual(forecaster.asked, [[3, [0.99]]]);
  });

  it('scales to 30 for a peak in the last step before the next decision can serve', () => {
    const outcome = outcomeOf({ forecaster: peakAt(2) });
    assert.equal(target(outcome), 30);
    const message = '300 requests/s at 12:02 UTC (99 % quantile of fake) need 30 replicas';
    assert.deepEqual(outcome.decision.reasons[0], { code: 'forecast-peak', message });
  });

  it('leaves a peak of the step after to the next decision', () => {
    assert.equal(target(outcomeOf({ forecaster: peakAt(3) })), 10);
  });

  it('does not give up replicas that a peak needs before they could be back', () => {
    const dip = fakeForecaster((h) => (h === 1 ? 100 : 40));
    assert.equal(target(outcomeOf({ forecaster: dip, series: { requests: history(60, () => 40) } })), 10);
  });

  it('says out of reach when the mean needs 30 before a replica can start', () => {
    const outcome = outcomeOf({ forecaster: peakAt(1) });
    assert.equal(target(outcome), 30);
    const message = '30 replicas are needed within 120 s, the start-up time; 10 are there';
    assert.deepEqual(outcome.decision.reasons[1], { code: 'out-of-reach', message });
    assert.deepEqual(codes(outcomeOf({ forecaster: peakAt(2) })), ['forecast-peak']);
  });

  it('provisions for the level of the violation share: 0.01 takes the 0.99 quantile, 100 + 0.98 · 50', () => {
    const outcome = outcomeOf({ forecaster: fakeForecaster(() => 100, 50) });
    assert.equal(outcome.explanation.demand!.quantile, 0.99);
    assert.ok(Math.abs(outcome.explanation.demand!.load - 149) < 1e-9);
    assert.equal(target(outcome), 15);
    const tight = outcomeOf({
      forecaster: fakeForecaster(() => 100, 50),
      spec: specOf('web', { violationShare: 0.3 }),
    });
    assert.equal(target(tight), 12);
  });

  it('asks again when the forecaster lags 2 steps behind the series', () => {
    const forecaster = fakeForecaster((h) => (h === 4 ? 300 : 100), 0, nowMs - 2 * minute);
    assert.equal(target(outcomeOf({ forecaster })), 30);
    assert.deepEqual(
      forecaster.asked.map(([steps]) => steps),
      [3, 5],
    );
  });

  it('never reads a step that has not ended by now', () => {
    const { startMs, stepMs, values } = history(60, () => 100);
    const leaking = { startMs, stepMs, values: Float64Array.of(...values, 900, 900) };
    assert.equal(outcomeOf({ series: { requests: leaking } }).explanation.reactive!.load, 100);
  });
});

describe('planWorkloads › the reactive floor', () => {
  it('holds whatever the forecast says: the last step needs 20', () => {
    const outcome = outcomeOf({ series: { requests: history(60, (age) => (age === 0 ? 200 : 100)) } });
    assert.equal(target(outcome), 20);
    const message = '200 requests/s in the last step need 20 replicas';
    assert.deepEqual(outcome.decision.reasons, [{ code: 'reactive-floor', message }]);
    assert.deepEqual(outcome.explanation.needed, { byForecast: 10, byReaction: 20 });
  });

  it('decides alone without a model, and says so', () => {
    const series = { requests: history(60, () => 140) };
    const [outcome] = planWorkloads(factsOf([without(workload({ series }), 'forecaster')])).outcomes;
    assert.equal(target(outcome!), 14);
    assert.deepEqual(codes(outcome!), ['reactive-floor', 'no-model']);
  });

  it('may shrink without a model while the data is fine: 10 to 6', () => {
    const series = { requests: history(60, () => 60) };
    const [outcome] = planWorkloads(factsOf([without(workload({ series }), 'forecaster')])).outcomes;
    assert.equal(target(outcome!), 6);
  });
});

describe('planWorkloads › what is not known', () => {
  it('holds without a capacity model', () => {
    const [outcome] = planWorkloads(factsOf([without(workload(), 'capacity')])).outcomes;
    assert.equal(outcome!.decision.kind, 'hold');
    assert.deepEqual(codes(outcome!), ['no-capacity']);
  });

  it('holds with a capacity model of source none', () => {
    const outcome = outcomeOf({ capacity: { ...tenEach, source: 'none', perReplica: 0 } });
    assert.deepEqual([outcome.decision.kind, ...codes(outcome)], ['hold', 'no-capacity']);
  });

  it('holds without the series of the driver', () => {
    const outcome = outcomeOf({ series: {} });
    assert.deepEqual([outcome.decision.kind, ...codes(outcome)], ['hold', 'missing-data']);
  });

  it('goes by the forecast alone when the last 10 steps are missing, but does not shrink', () => {
    const series = { requests: history(60, (age) => (age < 10 ? Number.NaN : 60)) };
    const stale = { series, quality: [qualityOf('not-a-number')] };
    const low = outcomeOf({ ...stale, forecaster: fakeForecaster(() => 60) });
    assert.equal(target(low), 10);
    assert.equal(low.explanation.reactive, undefined);
    assert.deepEqual(codes(low), ['forecast-peak', 'missing-data']);
    assert.equal(target(outcomeOf({ ...stale, forecaster: fakeForecaster(() => 180) })), 18);
  });

  it('judges by the signal of the driver: bad data on memory or errors does not hold replicas that follow requests', () => {
    const forecaster = fakeForecaster(() => 60);
    const series = { requests: history(60, () => 60) };
    assert.equal(target(outcomeOf({ forecaster, series, quality: [qualityOf('stale', 'memory')] })), 6);
    assert.equal(target(outcomeOf({ forecaster, series, quality: [qualityOf('empty', 'errors')] })), 6);
    assert.equal(target(outcomeOf({ forecaster, series, quality: [qualityOf('stale', 'requests')] })), 10);
  });

  it('holds a workload that is not there, and plans the others', () => {
    const gone = without(workload({}, 'gone'), 'state');
    const { outcomes } = planWorkloads(factsOf([gone, workload({ forecaster: fakeForecaster(() => 140) })]));
    assert.deepEqual([outcomes[0]!.decision.kind, outcomes[0]!.decision.from], ['hold', 0]);
    assert.ok(codes(outcomes[0]!).includes('workload-missing'));
    assert.equal(target(outcomes[1]!), 14);
  });
});

describe('planWorkloads › with an HPA', () => {
  it('moves the floor, from minReplicas, and not below what it was: 4 to 14', () => {
    const state = stateOf('web', 10, { hpa: ownedHpa(4) });
    const outcome = outcomeOf({ state, forecaster: fakeForecaster(() => 140) });
    assert.deepEqual([outcome.decision.from, target(outcome)], [4, 14]);
    const quiet = outcomeOf({
      state,
      forecaster: fakeForecaster(() => 20),
      series: { requests: history(60, () => 20) },
    });
    assert.deepEqual([quiet.decision.kind, quiet.decision.from], ['hold', 4]);
  });
});

describe('planWorkloads › budget', () => {
  const busy = (name: string, priority: number, more: Partial<WorkloadFacts> = {}) =>
    workload(
      { spec: specOf(name, { priority }), state: stateOf(name, 10), forecaster: fakeForecaster(() => 200), ...more },
      name,
    );

  it('lets the lower priority give: 30 replicas for 20 and 20 are 20 and 10', () => {
    const { plan, outcomes } = planWorkloads(
      factsOf([busy('low', 0), busy('high', 1)], { budgets: [{ pool: 'default', replicas: 30 }] }),
    );
    assert.deepEqual(outcomes.map(target), [10, 20]);
    assert.deepEqual(codes(outcomes[0]!), ['forecast-peak', 'out-of-reach', 'budget']);
    assert.deepEqual(plan.pools[0]!.left, { replicas: 0 });
  });

  it('counts CPU by the requests of the containers: 20 replicas of 500m in 8000m are 16', () => {
    const { outcomes } = planWorkloads(
      factsOf([busy('web', 0)], { budgets: [{ pool: 'default', cpuMillicores: 8000 }] }),
    );
    assert.equal(target(outcomes[0]!), 16);
  });

  it('does not take from a workload whose data is missing, even for a higher priority', () => {
    const blind = busy('blind', 0, { quality: [qualityOf('unavailable')] });
    const { outcomes } = planWorkloads(
      factsOf([blind, busy('high', 1)], { budgets: [{ pool: 'default', replicas: 25 }] }),
    );
    assert.deepEqual(outcomes.map(target), [10, 15]);
  });

  it('counts what a hold keeps, so that plan and decisions agree', () => {
    const held = busy('held', 0, {
      forecaster: fakeForecaster(() => 40),
      series: { requests: history(60, () => 40) },
      memory: { wanted: [{ atMs: nowMs - minute, replicas: 10 }] },
    });
    const { plan, outcomes } = planWorkloads(
      factsOf([held, busy('high', 1)], { budgets: [{ pool: 'default', replicas: 27 }] }),
    );
    // the hold's surplus goes first, but only as far as the other one needs it
    assert.deepEqual(outcomes.map(target), [7, 20]);
    assert.equal(plan.pools[0]!.used.replicas, 27);
  });

  it('reports a budget below the minimums as infeasible, and gives the lower priority less', () => {
    const least = (name: string, priority: number) => {
      const facts = busy(name, priority);
      return { ...facts, spec: { ...facts.spec, minReplicas: 8 } };
    };
    const { plan, outcomes } = planWorkloads(
      factsOf([least('low', 0), least('high', 1)], { budgets: [{ pool: 'default', replicas: 12 }] }),
    );
    assert.equal(plan.kind, 'infeasible');
    assert.deepEqual(outcomes.map(target), [4, 8]);
    assert.ok(codes(outcomes[0]!).includes('infeasible-budget'));
  });
});

describe('planWorkloads › what it hands on', () => {
  it('explains with everything it used', () => {
    const { explanation } = outcomeOf({ forecaster: fakeForecaster(() => 140) });
    assert.equal(explanation.forecast!.mean.length, 3);
    assert.equal(explanation.capacity, tenEach);
    assert.equal(explanation.startUp.p90Ms, 2 * minute);
    assert.deepEqual(explanation.needed, { byForecast: 14, byReaction: 10 });
    assert.equal(explanation.allocation!.sizing.replicas, 14);
    assert.equal(explanation.quality[0]!.state, 'ok');
  });

  it('passes recommended requests on with their reason', () => {
    const reason = { code: 'requests-recommended', message: 'app: CPU 500m → 300m' } as const;
    const { decision } = outcomeOf({ requests: { mode: 'recommend', containers: [], reason } });
    assert.equal(decision.requests!.reason, reason);
    assert.ok(decision.reasons.includes(reason));
  });

  it('gives equal rounds for equal facts, and leaves the facts as they were', () => {
    const facts = factsOf([workload({ forecaster: fakeForecaster((h) => 100 + 40 * h) })]);
    const before = structuredClone(facts.workloads[0]!.memory);
    assert.deepEqual(planWorkloads(facts), planWorkloads(facts));
    assert.deepEqual(facts.workloads[0]!.memory, before);
  });

  it('plans nothing for nobody', () => {
    const { plan, outcomes } = planWorkloads(factsOf([]));
    assert.deepEqual([plan.kind, outcomes.length], ['allocated', 0]);
  });
});

describe('planWorkloads › cost', () => {
  const seriesOf = (steps: number) => ({ requests: history(steps, (age) => 100 + (age % 50)) });

  it('does not grow with the history: 40,000 values cost less than 5 times what 400 do', () => {
    const [short, long] = [400, 40_000].map((steps) => factsOf([workload({ series: seriesOf(steps) })]));
    const [few, many] = leastTimes([() => planWorkloads(short!), () => planWorkloads(long!)], 20, 200);
    assert.ok(many! < 5 * few!, `${many} ms against ${few} ms`);
  });

  it('grows about linearly: 100 workloads under one budget cost less than 50 times what 10 do', () => {
    const fleet = (count: number) =>
      factsOf(
        Array.from({ length: count }, (_, i) =>
          workload(
            { series: seriesOf(400), spec: specOf(`w${i}`, { priority: i % 3 }), state: stateOf(`w${i}`, 10) },
            `w${i}`,
          ),
        ),
        { budgets: [{ pool: 'default', cpuMillicores: 4000 * count }] },
      );
    const [small, large] = [fleet(10), fleet(100)];
    const [few, many] = leastTimes([() => planWorkloads(small), () => planWorkloads(large)], 10, 5);
    assert.ok(many! < 50 * few!, `${many} ms against ${few} ms`);
  });
});
