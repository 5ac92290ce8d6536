/** Experts of the fleet inside an aggregate: when they speak, what they keep, and what happens without them. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { shippedFleet } from '../../../src/app/shipped-fleet.ts';
import { type ExpertName, type FleetModel, sharedExpertNames } from '../../../src/domain/fleet.ts';
import type { FitRequest, FittedSeries, ForecastStatus } from '../../../src/domain/forecast.ts';
import { endMs, type TimeSeries } from '../../../src/domain/time-series.ts';
import { restoreAggregate } from '../../../src/forecast/aggregate/running.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { learnFleet } from '../../../src/forecast/shared/learn-fleet.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { enginesWith, idleLstm } from '../engines.ts';
import { cut, shopLoad } from '../made-series.ts';
import { noQuantiles } from './engine.ts';

const DAY = 96;
const SEASONS = [DAY, 7 * DAY];
const LEARNED = 12 * DAY;
const FITTED = 14 * DAY;
const LEVELS = [0.05, 0.5, 0.99];
const load = shopLoad(21, DAY, 0.1);
const engines = enginesWith(idleLstm);
const experts: readonly ExpertName[] = ['persistence', 'regression', ...sharedExpertNames];

const requestFor = (history: TimeSeries, changes: Partial<FitRequest> = {}): FitRequest => ({
  id: 'shop',
  history,
  seasonLengths: SEASONS,
  levels: [0.5, 0.9, 0.99],
  horizonSteps: 4,
  seed: 1,
  candidates: ['seasonal-naive', 'holt-winters', 'aggregate'],
  experts,
  ...changes,
});

/** Trees and support vectors of two other shops; networks as shipped. */
async function fleetOf(): Promise<FleetModel> {
  const histories = [2, 3].map((seed) => ({ id: `${seed}`, series: cut(shopLoad(21, DAY, 0.1, seed), LEARNED) }));
  const { fleet } = await learnFleet(
    {
      experts: ['boosted-trees', 'random-forest', 'linear-svr', 'rbf-svr'],
      histories,
      seasonLengths: SEASONS,
      horizonSteps: 4,
      seed: 1,
      before: await shippedFleet(assert.fail),
    },
    noQuantiles,
  );
  return fleet;
}

const awake = ({ blocks }: ForecastStatus) => Object.keys(blocks[0]!.weights).sort();

describe('experts that a fleet shares, in an aggregate', () => {
  let fleet: FleetModel;
  let fitted: FittedSeries;
  before(async () => {
    fleet = await fleetOf();
    fitted = await fitSeries(requestFor(cut(load, FITTED), { fleet }), engines);
  });
  const saved = () => fitted.models.aggregate!.parameters;

  it('take part, all six of them, with weights that were earned on two days that they had not seen', () => {
    const status = restoreAggregate(saved(), fleet).status();
    assert.deepEqual(awake(status), ['holt-winters', 'seasonal-naive', ...experts].sort());
    const shares = sharedExpertNames.map((name) => status.blocks[0]!.weights[name]!);
    assert.ok(Math.max(...shares) > 1.1 * Math.min(...shares), `${shares}`);
  });

  it('say nothing of steps that they were learned from: the aggregate before them is the one without the fleet', async () => {
    const trees = { experts: { 'boosted-trees': fleet.experts['boosted-trees']! } };
    const late = { experts: { 'boosted-trees': { ...trees.experts['boosted-trees'], trainedThroughMs: endMs(load) } } };
    const through = async (one: FleetModel) => {
      const { models } = await fitSeries(requestFor(cut(load, FITTED), { fleet: one }), engines);
      return awake(startForecaster(models.aggregate!, cut(load, FITTED), undefined, one).status!());
    };
    assert.ok((await through(trees)).includes('boosted-trees'));
    assert.ok(!(await through(late)).includes('boosted-trees'));
  });

  it('saved and restored on the same fleet go on with the same bytes over 120 samples', () => {
    const whole = restoreAggregate(saved(), fleet);
    let piecewise = restoreAggregate(saved(), fleet);
    for (let i = 0; i < 120; i++) {
      const y = i > 40 && i < 47 ? Number.NaN : load.values[FITTED + i]!;
      whole.observe(y, 'ok');
      piecewise.observe(y, 'ok');
      if (i % 17 === 0) piecewise = restoreAggregate(structuredClone(piecewise.save()), structuredClone(fleet));
      assert.deepEqual(piecewise.forecast(30, LEVELS), whole.forecast(30, LEVELS), `step ${i}`);
    }
  });

  it('sleep where the fleet is lost, and speak with their old weights when it is back', () => {
    const lost = restoreAggregate(saved());
    assert.deepEqual(awake(lost.status()), ['holt-winters', 'persistence', 'regression', 'seasonal-naive']);
    for (const q of lost.forecast(20, LEVELS).quantiles) assert.ok(q.every(Number.isFinite));
    const back = restoreAggregate(lost.save(), fleet);
    assert.deepEqual(back.status().blocks, restoreAggregate(saved(), fleet).status().blocks);
    assert.deepEqual(back.forecast(20, LEVELS), restoreAggregate(saved(), fleet).forecast(20, LEVELS));
  });

  it('go on through a refit on a fleet that was learned anew; what they had earned stays', async () => {
    const end = FITTED + DAY;
    const newer: FleetModel = {
      experts: { ...fleet.experts, 'boosted-trees': structuredClone(fleet.experts['boosted-trees']!) },
    };
    const refit = await fitSeries(requestFor(cut(load, end), { fleet: newer, previous: fitted }), engines);
    const followed = restoreAggregate(saved(), fleet);
    for (let t = FITTED; t < end; t++) followed.observe(load.values[t]!, 'ok');
    const status = restoreAggregate(refit.models.aggregate!.parameters, newer).status();
    assert.deepEqual(status.blocks[0]!.weights, followed.status().blocks[0]!.weights);
  });

  it('leave an aggregate when they are no longer wanted, and the others keep their shares within a tenth', async () => {
    const fewer = requestFor(cut(load, FITTED + 1), {
      fleet,
      previous: fitted,
      experts: ['persistence', 'regression'],
    });
    const refit = await fitSeries(fewer, engines);
    const { weights } = restoreAggregate(refit.models.aggregate!.parameters, fleet).status().blocks[0]!;
    assert.deepEqual(Object.keys(weights).sort(), ['holt-winters', 'persistence', 'regression', 'seasonal-naive']);
    const before = restoreAggregate(saved(), fleet).status().blocks[0]!.weights;
    const known = Object.keys(weights);
    const total = known.reduce((sum, name) => sum + before[name]!, 0);
    // One more sample has moved them a little.
    for (const name of known) {
      const [now, then] = [weights[name]!, before[name]! / total];
      assert.ok(Math.abs(now - then) < 0.1, `${name}: ${then} before, ${now} now`);
    }
  });

  it('of a name that this version does not know are left out of what was saved', () => {
    const strange = { ...saved(), experts: String(saved()['experts']).replace('rbf-svr', 'oracle') };
    const running = restoreAggregate(strange, fleet);
    assert.ok(!awake(running.status()).includes('rbf-svr'));
    assert.ok(
      running
        .forecast(10, LEVELS)
        .quantiles.flatMap((q) => Array.from(q))
        .every(Number.isFinite),
    );
  });
});
