/** A workload in its first hours and days, on generated load of five kinds: useful from two hours on. */
import assert from 'node:assert/strict';
import { fitSeries } from '../../src/forecast/fit.ts';
import { startForecaster } from '../../src/forecast/start.ts';
import { enginesWith, idleLstm } from './engines.ts';
import { MINUTE_MS, normal, uniform } from './made-series.ts';

const HOUR = 60;
const START = 1_700_000_040_000;

/** Load at a minute, given the noise of the step and a uniform number. */
type Load = (minute: number, noise: number, draw: number) => number;

/** An AR(1) in logarithms around 1. */
function lagging(): (noise: number) => number {
  let log = 0;
  return (noise) => {
    log = 0.9 * log + 0.05 * noise;
    return Math.exp(log);
  };
}

const wave = (minute: number) => 1 - 0.7 * Math.cos((2 * Math.PI * minute) / 1440);

/** Each begins at another time of day and of week. */
const kinds: { readonly [name: string]: (phase: number) => Load } = {
  'a daily wave with quiet weekends': (phase) => {
    const around = lagging();
    return (t, noise) => 100 * wave(t + phase) * (Math.floor((t + phase) / 1440) % 7 >= 5 ? 0.6 : 1) * around(noise);
  },
  'a level with noise that lasts': () => {
    const around = lagging();
    return (_, noise, draw) => 100 * around(noise) * (0.9 + 0.2 * draw);
  },
  'a random walk': () => {
    let log = 0;
    return (_, noise, draw) => {
      log += 0.01 * noise;
      return 100 * Math.exp(log) * (0.95 + 0.1 * draw);
    };
  },
  'a few requests a minute': (phase) => (t, _, draw) => poisson(3 * wave(t + phase), draw),
  'bursts every 37 minutes': (phase) => (t, noise) => {
    const isOn = (t + Math.floor(phase)) % 37 < 5;
    return 100 * (isOn ? 3 : 1) * wave(t + phase) * Math.exp(0.05 * noise);
  },
};

/** By inversion. */
function poisson(mean: number, draw: number): number {
  let probability = Math.exp(-mean);
  let sum = probability;
  let count = 0;
  while (draw > sum && count < 60) {
    count += 1;
    probability *= mean / count;
    sum += probability;
  }
  return count;
}

/** Means over `every` minutes. */
function valuesOf(kind: string, seed: number, minutes: number, every: number): Float64Array {
  const noise = normal(seed);
  const draw = uniform(seed + 99);
  const load = kinds[kind]!(draw() * 7 * 1440);
  const single = Float64Array.from({ length: minutes }, (_, t) => load(t, noise(), draw()));
  return Float64Array.from(
    { length: minutes / every },
    (_, i) => single.subarray(i * every, (i + 1) * every).reduce((sum, value) => sum + value, 0) / every,
  );
}

interface Score {
  readonly count: number;
  /** Outcomes inside the 90 % band. */
  readonly inside: number;
  readonly error: number;
  readonly persistence: number;
}

const nothing: Score = { count: 0, inside: 0, error: 0, persistence: 0 };
const add = (a: Score, b: Score): Score => ({
  count: a.count + b.count,
  inside: a.inside + b.inside,
  error: a.error + b.error,
  persistence: a.persistence + b.persistence,
});

/** Half a day of forecasts for a quarter of an hour and for an hour ahead, from a model fitted on `minutes` of history. */
async function scoreAfter(kind: string, seed: number, minutes: number, every: number): Promise<Score> {
  const values = valuesOf(kind, seed, minutes + 13 * HOUR, every);
  const known = minutes / every;
  const stepMs = every * MINUTE_MS;
  const history = { startMs: START, stepMs, values: values.subarray(0, known) };
  const day = 1440 / every;
  const ahead = [Math.max(1, 15 / every), HOUR / every];
  const request = { id: kind, history, seasonLengths: [day, 7 * day], levels: [0.5, 0.9, 0.99], seed: 1 };
  const candidates = ['seasonal-naive', 'holt-winters', 'aggregate'] as const;
  const fitted = await fitSeries({ ...request, horizonSteps: ahead[0]!, candidates }, enginesWith(idleLstm));
  const forecaster = startForecaster(fitted.models[fitted.acting]!, history);
  let score = nothing;
  for (let t = known; t < known + (12 * HOUR) / every; t++) {
    const [low, median, high] = forecaster.forecast(ahead[1]!, [0.05, 0.5, 0.95]).quantiles;
    for (const h of ahead) {
      const value = values[t + h - 1]!;
      const inside = value >= low![h - 1]! && value <= high![h - 1]! ? 1 : 0;
      const error = Math.abs(value - median![h - 1]!);
      score = add(score, { count: 1, inside, error, persistence: Math.abs(value - values[t - 1]!) });
    }
    forecaster.observe(values[t]!);
  }
  return score;
}

describe('a young workload', () => {
  const scores = new Map<string, { readonly kind: string; readonly score: Score }[]>();
  /** Least coverage of all kinds together and of each, most error over that of persistence, of each and in the mean. */
  const newborn = { pooled: 0.9, each: 0.85, error: 1.1, mean: 0.9 };
  // With a day behind it a simple method has a season by chance on a random walk, and acts until the gate knows better.
  const dayOld = { pooled: 0.88, each: 0.82, error: 1.4, mean: 0.95 };
  const young = { pooled: 0.9, each: 0.88, error: 1.2, mean: 0.8 };
  const grown = { pooled: 0.87, each: 0.86, error: 1.1, mean: 0.7 };
  const ages = [
    ['2 hours', 2 * HOUR, 1, newborn],
    ['6 hours', 6 * HOUR, 1, newborn],
    ['1 day', 24 * HOUR, 5, dayOld],
    ['2 days', 48 * HOUR, 5, young],
    ['7 days', 168 * HOUR, 5, grown],
  ] as const;

  before(async () => {
    for (const [age, minutes, every] of ages) {
      const all = [];
      for (const kind of Object.keys(kinds)) {
        let score = nothing;
        for (const seed of [1, 2, 3, 4]) score = add(score, await scoreAfter(kind, seed, minutes, every));
        all.push({ kind, score });
      }
      scores.set(age, all);
    }
  });

  const coverageOf = ({ inside, count }: Score) => inside / count;

  for (const [age, , , limits] of ages) {
    it(`after ${age}: the 90 % band holds ${limits.pooled} of what comes, and no less than ${limits.each} of any kind`, () => {
      const all = scores.get(age)!;
      for (const { kind, score } of all) assert.ok(coverageOf(score) >= limits.each, `${kind}: ${coverageOf(score)}`);
      const pooled = coverageOf(all.reduce((sum, { score }) => add(sum, score), nothing));
      assert.ok(pooled >= limits.pooled, `${pooled}`);
    });

    it(`after ${age}: the median errs ${limits.mean} times as much as persistence at most, in no kind over ${limits.error} times`, () => {
      const ratios = scores.get(age)!.map(({ kind, score }) => ({ kind, ratio: score.error / score.persistence }));
      for (const { kind, ratio } of ratios) assert.ok(ratio < limits.error, `${kind}: ${ratio}`);
      const mean = ratios.reduce((sum, { ratio }) => sum + ratio, 0) / ratios.length;
      assert.ok(mean <= limits.mean, `${mean}`);
    });
  }
});
