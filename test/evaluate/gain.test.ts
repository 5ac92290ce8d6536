import assert from 'node:assert/strict';
import { type Block, bootstrapGain, gainOf } from '../../src/evaluate/bootstrap.ts';
import { gainOver } from '../../src/evaluate/gain.ts';
import { scoreSeries } from '../../src/evaluate/score-series.ts';
import { describeGain, judgeModel } from '../../src/evaluate/verdict.ts';
import { noiseOf, rollOf } from './support.ts';

describe('bootstrapGain', () => {
  const equal: Block[] = Array.from({ length: 10 }, () => ({ own: 8, other: 10 }));

  it('of days that are all alike has no width', () => {
    const { low, high } = bootstrapGain(equal, 1)!;
    assert.ok(Math.abs(low - 0.2) < 1e-12 && Math.abs(high - 0.2) < 1e-12);
  });

  it('the same seed gives the same interval, another seed a near one', () => {
    const noise = noiseOf(3);
    const blocks = Array.from({ length: 20 }, () => ({ own: 8 + noise(), other: 10 + noise() }));
    const first = bootstrapGain(blocks, 1)!;
    assert.deepEqual(bootstrapGain(blocks, 1), first);
    const other = bootstrapGain(blocks, 2)!;
    assert.notDeepEqual(other, first);
    assert.ok(Math.abs(other.low - first.low) < 0.01);
  });

  it('three days are too few for an interval', () => {
    assert.equal(bootstrapGain(equal.slice(0, 3), 1), undefined);
  });

  it('holds the true gain of 20 % in at least 90 of 100 samples of 30 days', () => {
    let held = 0;
    for (let sample = 1; sample <= 100; sample++) {
      const noise = noiseOf(sample);
      const blocks = Array.from({ length: 30 }, () => ({ own: 8 + 2 * noise(), other: 10 + 2 * noise() }));
      const { low, high } = bootstrapGain(blocks, sample)!;
      if (low <= 0.2 && high >= 0.2) held += 1;
    }
    assert.ok(held >= 90 && held < 100, `${held}`);
  });

  it('nothing can be gained on a loss of 0', () => {
    assert.equal(gainOf(0, 0), 0);
    assert.equal(gainOf(1, 0), Number.NEGATIVE_INFINITY);
  });
});

/** Ten days of hourly origins; the second model is off by `worse` deviations more than the first. */
function twoModels(worse: number, acting: 'arima' | 'holt-winters', days = 10) {
  const noise = noiseOf(5);
  const truth = Array.from({ length: 24 * days }, () => 20 + noise());
  const arima = truth.map((y) => [y + 0.5, 1] as const);
  const holtWinters = truth.map((y) => [y + 0.5 + worse, 1] as const);
  return scoreSeries(rollOf(truth, { arima, 'holt-winters': holtWinters }, new Array(truth.length).fill(acting)));
}

describe('gainOver', () => {
  it('groups hourly origins by day: 240 origins are 10 blocks', () => {
    assert.equal(gainOver([twoModels(1, 'arima')], 'arima', 'holt-winters', 1)!.blocks, 10);
  });

  it('counts only origins at which both could forecast', () => {
    const truth = [10, 12, 14];
    const roll = rollOf(truth, { arima: [[10, 1], undefined, [14, 1]], 'holt-winters': truth.map((y) => [y, 1]) }, [
      'arima',
      'arima',
      'arima',
    ]);
    assert.equal(gainOver([scoreSeries(roll)], 'arima', 'holt-winters', 1)!.gain, 0);
  });

  it('is undefined against a model that never forecast', () => {
    assert.equal(gainOver([twoModels(1, 'arima')], 'arima', 'lstm', 1), undefined);
  });
});

describe('describeGain', () => {
  const interval = { low: 0.14, high: 0.22 };

  it('beats Holt-Winters by 18 % ± 4 %', () => {
    const words = describeGain({ over: 'holt-winters', gain: 0.18, interval, blocks: 12 });
    assert.equal(words, 'beats Holt-Winters by 18 % ± 4 %');
  });

  it('an interval that holds 0 is no clear difference', () => {
    const words = describeGain({ over: 'seasonal-naive', gain: 0.02, interval: { low: -0.01, high: 0.05 }, blocks: 9 });
    assert.equal(words, 'no clear difference from seasonal naive (better by 2.0 % ± 3.0 %)');
  });

  it('an interval that leans to one side is told by its ends', () => {
    const interval = { low: -0.37, high: -0.03 };
    const words = describeGain({ over: 'seasonal-naive', gain: -0.14, interval, blocks: 63 });
    assert.equal(words, 'loses to seasonal naive by 14 % (3 to 37 %)');
  });

  it('a model that is the other one equals it', () => {
    const [same] = [twoModels(0, 'arima')];
    const { words } = judgeModel([same], 'arima', ['holt-winters', 'arima'], new Map([['arima', 1]]), 1);
    assert.equal(words, 'acts: equals Holt-Winters');
  });

  it('without an interval it says that the days are too few', () => {
    const words = describeGain({ over: 'holt-winters', gain: -0.3, blocks: 2 });
    assert.equal(words, 'loses to Holt-Winters by 30 %, too few days to say how surely');
  });
});

describe('judgeModel', () => {
  const models = ['holt-winters', 'arima', 'acting'] as const;

  it('a learned model that acts is set against the yardstick', () => {
    const { words, actingShare } = judgeModel([twoModels(1, 'arima')], 'arima', models, new Map([['arima', 1]]), 1);
    assert.equal(actingShare, 1);
    assert.match(words, /^acts: beats Holt-Winters by \d+ % ± /);
  });

  it('one in shadow says what it loses', () => {
    const shares = new Map([['holt-winters', 1]] as const);
    const { words } = judgeModel([twoModels(-0.4, 'holt-winters')], 'arima', models, shares, 1);
    assert.match(words, /^in shadow: loses to Holt-Winters by \d+ % ± /);
  });

  it('a yardstick is set against the best learned model, and says how much of the time it acted', () => {
    const shares = new Map([['holt-winters', 0.25]] as const);
    const { words } = judgeModel([twoModels(1, 'arima')], 'holt-winters', models, shares, 1);
    assert.match(words, /^acts at 25 % of the origins: loses to ARIMA by /);
  });

  it('of two yardsticks it is set against the one that is harder to beat', () => {
    const truth = Array.from({ length: 48 }, (_, i) => 20 + (i % 3));
    const off = (by: number) => truth.map((y) => [y + by, 1] as const);
    const forecasts = { 'seasonal-naive': off(4), 'holt-winters': off(1.5), arima: off(0.5) };
    const scores = scoreSeries(rollOf(truth, forecasts, new Array(48).fill('arima')));
    const all = ['seasonal-naive', 'holt-winters', 'arima', 'acting'] as const;
    for (const model of ['arima', 'acting'] as const) {
      assert.equal(judgeModel([scores], model, all, new Map([['arima', 1]]), 1).against!.over, 'holt-winters');
    }
  });

  it('what acted is set against the yardsticks', () => {
    const { words } = judgeModel([twoModels(1, 'arima')], 'acting', models, new Map([['arima', 1]]), 1);
    assert.match(words, /^what acted: beats Holt-Winters by /);
  });
});
