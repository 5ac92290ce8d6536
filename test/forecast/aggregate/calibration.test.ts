/** What surrounds the medians: scales, offsets, tails. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { FEATURES } from '../../../src/forecast/aggregate/features.ts';
import { planHorizons } from '../../../src/forecast/aggregate/horizon-plan.ts';
import { type Layer, startLayer } from '../../../src/forecast/aggregate/layer.ts';
import { LEVELS, MEDIAN, MIXED, PRIOR_SCORES } from '../../../src/forecast/aggregate/mixed-levels.ts';
import type { Place } from '../../../src/forecast/aggregate/offset-model.ts';
import { openStateStore } from '../../../src/forecast/aggregate/state-store.ts';
import { PRIOR_TAIL, startTailTracker } from '../../../src/forecast/aggregate/tail-tracker.ts';
import { studentQuantile } from '../../../src/forecast/levels.ts';
import { tailExcess } from '../../../src/forecast/tails.ts';
import { MINUTE_MS, normal, uniform } from '../made-series.ts';

const plan = planHorizons(MINUTE_MS, 15);
const HIGH = MIXED.indexOf(0.9);

function newLayer(mostShift = Number.POSITIVE_INFINITY): Layer {
  const offsets = { prior: PRIOR_SCORES, mostShift, spanTables: 2, featureTables: plan.reaches } as const;
  const settings = { name: 'a', plan, season: 1440, offsets, priorTail: PRIOR_TAIL, firstScale: 1 };
  return startLayer(settings, openStateStore());
}

/** Share of outcomes at or below the 0.9 quantile, by what `groupOf` says of a step, behind the first half of the steps. */
function coverage(
  steps: number,
  place: (t: number) => Place,
  outcome: (t: number) => number,
  groupOf: (t: number) => number,
): number[] {
  const layer = newLayer();
  const centres = new Float64Array(LEVELS);
  const us = new Float64Array(LEVELS);
  const below: number[] = [];
  const count: number[] = [];
  for (let t = 0; t < steps; t++) {
    const at = place(t);
    layer.quantiles(at, centres, us);
    const z = outcome(t);
    if (t >= steps / 2) {
      const group = groupOf(t);
      count[group] = (count[group] ?? 0) + 1;
      below[group] = (below[group] ?? 0) + (z <= us[HIGH]! ? 1 : 0);
    }
    layer.learn(at, centres, z, 'ok');
  }
  return count.map((n, group) => below[group]! / n);
}

const partOf = (t: number) => Math.floor((t % 1440) / 30);
const plainPlace = (t: number): Place => ({ horizon: 0, part: partOf(t), features: new Float64Array(FEATURES) });

