/** What surrounds the medians: scales, offsets, tails, the seasonal course, horizons, state. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { startSeasonalBase } from '../../../src/forecast/aggregate/base.ts';
import { FEATURES, startErrors } from '../../../src/forecast/aggregate/features.ts';
import { planHorizons } from '../../../src/forecast/aggregate/horizon-plan.ts';
import { type Layer, startLayer } from '../../../src/forecast/aggregate/layer.ts';
import { LEVELS, MEDIAN, MIXED, PRIOR_SCORES } from '../../../src/forecast/aggregate/mixed-levels.ts';
import type { Place } from '../../../src/forecast/aggregate/offset-model.ts';
import { openStateStore } from '../../../src/forecast/aggregate/state-store.ts';
import { PRIOR_TAIL, startTailTracker } from '../../../src/forecast/aggregate/tail-tracker.ts';
import { startWaiting } from '../../../src/forecast/aggregate/waiting.ts';
import { studentQuantile } from '../../../src/forecast/levels.ts';
import { tailExcess } from '../../../src/forecast/tails.ts';
import { MINUTE_MS, normal, uniform } from '../made-series.ts';

const plan = planHorizons(MINUTE_MS, 15);
const HIGH = MIXED.indexOf(0.9);

function newLayer(changes: { readonly fixed?: number } = {}): Layer {
  const settings = { name: 'a', plan, season: 1440, prior: PRIOR_SCORES, priorTail: PRIOR_TAIL, firstScale: 1 };
  return startLayer({ ...settings, spanTables: 2, ...changes }, openStateStore());
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
  it('leaves a fixed level to its centre, where 2000 outcomes lie 0.4 deviations above it on average, and moves the others', () => {
    const us = new Float64Array(LEVELS);
    const shown = (layer: Layer) => {
      const gauss = normal(4);
      for (let t = 0; t < 2000; t++) layer.learn(plainPlace(t), new Float64Array(LEVELS), 0.4 + gauss(), 'ok');
      layer.quantiles(plainPlace(2000), new Float64Array(LEVELS), us);
      return us.slice();
    };
    const [fixed, free] = [shown(newLayer({ fixed: MEDIAN })), shown(newLayer())];
    assert.equal(fixed[MEDIAN], 0);
    assert.ok(free[MEDIAN]! > 0.2, `${free}`);
    assert.ok(Math.abs(fixed[HIGH]! - (0.4 + 1.28)) < 0.3, `${fixed}`);
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
  }).timeout(10_000);

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
  }).timeout(10_000);

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
  }).timeout(10_000);

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

describe('errors', () => {
  it('are in shock within 3 steps of errors of 11 scales, and out of it 10 steps behind the last', () => {
    const errors = startErrors(plan, openStateStore());
    for (let t = 0; t < 5000; t++) errors.note(0, 0, 1);
    assert.equal(errors.shock(), 0);
    for (let t = 0; t < 3; t++) errors.note(0, 0, 11);
    assert.ok(errors.shock() > 4, `${errors.shock()}`);
    for (let t = 0; t < 10; t++) errors.note(0, 0, 1);
    assert.equal(errors.shock(), 0);
  });

  it('take a load of waves for ordinary: with 15 steps of 5 scales every two hours the shock ends after two days', () => {
    const errors = startErrors(plan, openStateStore());
    let shocked = 0;
    for (let t = 0; t < 10 * 1440; t++) {
      errors.note(0, 0, t % 120 < 15 ? 5 : 0.5);
      if (t > 2 * 1440 && errors.shock() > 1) shocked += 1;
    }
    assert.ok(shocked < 0.02 * 8 * 1440, `${shocked}`);
  });
});

describe('planHorizons', () => {
  it('follows 15 minutes, an hour and a day exactly at steps of 1, 5 and 15 minutes', () => {
    for (const minutes of [1, 5, 15]) {
      const { horizons } = planHorizons(minutes * MINUTE_MS, 1);
      for (const ahead of [15, 60, 1440]) assert.ok(horizons.includes(ahead / minutes), `${minutes}: ${horizons}`);
    }
  });

  it('reaches as far as is asked for, 48 hours of hours, and begins at 1 with any step', () => {
    assert.equal(planHorizons(60 * MINUTE_MS, 48).horizons.at(-1), 48);
    for (const stepMs of [1000, 15_000, MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS, 7 * 24 * 60 * MINUTE_MS]) {
      const { horizons, blockOf, blocks } = planHorizons(stepMs, 1);
      assert.equal(horizons[0], 1);
      assert.ok(horizons.every((h, i) => i === 0 || h > horizons[i - 1]!));
      assert.equal(Math.max(...blockOf) + 1, blocks);
    }
    assert.throws(() => planHorizons(MINUTE_MS, 0), /horizon of 0 steps/);
  });

  it('keeps 12 origins or all for up to an hour and 3 beyond, and counts at most 4 of them as independent', () => {
    for (const minutes of [1, 5, 15]) {
      const { horizons, capacities, strides, turns, shares } = planHorizons(minutes * MINUTE_MS, 1);
      for (const [i, h] of horizons.entries()) {
        const most = h * minutes <= 60 ? 12 : 3;
        assert.ok(capacities[i]! <= most && capacities[i]! >= Math.min(h, most / 2), `${h} of ${minutes} min`);
        assert.equal(turns[i]! % strides[i]!, 0);
        assert.ok(h / turns[i]! <= 4, `${h}: ${turns[i]}`);
        assert.equal(shares[i]! * turns[i]!, strides[i]!);
      }
    }
  });

  it('a cell is found again when its outcome arrives, and never twice for one origin', () => {
    const waiting = startWaiting(plan, 1, openStateStore());
    for (let newest = 0; newest < 4000; newest++) {
      for (const [i, h] of plan.horizons.entries()) {
        const due = waiting.cellAt(i, newest - h);
        if (due >= 0 && newest >= 2 * h) assert.equal(waiting.anchors[due], (newest - h) % 10_007, `${h} steps ahead`);
        const at = waiting.cellAt(i, newest);
        if (at >= 0) waiting.anchors[at] = newest % 10_007;
      }
    }
  });
});

describe('seasonal base', () => {
  const past = { slot: (step: number, season: number) => step % season };

  it('knows noon and night of a day of minutes after two days, within 2 %', () => {
    const base = startSeasonalBase(1440, past, openStateStore());
    const wave = (t: number) => 10 - 4 * Math.cos((2 * Math.PI * t) / 1440);
    for (let t = 0; t < 2 * 1440; t++) base.observe(t, wave(t));
    for (const t of [0, 360, 720, 1080]) assert.ok(Math.abs(base.at(2880 + t) / wave(t) - 1) < 0.02, `${t}`);
  });

  it('writes the course of a day and a half as it says it step by step, over the end of the day', () => {
    for (const season of [1440, 96, 1]) {
      const base = startSeasonalBase(season, past, openStateStore());
      for (let t = 0; t < 3000; t++) base.observe(t, Math.sin(t));
      const slots = Int32Array.from({ length: 2160 }, (_, k) => (k + 700) % season);
      const out = new Float64Array(slots.length);
      base.write(slots, out);
      for (const [k, z] of out.entries()) assert.equal(z, base.at(k + 700));
    }
  });

  it('fills a gap from where today is towards the ordinary course: half of the distance after an hour', () => {
    const base = startSeasonalBase(1440, past, openStateStore());
    for (let t = 0; t < 2880; t++) base.observe(t, 10);
    for (let t = 2880; t < 2940; t++) base.observe(t, 12);
    const first = base.fill(2940) - base.at(2940);
    for (let t = 2940; t < 3000; t++) base.observe(t, Number.NaN);
    const later = base.fill(3000) - base.at(3000);
    assert.ok(first > 1.5 && Math.abs(later / first - 0.5) < 0.05, `${first}, ${later}`);
  });
});

describe('state store', () => {
  it('gives back what was saved, refuses another length, and a name twice', () => {
    const store = openStateStore();
    store.doubles('x', 3, (i) => i)[1] = 7;
    store.singles('y', 2, Number.NaN);
    const again = openStateStore(store.save());
    assert.deepEqual(Array.from(again.doubles('x', 3)), [0, 7, 2]);
    assert.throws(() => openStateStore(store.save()).doubles('x', 4), /state x: expected 4 numbers, found 3/);
    assert.throws(() => store.doubles('x', 3), /x is made twice/);
    assert.equal(store.bytes(), 3 * 8 + 2 * 4);
  });

  it('keeps halves within 0.05 % in 2 bytes each, and gives the same back from what was saved', () => {
    const store = openStateStore();
    const halves = store.halves('h', 3, (i) => [0.1, -700, Number.NaN][i]!);
    assert.ok(Math.abs(halves[0]! / 0.1 - 1) < 5e-4 && Math.abs(halves[1]! / -700 - 1) < 5e-4);
    assert.deepEqual(openStateStore(store.save()).halves('h', 3), halves);
    assert.equal(store.bytes(), 3 * 2);
  });
});
