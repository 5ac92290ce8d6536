import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Mark } from '../../../src/domain/forecast.ts';
import type { ExpertSettings, StartExpert } from '../../../src/forecast/experts/expert.ts';
import { startFastRegression, startRegression } from '../../../src/forecast/experts/regression.ts';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import { MINUTE_MS, normal } from '../made-series.ts';
import { follow, type Setting } from './follow.ts';

const DAY = 288;
const fives: Setting = { stepMs: 5 * MINUTE_MS, seasons: [DAY, 7 * DAY], horizons: [1, 3, 12, 72, 288] };

/** A day with a wave of ±1 on z; `slow` wanders back to it. */
function shop(days: number, slowSpread: number, noise: number, seed = 5): Float64Array {
  const gauss = normal(seed);
  let slow = 0;
  return Float64Array.from({ length: days * DAY }, (_, t) => {
    slow = 0.9 * slow + slowSpread * gauss();
    return 5 - Math.cos((2 * Math.PI * t) / DAY) + slow + noise * gauss();
  });
}

/** Mean absolute error by horizon over the second half, of the expert and of persistence. */
function errorsOf(start: StartExpert, z: Float64Array, setting = fives, marks?: (t: number) => Mark) {
  const followed = follow(start, setting);
  const said = [] as Float64Array[];
  const errors = setting.horizons.map(() => ({ expert: 0, persistence: 0 }));
  z.forEach((value, t) => {
    followed.push(value, marks?.(t) ?? 'ok');
    said.push(followed.predict());
    if (t < z.length / 2) return;
    setting.horizons.forEach((h, i) => {
      errors[i]!.expert += Math.abs(value - said[t - h]![i]!);
      errors[i]!.persistence += Math.abs(value - z[t - h]!);
    });
  });
  return errors.map(({ expert, persistence }) => expert / persistence);
}