describe('calibration layer', () => {
  it('moves the median no further from its centre than it may: 0, a tenth of a scale, or the half that outcomes lie above', () => {
    const shift = (mostShift: number) => {
      const [us, gauss, layer] = [new Float64Array(LEVELS), normal(4), newLayer(mostShift)];
      for (let t = 0; t < 2000; t++) layer.learn(plainPlace(t), new Float64Array(LEVELS), 0.4 + gauss(), 'ok');
      layer.quantiles(plainPlace(2000), new Float64Array(LEVELS), us);
      return us[MEDIAN]! / layer.scales.at(0, partOf(2000));
    };
    assert.equal(shift(0), 0);
    assert.ok(Math.abs(shift(0.1) - 0.1) < 1e-6, `${shift(0.1)}`);
    assert.ok(shift(Number.POSITIVE_INFINITY) > 0.3, `${shift(Number.POSITIVE_INFINITY)}`);
  });

  it('brings a bounded median back at once, and one that was moved by 3 scales only by and by', () => {
    const behind = (mostShift: number) => {
      const [us, gauss, layer] = [new Float64Array(LEVELS), normal(4), newLayer(mostShift)];
      for (let t = 0; t < 2060; t++) {
        layer.learn(plainPlace(t), new Float64Array(LEVELS), (t < 2000 ? 3 : 0) + gauss(), 'ok');
      }
      layer.quantiles(plainPlace(2060), new Float64Array(LEVELS), us);
      return us[MEDIAN]!;
    };
    assert.ok(
      behind(0.5) < 0.7 * behind(Number.POSITIVE_INFINITY),
      `${behind(0.5)} ${behind(Number.POSITIVE_INFINITY)}`,
    );
  });

  it('calibrates the other levels beside a median that stays', () => {
    const [us, gauss, layer] = [new Float64Array(LEVELS), normal(4), newLayer(0)];
    for (let t = 0; t < 2000; t++) layer.learn(plainPlace(t), new Float64Array(LEVELS), 0.4 + gauss(), 'ok');
    layer.quantiles(plainPlace(2000), new Float64Array(LEVELS), us);
    assert.ok(Math.abs(us[HIGH]! - (0.4 + 1.28)) < 0.3, `${us}`);
  });

  it('holds 90 % in each of 12 spans of a day within 3 points where noise is 6 times as large by day as by night', () => {
    const gauss = normal(1);
    const isDay = (t: number) => t % 1440 > 480 && t % 1440 < 1200;
    const shares = coverage(
      30 * 1440,
      plainPlace,
      (t) => (isDay(t) ? 0.6 : 0.1) * gauss(),
      (t) => Math.floor(partOf(t) / 4),
    );
    for (const share of shares) assert.ok(Math.abs(share - 0.9) < 0.03, `${shares}`);
  });

  it('holds 90 % on ramps and beside them within 2 points where steep forecasts err twice as far and lag behind', () => {
    const [gauss, draw] = [normal(2), uniform(3)];
    let steep = 0;
    const place = (t: number) => {
      steep = draw() < 0.2 ? 2 : 0;
      const at = plainPlace(t);
      at.features[2] = steep;
      return at;
    };
    const shares = coverage(
      40_000,
      place,
      () => (steep > 0 ? 0.5 + 2 * gauss() : gauss()),
      () => (steep > 0 ? 1 : 0),
    );
    for (const share of shares) assert.ok(Math.abs(share - 0.9) < 0.02, `${shares}`);
  });

  it('learns nothing of scales from an excluded outcome, and nothing at all from a bound that lies below', () => {
    const layer = newLayer();
    const centres = new Float64Array(LEVELS);
    const us = [new Float64Array(LEVELS), new Float64Array(LEVELS)];
    layer.quantiles(plainPlace(0), centres, us[0]!);
    const before = layer.scales.at(0, 0);
    layer.learn(plainPlace(0), centres, -50, 'censored');
    layer.quantiles(plainPlace(0), centres, us[1]!);
    assert.deepEqual(us[1], us[0]);
    layer.learn(plainPlace(0), centres, 50, 'excluded');
    assert.equal(layer.scales.at(0, 0), before);
  });

  it('is widened by a burst of 1,000 scales 2.75 times at most while it is young, and by 0.7 % after 2,000 outcomes', () => {
    const widenedAfter = (outcomes: number) => {
      const layer = newLayer();
      const centres = new Float64Array(LEVELS);
      for (let t = 0; t < outcomes; t++) layer.learn(plainPlace(t), centres, t % 2 === 0 ? 1 : -1, 'ok');
      const before = layer.scales.flat(0);
      layer.learn(plainPlace(outcomes), centres, 1000, 'ok');
      return layer.scales.flat(0) / before;
    };
    assert.ok(Math.abs(widenedAfter(0) - 2.75) < 1e-6 && Math.abs(widenedAfter(3) - 2.75) < 1e-6);
    assert.ok(Math.abs(widenedAfter(2000) - 1.0075) < 0.001, `${widenedAfter(2000)}`);
  });

  it('holds 90 % within 3 points near and an hour ahead, by night and by day, where nights are 3 times as wide near alone', () => {
    const layer = newLayer();
    const gauss = normal(7);
    const [centres, us] = [new Float64Array(LEVELS), new Float64Array(LEVELS)];
    const horizons = [0, plan.horizons.indexOf(60)];
    const below = new Float64Array(4);
    const count = new Float64Array(4);
    for (let t = 0; t < 40 * 1440; t++) {
      const isNight = t % 1440 < 120;
      for (const [k, horizon] of horizons.entries()) {
        const place = { ...plainPlace(t), horizon };
        const z = (isNight && k === 0 ? 3 : 1) * gauss();
        layer.quantiles(place, centres, us);
        if (t >= 20 * 1440) {
          count[2 * k + (isNight ? 1 : 0)]! += 1;
          below[2 * k + (isNight ? 1 : 0)]! += z <= us[HIGH]! ? 1 : 0;
        }
        layer.learn(place, centres, z, 'ok');
      }
    }
    const shares = below.map((n, i) => n / count[i]!);
    for (const share of shares) assert.ok(Math.abs(share - 0.9) < 0.03, `${shares}`);
  });

  it('begins 1.4 times as far out as is ordinary, and has 0.7 to 1.3 % above 0.99 from the 1,000th to the 11,000th outcome', () => {
    const layer = newLayer();
    const draw = uniform(11);
    const [centres, us] = [new Float64Array(LEVELS), new Float64Array(LEVELS)];
    layer.quantiles(plainPlace(0), centres, us);
    assert.ok(Math.abs(us[HIGH]! / studentQuantile(0.9) - 1.4) < 1e-6, `${us[HIGH]}`);
    let above = 0;
    for (let t = 0; t < 11_000; t++) {
      const z = studentQuantile(draw());
      layer.quantiles(plainPlace(t), centres, us);
      if (t >= 1000 && z > us[LEVELS - 1]!) above += 1;
      layer.learn(plainPlace(t), centres, z, 'ok');
    }
    assert.ok(above >= 70 && above <= 130, `${above}`);
  });

  it('never lets quantiles cross, whatever 3,000 outcomes come', () => {
    const layer = newLayer();
    const draw = uniform(9);
    const us = new Float64Array(LEVELS);
    const centres = new Float64Array(LEVELS);
    for (let t = 0; t < 3000; t++) {
      const place = plainPlace(t);
      place.features.forEach((_, f) => {
        place.features[f] = 8 * draw();
      });
      layer.quantiles(place, centres, us);
      for (let l = 1; l < LEVELS; l++) assert.ok(us[l]! >= us[l - 1]!);
      layer.learn(place, centres, 1000 * (draw() - 0.5) ** 9, 'ok');
    }
  });
});

