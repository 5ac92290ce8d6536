import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { FitRequest, LevelReplay, Mark, Serving } from '../../src/domain/forecast.ts';
import { fitAndHoldOut, type HeldOut } from '../../src/forecast/fit.ts';
import { fitAndReplay } from '../../src/pipeline/fit.ts';
import { joinReplays, replayLevels } from '../../src/pipeline/replay-levels.ts';
import { enginesWith, idleLstm } from '../forecast/engines.ts';
import { HOUR_MS, shopLoad } from '../forecast/made-series.ts';
import { tenEach } from './facts.ts';

const request: FitRequest = {
  id: 'shop',
  history: shopLoad(42, 24, 0.1),
  seasonLengths: [24, 168],
  levels: [0.5, 0.9, 0.99],
  horizonSteps: 4,
  seed: 1,
  candidates: ['seasonal-naive', 'holt-winters'],
};
const serving: Serving = {
  capacity: { ...tenEach, perReplica: 1, interval: [1, 1] },
  leadMs: 0,
  loopMs: HOUR_MS,
  holdMs: 0,
};
const engines = enginesWith(idleLstm);

describe('replayLevels', () => {
  let heldOut: HeldOut;
  before(async () => {
    heldOut = (await fitAndHoldOut(request, engines)).heldOut!;
  });

  function shares(change: Partial<Serving>): readonly number[] {
    return replayLevels(heldOut, { ...serving, ...change })!.shortShares;
  }

  it('holds out the newest 15 % of 1,008 hours: 151 steps', () => {
    assert.equal(heldOut.history.values.length - heldOut.fromIndex, 151);
    assert.equal(replayLevels(heldOut, serving)!.steps, 151);
  });

  it('is short more often at a larger miss rate: within 6 points of 10 %, 20 % and 30 % one step ahead, with small replicas', () => {
    const { missRates, shortShares } = replayLevels(heldOut, serving)!;
    for (let i = 1; i < missRates.length; i++) {
      assert.ok(missRates[i]! > missRates[i - 1]!);
      assert.ok(shortShares[i]! >= shortShares[i - 1]!, `${shortShares}`);
    }
    for (const rate of [0.1, 0.2, 0.3]) {
      const share = shortShares[missRates.indexOf(rate)]!;
      assert.ok(share > 0 && share < rate + 0.06, `${rate}: ${share}`);
    }
  });

  it('judges no step whose load was cut off: 40 of 151 leave 111, and do not hide that the others are short', () => {
    const { values } = heldOut.history;
    const peak = [...values.subarray(heldOut.fromIndex)].sort((a, b) => b - a)[39]!;
    const served = values.map((load, i) => (i < heldOut.fromIndex ? load : Math.min(load, peak)));
    const marks = Array.from(values, (load, i): Mark => (i >= heldOut.fromIndex && load >= peak ? 'censored' : 'ok'));
    const cut = { ...heldOut, history: { ...heldOut.history, values: served } };
    const [told, untold] = [replayLevels({ ...cut, marks }, serving)!, replayLevels(cut, serving)!];
    assert.deepEqual([told.steps, untold.steps], [111, 151]);
    const at = told.missRates.indexOf(0.3);
    assert.ok(told.shortShares[at]! > untold.shortShares[at]!, `${told.shortShares[at]}, ${untold.shortShares[at]}`);
    const all = marks.map((): Mark => 'censored');
    assert.equal(replayLevels({ ...cut, marks: all }, serving), undefined);
  });

  it('is short less often with a hold of 6 h and with replicas of 30 requests/s', () => {
    const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
    const plain = sum(shares({}));
    assert.ok(sum(shares({ holdMs: 6 * HOUR_MS })) < 0.7 * plain);
    assert.ok(sum(shares({ capacity: { ...tenEach, perReplica: 30, interval: [30, 30] } })) < 0.9 * plain);
  });

  it('looks at nothing of the future: noise in the last half changes no share of the first half', () => {
    const { history, fromIndex } = heldOut;
    const half = fromIndex + 70;
    const firstHalf = { ...heldOut, history: { ...history, values: history.values.subarray(0, half) } };
    const noisy = Float64Array.from(history.values, (y, i) => (i < half ? y : 7 * y));
    const cut = { ...heldOut, history: { ...history, values: noisy.subarray(0, half) } };
    assert.deepEqual(replayLevels(firstHalf, serving), replayLevels(cut, serving));
  });

  it('judges no step without a sample, and shrinks over none', () => {
    const { history, fromIndex } = heldOut;
    const gap = Float64Array.from(history.values, (y, i) =>
      i >= fromIndex + 20 && i < fromIndex + 60 ? Number.NaN : y,
    );
    assert.equal(replayLevels({ ...heldOut, history: { ...history, values: gap } }, serving)!.steps, 111);
    const nothing = history.values.map((y, i) => (i < fromIndex ? y : Number.NaN));
    assert.equal(replayLevels({ ...heldOut, history: { ...history, values: nothing } }, serving), undefined);
  });
});

describe('joinReplays', () => {
  const replay = (steps: number, share: number): LevelReplay => ({ steps, missRates: [0.01], shortShares: [share] });

  it('weighs by steps, and remembers 4 days: a day of hours with 4 % behind 10 days with 1 % gives 1.75 %', () => {
    const { steps, shortShares } = joinReplays(replay(240, 0.01), replay(24, 0.04), HOUR_MS)!;
    assert.equal(steps, 96);
    assert.ok(Math.abs(shortShares[0]! - 0.0175) < 1e-12, `${shortShares}`);
  });

  it('takes the one that is there, and the fresh one where other rates were asked for', () => {
    const before = replay(10, 0.1);
    assert.equal(joinReplays(before, undefined, HOUR_MS), before);
    assert.equal(joinReplays(undefined, before, HOUR_MS), before);
    const other = { ...replay(10, 0.2), missRates: [0.5] };
    assert.equal(joinReplays(before, other, HOUR_MS), other);
  });
});

describe('fitAndReplay', () => {
  it('fits as fitSeries does, with the replay beside it where the service is described', async () => {
    const plain = await fitAndReplay(request, engines);
    assert.ok(!('replay' in plain));
    const { replay, ...fitted } = await fitAndReplay({ ...request, serving }, engines);
    assert.deepEqual(fitted, plain);
    assert.equal(replay!.steps, 151);
  });

  it('has no replay of a series too short to hold anything back', async () => {
    const history = shopLoad(1, 10, 0.1);
    assert.ok(!('replay' in (await fitAndReplay({ ...request, history, serving }, engines))));
  });
});