describe('the regression', () => {
  it('beats persistence at 5 min, and has less than 40 % of its error from an hour on, on a daily wave with noise', () => {
    const ratios = errorsOf(startRegression, shop(14, 0.03, 0.05));
    assert.ok(ratios[0]! < 0.85, `${ratios}`);
    for (const ratio of ratios.slice(2, 4)) assert.ok(ratio < 0.4, `${ratios}`);
  });

  it('expects the shape of yesterday six hours ahead after a day and a half, before it could have learned it', () => {
    const z = shop(2, 0, 0.01);
    const followed = follow(startRegression, fives);
    // At 12:00 the load is at its highest, 6, where persistence leaves it; at 18:00 it will be at 5.
    for (const value of z.subarray(0, 1.5 * DAY)) followed.push(value);
    const ahead = followed.predict()[3]!;
    assert.ok(Math.abs(ahead - 5) < 0.35, `${ahead}`);
  });

  it('knows a job that runs each hour, at another minute on each day: 30 % of the error of persistence a quarter ahead', () => {
    const gauss = normal(3);
    const jobs = Float64Array.from({ length: 10 * DAY }, (_, t) => {
      const isOn = t % 12 === (5 * Math.floor(t / DAY)) % 12;
      return 5 + (isOn ? 1 : 0) + 0.01 * gauss();
    });
    const [, quarter] = errorsOf(startRegression, jobs);
    assert.ok(quarter! < 0.3, `${quarter}`);
  });

  it('is within 3 % of persistence on a random walk, where nothing is better', () => {
    const gauss = normal(8);
    let level = 5;
    const walk = Float64Array.from({ length: 20 * DAY }, () => (level += 0.05 * gauss()));
    const ratios = errorsOf(startRegression, walk);
    for (const ratio of ratios.slice(0, 2)) assert.ok(ratio < 1.03, `${ratios}`);
  });

  it('forecasts three times the load from the first sample after a threefold level shift', () => {
    const followed = follow(startRegression, fives);
    const z = shop(15, 0.03, 0.02);
    for (const value of z) followed.push(value);
    const before = followed.predict();
    for (let t = 0; t < 6; t++) followed.push(z[14 * DAY + t]! + Math.log(3));
    const after = followed.predict();
    // The next half hour and hour; further out it may expect some of the way back.
    for (const i of [0, 1])
      assert.ok(Math.abs(after[i]! - before[i]! - Math.log(3)) < 0.25, `${after[i]! - before[i]!}`);
  });

  it('learns no low demand from samples that are lower bounds only', () => {
    const z = shop(12, 0.02, 0.02);
    // Saturated every afternoon: at most 5.5 arrives.
    const cut = z.map((value) => Math.min(5.5, value));
    const biasOf = (marks?: (t: number) => Mark) => {
      const followed = follow(startRegression, fives);
      cut.forEach((value, t) => {
        followed.push(value, marks?.(t) ?? 'ok');
      });
      // From midnight, six hours and more ahead: noon lies at 6.
      return followed.predict()[3]!;
    };
    const naive = biasOf();
    const censored = biasOf((t) => (z[t]! >= 5.5 ? 'censored' : 'ok'));
    assert.ok(censored >= naive, `${censored} against ${naive}`);
  });

  it('does not learn from an incident: its weights stay as they were', () => {
    const z = shop(6, 0.03, 0.03);
    const followed = follow(startRegression, fives);
    for (const value of z) followed.push(value);
    const before = followed.expert.save()['weights'];
    for (let t = 0; t < 50; t++) followed.push(t % 2, 'excluded');
    assert.deepEqual(followed.expert.save()['weights'], before);
  });

  it('starts afresh when a calendar has come since it was saved: its inputs are others', () => {
    const past = startPast({ ...fives, firstStep: 0 });
    const before = startRegression({ ...fives, past });
    for (const z of shop(4, 0.03, 0.03)) {
      past.push(z, 'ok', 0);
      before.observe();
    }
    const calendar = { eventAt: () => ({ active: false, logUplift: 0, holiday: false }) };
    const fresh = startRegression({ ...fives, past, calendar });
    const restored = startRegression({ ...fives, past, calendar }, before.save());
    assert.deepEqual(restored.save(), fresh.save());
  });

  it('uses a declared event: half the error in the hour before one that doubles the load', () => {
    const gauss = normal(4);
    const isOn = (step: number) => step % 500 >= 460;
    const calendar = {
      eventAt: (step: number) => ({ active: isOn(step), logUplift: isOn(step) ? Math.LN2 : 0, holiday: false }),
    };
    const errorWith = (extra: Partial<ExpertSettings>) => {
      const past = startPast({ ...fives, firstStep: 0 });
      const expert = startRegression({ ...fives, past, ...extra });
      const said: number[] = [];
      const out = new Float64Array(fives.horizons.length);
      let error = 0;
      for (let t = 0; t < 30 * DAY; t++) {
        const z = 5 + (isOn(t) ? Math.LN2 : 0) + 0.03 * gauss();
        past.push(z, 'ok', 0);
        expert.observe();
        expert.predict(out);
        said.push(out[2]!);
        if (t > 20 * DAY && isOn(t) && !isOn(t - 12)) error += Math.abs(z - said[t - 12]!);
      }
      return error;
    };
    const [plain, told] = [errorWith({}), errorWith({ calendar })];
    assert.ok(told < 0.5 * plain, `${told} against ${plain}`);
  });

  it('uses a workload that leads by 15 min: less than 60 % of the error it has without', () => {
    const gauss = normal(6);
    const front = startPast({ ...fives, firstStep: 0 });
    const shown: number[] = [];
    let slow = 0;
    const errorWith = (leads?: ExpertSettings['leads']) => {
      const past = startPast({ ...fives, firstStep: 0 });
      const expert = startRegression({ ...fives, past, ...(leads && { leads }) });
      const out = new Float64Array(fives.horizons.length);
      const said: number[] = [];
      let error = 0;
      shown.forEach((_, t) => {
        const z = 3 + (shown[t - 3] ?? 0);
        past.push(z, 'ok', 0);
        expert.observe();
        expert.predict(out);
        said.push(out[1]!);
        if (t > 2000) error += Math.abs(z - said[t - 3]!);
      });
      return error;
    };
    for (let t = 0; t < 4000; t++) {
      slow = 0.98 * slow + 0.1 * gauss();
      shown.push(slow);
      front.push(slow, 'ok', 0);
    }
    // Both in one loop would read `front` as it stood then; a view of it as of the other's newest step does the same.
    const plain = errorWith();
    const told = errorWith([{ name: 'front', past: front, steps: 3 }]);
    assert.ok(told < 0.6 * plain, `${told} against ${plain}`);
  });
});

describe('the fast regression', () => {
  it('has less error than the slow one in the day after a change of the daily wave', () => {
    const z = shop(20, 0.02, 0.02);
    const changed = z.map((value, t) => (t < 18 * DAY ? value : 10 - value));
    const errorAfter = (start: StartExpert) => {
      const followed = follow(start, fives);
      const said: number[] = [];
      let error = 0;
      changed.forEach((value, t) => {
        followed.push(value);
        said.push(followed.predict()[2]!);
        if (t > 18 * DAY + 36 && t < 19 * DAY) error += Math.abs(value - said[t - 12]!);
      });
      return error;
    };
    const [slow, fast] = [errorAfter(startRegression), errorAfter(startFastRegression)];
    assert.ok(fast < slow, `${fast} against ${slow}`);
  });
});