describe('tails of a layer', () => {
  it('are its own near and far: bursts a step ahead reach twice as far there, and leave a day ahead as it was', () => {
    const layer = newLayer();
    const gauss = normal(5);
    const centres = new Float64Array(LEVELS);
    const far = plan.horizons.length - 1;
    for (let t = 0; t < 20_000; t++) {
      const burst = t % 101 === 0 ? 30 : 1;
      layer.learn({ ...plainPlace(t), horizon: 0 }, centres, burst * gauss(), 'ok');
      layer.learn({ ...plainPlace(t), horizon: far }, centres, gauss(), 'ok');
    }
    const reach = (horizon: number) => tailExcess(layer.upper(horizon), 0.01);
    assert.ok(reach(0) > 2 * reach(far), `${reach(0)} and ${reach(far)}`);
  });
});

describe('tail tracker', () => {
  it('recovers a generalised Pareto tail of shape 0.2 and scale 1 from 20,000 excesses within 10 %', () => {
    const tracker = startTailTracker('t', PRIOR_TAIL, openStateStore());
    const draw = uniform(4);
    let [shape, scale] = [0, 0];
    for (let i = 0; i < 20_000; i++) {
      tracker.learn(((1 - draw()) ** -0.2 - 1) / 0.2);
      if (i < 10_000) continue;
      shape += tracker.tail().shape / 10_000;
      scale += tracker.tail().scale / 10_000;
    }
    assert.ok(Math.abs(shape - 0.2) < 0.05 && Math.abs(scale - 1) < 0.1, `${shape}, ${scale}`);
  });

  it('is the prior before the first excess, and close to it behind three', () => {
    const tracker = startTailTracker('t', PRIOR_TAIL, openStateStore());
    assert.ok(Math.abs(tracker.tail().scale - PRIOR_TAIL.scale) < 1e-12);
    for (let i = 0; i < 3; i++) tracker.learn(10);
    assert.ok(tracker.tail().scale < 4 * PRIOR_TAIL.scale);
  });
});
