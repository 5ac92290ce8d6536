import assert from 'node:assert/strict';
import type { Round } from '../../src/domain/facts.ts';
import type { FitRequest, FittedSeries, Trainer } from '../../src/domain/forecast.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { createForescale, type Forescale, type ForescaleSettings } from '../../src/simulate/policies/forescale.ts';
import { defaultHpa, hpa } from '../../src/simulate/policies/hpa.ts';
import { specOf } from '../pipeline/facts.ts';
import { fixed, minuteMs, rowsOf, run, type Scenario } from './scenario.ts';

const hour = 60;
/** Two-hour waves between 20 and 100 requests/s with a little deterministic noise, 30 hours of minutes. */
const waves = Array.from({ length: 30 * hour }, (_, minute) => {
  const noise = 3 * Math.sin(minute * 12.9898) * Math.cos(minute * 78.233);
  return 60 - 40 * Math.cos((2 * Math.PI * minute) / (2 * hour)) + noise;
});
const scenario: Scenario = { rates: waves, startUp: fixed(5), warmUpSteps: 24 * hour };

const spec = specOf('shop', {
  maxReplicas: 1000,
  priority: 100,
  violationShare: 0.001,
  seasonsMs: [2 * hour * minuteMs],
});

/** Fits the yardsticks only, in this thread, and writes down what it was asked. */
function recordingTrainer(): Trainer & { readonly requests: FitRequest[] } {
  const requests: FitRequest[] = [];
  const engines = {
    arima: { fit: () => ({ kind: 'rejected', message: 'not in this test' }) as const },
    lstm: { train: () => Promise.reject(new Error('not in this test')) },
  };
  return {
    requests,
    fit(request): Promise<FittedSeries> {
      requests.push(request);
      return fitSeries(request, engines);
    },
  };
}

function forescaleWith(trainer: Trainer, change: Partial<ForescaleSettings> = {}): Forescale {
  return createForescale({
    trainer,
    forecast: { seed: 1, candidates: ['seasonal-naive', 'holt-winters'], experts: [] },
    refitEveryMs: 3 * hour * minuteMs,
    history: { windowMs: 20 * hour * minuteMs, maxGapShare: 0.2, staleAfterMs: 300_000 },
    decide: { tolerance: 0.1, holdMs: 600_000, maxStepUpFactor: 4, maxStepDownShare: 0.25, freeze: [] },
    allocator: 'auto',
    budgets: [],
    specOf: () => spec,
    ...change,
  });
}

describe('forescale policy', () => {
  it('refits an hour before scoring and every 3 h from then, on nothing but what has ended', async () => {
    const trainer = recordingTrainer();
    await run(scenario, [forescaleWith(trainer).make('forescale', {})]);
    const ends = trainer.requests.map(
      ({ history }) => (history.startMs + history.values.length * minuteMs) / minuteMs / hour,
    );
    assert.deepEqual(ends, [23, 26, 29]);
    assert.ok(trainer.requests.every(({ history }) => history.values.length === 20 * hour));
    assert.ok(trainer.requests.every(({ history }) => history.values.every((value) => !Number.isNaN(value))));
  });

  it('shares its fits among forescale, forescale:0.01 and forescale+hpa:0.7: 3, not 9', async () => {
    const trainer = recordingTrainer();
    const { make } = forescaleWith(trainer);
    const policies = [
      make('forescale', {}),
      make('forescale:0.01', { violationShare: 0.01 }),
      make('forescale+hpa:0.7', { hpa: { ...defaultHpa, target: 0.7 } }),
    ];
    await run(scenario, policies);
    assert.equal(trainer.requests.length, 3);
  });

  it('decides alone as it does in company', async () => {
    const alone = await run(scenario, [forescaleWith(recordingTrainer()).make('a', { violationShare: 0.01 })]);
    const { make } = forescaleWith(recordingTrainer());
    const together = await run(scenario, [make('b', {}), make('a', { violationShare: 0.01 })]);
    assert.deepEqual(rowsOf(alone, 0), rowsOf(together, 1));
  });

  it('has replicas in service before each wave: at most 3 minutes short in 6 h, hpa:0.8 over 10', async () => {
    const policies = [
      forescaleWith(recordingTrainer()).make('forescale', {}),
      hpa('hpa:0.8', { ...defaultHpa, target: 0.8 }),
    ];
    const simulation = await run(scenario, policies);
    const short = [0, 1].map((at) => {
      const { ready } = rowsOf(simulation, at);
      return ready.filter((n, row) => row >= 24 * hour && n * 10 < waves[row]!).length;
    });
    assert.ok(short[0]! < 4, `forescale was short in ${short[0]} minutes`);
    assert.ok(short[1]! > 10, `hpa:0.8 was short in ${short[1]} minutes`);
  });

  it('aims lower with a larger share: forescale:0.05 costs less than forescale:0.001', async () => {
    const { make } = forescaleWith(recordingTrainer());
    const simulation = await run(scenario, [make('a', { violationShare: 0.05 }), make('b', { violationShare: 0.001 })]);
    const cost = (at: number) =>
      rowsOf(simulation, at)
        .desired.slice(24 * hour)
        .reduce((sum, n) => sum + n, 0);
    assert.ok(cost(0) < cost(1));
  });

  it('is never below the HPA that it is a floor under, nor below its own floor', async () => {
    const rounds: Round[] = [];
    const { make } = forescaleWith(recordingTrainer());
    const onRound = (round: Round) => rounds.push(round);
    const simulation = await run(scenario, [make('f', { hpa: { ...defaultHpa, target: 0.5 }, onRound })]);
    const { desired } = rowsOf(simulation);
    assert.equal(rounds.length, desired.length - 1);
    rounds.forEach(({ outcomes }, i) => {
      const { decision } = outcomes[0]!;
      assert.ok(desired[i + 1]! >= (decision.kind === 'scale' ? decision.to : decision.from));
    });
    assert.ok(desired.some((n, i) => i > 0 && n > (rounds[i - 1]!.outcomes[0]!.decision.from ?? 0)));
  });

  it('goes on with what acted before when a fit fails, and says so', async () => {
    const good = recordingTrainer();
    let calls = 0;
    const trainer: Trainer = {
      fit: (request) => (++calls === 2 ? Promise.reject(new Error('worker died')) : good.fit(request)),
    };
    const forescale = forescaleWith(trainer);
    const simulation = await run(scenario, [forescale.make('forescale', {})]);
    const [learner] = forescale.learners(simulation.timetable);
    assert.match(learner!.failures.join(), /worker died/);
    assert.equal(learner!.fitted()?.trainedThroughMs, 29 * hour * minuteMs);
  });

  it('does not shrink over a gap of half an hour', async () => {
    const gap = waves.map((rate, minute) => (minute >= 25 * hour && minute < 25.5 * hour ? Number.NaN : rate));
    const simulation = await run({ ...scenario, rates: gap }, [forescaleWith(recordingTrainer()).make('f', {})]);
    const { desired } = rowsOf(simulation);
    const before = desired[25 * hour + 6]!;
    assert.ok(desired.slice(25 * hour + 6, 25.5 * hour).every((n) => n >= before));
  });
});
