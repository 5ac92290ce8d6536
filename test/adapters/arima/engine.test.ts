import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { createArimaEngine } from '../../../src/adapters/arima/engine.ts';
import { instantiateArima } from '../../../src/adapters/arima/wasm-module.ts';
import type { ArimaFit, ArimaTask } from '../../../src/domain/engines.ts';
import { startArmaFilter } from '../../../src/forecast/arma-filter.ts';
import { autoregression, normal } from '../../forecast/made-series.ts';

const reference = JSON.parse(readFileSync(new URL('../../forecast/golden/arma.json', import.meta.url), 'utf8')) as {
  values: number[];
  phi: number[];
  theta: number[];
  mean: number;
  variance: number;
  aic: number;
};

function answerTo(values: ArrayLike<number>, changes: Partial<ArimaTask> = {}): ArimaFit {
  return createArimaEngine().fit({ values: Float64Array.from(values), p: 2, q: 1, effort: 'full', ...changes });
}

function fitted(answer: ArimaFit): Extract<ArimaFit, { kind: 'fitted' }> {
  if (answer.kind === 'rejected') assert.fail(answer.message);
  return answer;
}

function assertRejected(answer: ArimaFit, message: RegExp): void {
  assert.equal(answer.kind, 'rejected');
  assert.match(answer.kind === 'rejected' ? answer.message : '', message);
}

describe('arima engine', () => {
  it('ARMA(2,1) on 400 values: coefficients within 0.01, variance within 1 % of statsmodels, moving-average sign reversed', () => {
    const { phi, theta, mean, variance } = fitted(answerTo(reference.values));
    for (const i of [0, 1]) assert.ok(Math.abs(phi[i]! - reference.phi[i]!) < 0.01, `phi ${phi}, ${reference.phi}`);
    assert.ok(Math.abs(theta[0]! + reference.theta[0]!) < 0.01, `theta ${theta}, ${reference.theta}`);
    assert.ok(Math.abs(mean - reference.mean) < 0.02, `mean ${mean}, ${reference.mean}`);
    assert.ok(Math.abs(variance / reference.variance - 1) < 0.01, `variance ${variance}, ${reference.variance}`);
  });

  it('its filter makes the innovations that the package itself computed, to 1e-6 after 60 steps', () => {
    const module = instantiateArima();
    const options = { p: 2, d: 0, q: 1, P: 0, D: 0, Q: 0, s: 0, method: 0, optimizer: 5, verbose: false };
    const model = module.create(options).train(reference.values);
    const struct = module.read(model, options, reference.values.length);
    const filter = startArmaFilter(struct);
    reference.values.forEach((w, t) => {
      const innovation = filter.observe(w);
      if (t >= 60) assert.ok(Math.abs(innovation - struct.residuals[t]!) < 1e-6, `step ${t}`);
    });
    const ahead = new Float64Array(12);
    filter.predict(ahead);
    const [means] = model.predict(12);
    for (let h = 0; h < 12; h++) assert.ok(Math.abs(ahead[h]! - means[h]!) < 1e-6, `${h + 1} ahead`);
    model.destroy();
  });

  it('reads the struct where the printed text says: coefficients, mean and AIC agree to the digits printed', () => {
    const module = instantiateArima();
    const options = { p: 2, d: 0, q: 1, P: 0, D: 0, Q: 0, s: 0, method: 0, optimizer: 5, verbose: true };
    const model = module.create(options).train(reference.values);
    const struct = module.read(model, options, reference.values.length);
    model.predict(1);
    const text = module.takeText();
    for (const value of [struct.phi[0]!, struct.phi[1]!, struct.theta[0]!, struct.mean, struct.aic]) {
      const shown = [...text.matchAll(/-?\d+\.\d+/g)].some(([digits]) => Math.abs(Number(digits) - value) < 5e-3);
      assert.ok(shown, `${value} is not in:\n${text}`);
    }
    model.destroy();
  });

  it('multiplies seasonal terms out: a season of 12 leaves coefficients at lags 1, 2, 12, 13 and 14 only', () => {
    const gauss = normal(3);
    const w = new Float64Array(600);
    for (let t = 12; t < 600; t++) w[t] = 0.6 * w[t - 12]! + 0.4 * w[t - 1]! - 0.24 * (w[t - 13] ?? 0) + gauss();
    const { phi } = fitted(answerTo(w, { q: 0, season: 12, effort: 'screen' }));
    assert.equal(phi.length, 14);
    const lags = Array.from(phi, (c, i) => (c !== 0 ? i + 1 : 0)).filter((lag) => lag > 0);
    assert.deepEqual(lags, [1, 2, 12, 13, 14]);
    assert.ok(Math.abs(phi[11]! - 0.6) < 0.15, `${phi[11]}`);
  });

  it('orders of a screening are comparable: AR(2) data prefer (2,0) over (1,0) by more than 10', () => {
    const values = autoregression(1000, 0.5).map((x, t, all) => x + 0.4 * (all[t - 2] ?? 0));
    const [one, two] = [1, 2].map((p) => fitted(answerTo(values, { p, q: 0, effort: 'screen' })).aic);
    assert.ok(two! < one! - 10, `${one}, ${two}`);
  });

  const gauss = normal(6);
  const noise = Array.from({ length: 336 }, gauss);
  const refused: readonly [string, ArimaFit, RegExp][] = [
    ['too short', answerTo(noise.slice(0, 50)), /50 values: expected 200 to 8000/],
    ['too long for the argument stack', answerTo(new Float64Array(9000).map(gauss)), /9000 values/],
    ['NaN at the start', answerTo([Number.NaN, ...noise]), /value 0 is NaN/],
    ['infinite in the middle', answerTo([...noise, Number.POSITIVE_INFINITY, ...noise]), /value 336 is Infinity/],
    ['constant', answerTo(new Array(300).fill(5)), /the series is constant/],
    ['all zeros', answerTo(new Array(300).fill(0)), /the series is constant/],
    ['p = q = 0, which reads uninitialised memory', answerTo(noise, { p: 0, q: 0 }), /not both 0/],
    ['p = 30, which hangs', answerTo(noise, { p: 30 }), /order \(30,0,1\)/],
    ['a fractional order', answerTo(noise, { p: 1.5 }), /whole numbers/],
    ['season 288, which traps', answerTo(noise, { season: 288 }), /season 288: expected a whole number from 4 to 48/],
  ];
  for (const [what, answer, message] of refused) it(`rejects: ${what}`, () => assertRejected(answer, message));

  const survived: readonly [string, ArrayLike<number>][] = [
    ['an exact sine', Float64Array.from({ length: 336 }, (_, t) => Math.sin((2 * Math.PI * t) / 24))],
    ['sparse bursts', Float64Array.from({ length: 336 }, (_, t) => (t % 37 === 0 ? 100 : 0))],
    ['a random walk', autoregression(336, 1)],
    ['a level step', noise.map((x, t) => (t < 170 ? 0 : 1000) + x)],
    ['a line', Float64Array.from({ length: 336 }, (_, t) => t)],
  ];
  for (const [what, values] of survived) {
    it(`answers ${what} with finite, stable coefficients or a reason, for 7 orders`, () => {
      for (const [p, q] of [
        [1, 0],
        [2, 0],
        [3, 0],
        [1, 1],
        [2, 1],
        [1, 2],
        [2, 2],
      ] as const) {
        const answer = answerTo(values, { p, q });
        if (answer.kind === 'rejected') assert.ok(answer.message.length > 10);
        else assert.ok([...answer.phi, ...answer.theta, answer.mean, answer.variance].every(Number.isFinite));
      }
    });
  }

  it('a trap ruins its own module only: after one in a season of 288 a new module fits as before', () => {
    const values = Array.from({ length: 1200 }, normal(2));
    const options = { p: 1, d: 0, q: 0, P: 0, D: 0, Q: 0, s: 0, method: 0, optimizer: 5, verbose: false };
    const fresh = () => instantiateArima();
    const ruined = fresh();
    assert.throws(() => ruined.create({ ...options, P: 1, Q: 1, s: 288 }).train(values));
    const model = fresh();
    const fitted = model.create(options).train(values);
    assert.equal(model.read(fitted, options, 1200).returnCode, 1);
  });

  it('throws a module away after an exception: the next fit gets a new one and succeeds', () => {
    let made = 0;
    const engine = createArimaEngine(() => {
      made += 1;
      if (made > 1) return instantiateArima();
      return { ...instantiateArima(), create: () => assert.fail('memory access out of bounds') };
    });
    const task: ArimaTask = { values: Float64Array.from(noise), p: 1, q: 0, effort: 'full' };
    assertRejected(engine.fit(task), /the arima code failed: memory access out of bounds/);
    assert.equal(engine.fit(task).kind, 'fitted');
    assert.equal(engine.fit(task).kind, 'fitted');
    assert.equal(made, 2);
  });

  it('prints nothing on stdout, also for a fit that complains', () => {
    const written: unknown[] = [];
    const original = process.stdout.write;
    process.stdout.write = ((chunk: unknown) => written.push(chunk) > 0) as typeof process.stdout.write;
    try {
      answerTo(noise);
      answerTo(new Array(300).fill(1));
    } finally {
      process.stdout.write = original;
    }
    assert.deepEqual(written, []);
  });

  it('keeps memory flat: 300 fits add less than 20 MB', () => {
    const engine = createArimaEngine();
    const task: ArimaTask = { values: Float64Array.from(noise), p: 2, q: 1, effort: 'screen' };
    for (let i = 0; i < 20; i++) engine.fit(task);
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 300; i++) engine.fit(task);
    assert.ok(process.memoryUsage().rss - before < 20e6);
  });
});
