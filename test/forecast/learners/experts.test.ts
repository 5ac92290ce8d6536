/** Trees and support vectors as experts: what they can do, what they cost, and what they answer to bad input. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Mark } from '../../../src/domain/forecast.ts';
import type { Expert, StartExpert } from '../../../src/forecast/experts/expert.ts';
import { type PastKeeper, startPast } from '../../../src/forecast/experts/start-past.ts';
import {
  fitBoostedTrees,
  fitBoostedTreesTogether,
  shareBoostedTrees,
} from '../../../src/forecast/learners/boosted-trees.ts';
import {
  fitLinearSupportVectors,
  shareLinearSupportVectors,
} from '../../../src/forecast/learners/linear-support-vectors.ts';
import {
  fitRadialSupportVectors,
  fitRadialSupportVectorsTogether,
  shareRadialSupportVectors,
} from '../../../src/forecast/learners/radial-support-vectors.ts';
import {
  fitRandomForest,
  fitRandomForestTogether,
  shareRandomForest,
} from '../../../src/forecast/learners/random-forest.ts';
import { describeMoves } from '../../../src/forecast/learners/report-tree.ts';
import type { RowSettings, Workload } from '../../../src/forecast/learners/workload-rows.ts';
import type { Parameters } from '../../../src/forecast/parameters.ts';
import { bytesOf } from '../experts/bytes-of.ts';
import { MINUTE_MS, normal } from '../made-series.ts';

const STEP_MS = 5 * MINUTE_MS;
const DAY = 288;
const settings: RowSettings = { stepMs: STEP_MS, seasons: [DAY], horizons: [1, 3, 12, 48, DAY], seed: 1 };

interface Kind {
  readonly fit: (workload: Workload, settings: RowSettings) => Parameters;
  readonly share: (shared: Parameters) => StartExpert;
  /** Error over that of persistence on the jobs below, at most, 5 minutes to four hours ahead. Starts of jobs cannot be foreseen. */
  readonly shares: readonly number[];
}

const kinds: { readonly [name: string]: Kind } = {
  'boosted trees': { fit: fitBoostedTrees, share: shareBoostedTrees, shares: [0.95, 0.8, 0.8, 0.5] },
  'random forest': { fit: fitRandomForest, share: shareRandomForest, shares: [1.05, 0.95, 0.85, 0.55] },
  'linear support vectors': {
    fit: fitLinearSupportVectors,
    share: shareLinearSupportVectors,
    shares: [1, 0.95, 0.75, 0.5],
  },
  'radial support vectors': {
    fit: fitRadialSupportVectors,
    share: shareRadialSupportVectors,
    shares: [1.05, 0.95, 0.8, 0.5],
  },
};

/** A daily wave, and jobs at random times that last exactly 6 steps and double the load: what rises will fall, and when. */
function jobs(days: number, seed = 1): Float64Array {
  const gauss = normal(seed);
  let left = 0;
  return Float64Array.from({ length: days * DAY }, (_, t) => {
    if (left === 0 && Math.abs(gauss()) > 1.8) left = 6;
    const running = left > 0;
    left = Math.max(0, left - 1);
    return Math.sin((2 * Math.PI * t) / DAY) + (running ? 0.7 : 0) + 0.03 * gauss();
  });
}

const workload = (z: Float64Array, marks?: readonly Mark[]): Workload => ({
  series: { z, firstStep: 0 },
  ...(marks && { marks }),
});

interface Run {
  readonly past: PastKeeper;
  readonly expert: Expert;
  push(z: number): void;
  predict(): Float64Array;
}

function run(kind: Kind, parameters: Parameters, z: Float64Array, horizons = settings.horizons): Run {
  const past = startPast({ stepMs: STEP_MS, seasons: settings.seasons, firstStep: 0 });
  const expert = kind.share(parameters)({ ...settings, horizons, past }, parameters);
  const out = new Float64Array(horizons.length);
  const push = (value: number) => {
    past.push(value, 'ok', past.filled(past.newest + 1 - DAY));
    expert.observe();
  };
  z.forEach(push);
  const predict = () => {
    expert.predict(out);
    return out.slice();
  };
  return { past, expert, push, predict };
}

/** Mean absolute error per horizon over what follows, beside that of persistence. */
function errorsOf(
  kind: Kind,
  parameters: Parameters,
  z: Float64Array,
  from: number,
): { own: number[]; last: number[] } {
  const { push, predict } = run(kind, parameters, z.subarray(0, from));
  const own = settings.horizons.map(() => 0);
  const last = settings.horizons.map(() => 0);
  for (let t = from; t + DAY < z.length; t++) {
    push(z[t]!);
    const medians = predict();
    settings.horizons.forEach((h, k) => {
      own[k]! += Math.abs(z[t + h]! - medians[k]!);
      last[k]! += Math.abs(z[t + h]! - z[t]!);
    });
  }
  return { own, last };
}

for (const [name, kind] of Object.entries(kinds)) {
  describe(`${name} as an expert`, () => {
    const z = jobs(14);
    const fitted = kind.fit(workload(z.subarray(0, 11 * DAY)), settings);

    it(`err at most ${kind.shares} times as much as persistence 5, 15, 60 and 240 minutes ahead`, () => {
      const { own, last } = errorsOf(kind, fitted, z, 11 * DAY);
      const shares = own.map((error, k) => error / last[k]!);
      kind.shares.forEach((most, k) => {
        assert.ok(shares[k]! < most, `${shares}`);
      });
    });

    it('hold at most 6 KB', () => {
      assert.ok(bytesOf(fitted) <= 6144, `${bytesOf(fitted)}`);
    });

    it('give the same bytes for the same history and seed', () => {
      assert.deepEqual(kind.fit(workload(z.subarray(0, 11 * DAY)), settings), fitted);
    });

    it('say the same after a restart: all they know is in their parameters and the past', () => {
      const first = run(kind, fitted, z.subarray(0, 2000));
      const again = run(kind, structuredClone(fitted), z.subarray(0, 2000));
      assert.deepEqual(again.predict(), first.predict());
      const own = first.expert.save();
      assert.deepEqual(own, {
        'moves.horizons': settings.horizons,
        'moves.scales': fitted['moves.scales'],
        'moves.unit': fitted['moves.unit'],
      });
    });

    it('on a fleet that was learned anew for other horizons, move in their own scale of each horizon, not of its place', () => {
      const others = [1, 12, 48, DAY, 2 * DAY];
      const later = kind.fit(workload(z.subarray(0, 11 * DAY)), { ...settings, horizons: others });
      const own = ['moves.horizons', 'moves.scales', 'moves.unit'].map((key) => [key, fitted[key]!] as const);
      const mixed = { ...later, ...Object.fromEntries(own), 'moves.unit': later['moves.unit']! };
      const ask = (parameters: Parameters) => run(kind, parameters, z.subarray(0, 2000), others).predict();
      const [old, fresh] = [ask(mixed), ask(later)];
      const shared = [0, 1, 2, 3];
      assert.deepEqual(
        shared.map((k) => old[k]),
        shared.map((k) => fresh[k]),
      );
      assert.ok(Number.isNaN(old[4]!) && Number.isFinite(fresh[4]!), 'two days ahead it has measured nothing');
    });

    it('answer a horizon near a fitted one, and sleep at one three times as far as any', () => {
      const [near, far] = run(kind, fitted, z.subarray(0, 2000), [4, 3 * DAY]).predict();
      assert.ok(Number.isFinite(near));
      assert.ok(Number.isNaN(far));
    });

    it('go on through a hole of six hours and half of the samples missing, finite', () => {
      const holes = z.map((value, t) => (t % 2 === 0 || (t > 1500 && t < 1572) ? Number.NaN : value));
      const parameters = kind.fit(workload(holes.subarray(0, 11 * DAY)), settings);
      const medians = run(kind, parameters, holes.subarray(0, 1560)).predict();
      assert.ok(medians.every(Number.isFinite), `${medians}`);
    });

    it('after a spike of a million in the history are no more than a twentieth worse off than without', () => {
      const spiky = z.map((value, t) => (t === 2000 || t === 2500 ? value + 13.8 : value));
      const parameters = kind.fit(workload(spiky.subarray(0, 11 * DAY)), settings);
      const [calm, rough] = [fitted, parameters].map((p) => errorsOf(kind, p, z, 11 * DAY).own);
      rough!.forEach((error, k) => {
        assert.ok(
          error < 1.05 * calm![k]! + 0.02 * (3 * DAY),
          `horizon ${settings.horizons[k]}: ${error}, ${calm![k]}`,
        );
      });
    });

    it('forecast no move of more than 6 scales, right after a spike of a million and after one down', () => {
      const live = run(kind, fitted, z.subarray(0, 3000));
      const scales = fitted['moves.scales'] as Float32Array;
      for (const spike of [14, -14, 0]) {
        live.push(spike);
        live.predict().forEach((median, k) => {
          const move = median - live.past.at(live.past.newest);
          assert.ok(Math.abs(move) <= 6 * scales[k]! * 1.001, `${spike}: ${move} at ${settings.horizons[k]}`);
        });
      }
    });

    it('reject a history without moves, without samples, or of three, each with its reason', () => {
      const reject = (values: Float64Array, reason: RegExp) =>
        assert.throws(() => kind.fit(workload(values), settings), reason);
      reject(new Float64Array(2000).fill(2), /the load does not move: there is nothing to learn/);
      reject(new Float64Array(2000).fill(Number.NaN), /0 samples are too few to learn from, 100 are needed/);
      reject(z.subarray(0, 3), /3 samples are too few/);
      reject(z.subarray(0, 120), /\d+ outcomes are too few to learn from, 300 are needed/);
    });

    it('learn nothing from excluded steps: after a marked incident of a day they err within 15 % of what they do without', () => {
      const marks = Array.from(z, (_, t): Mark => (t >= 1000 && t < 1000 + DAY ? 'excluded' : 'ok'));
      const broken = z.map((value, t) => (marks[t] === 'excluded' ? value - 5 : value));
      const told = kind.fit(workload(broken.subarray(0, 11 * DAY), marks.slice(0, 11 * DAY)), settings);
      const [clean, after] = [fitted, told].map((parameters) => errorsOf(kind, parameters, z, 11 * DAY).own);
      for (const k of [0, 1, 2]) assert.ok(after![k]! < 1.15 * clean![k]!, `${k}: ${after![k]}, ${clean![k]}`);
    });

    it('sleep for a series of another step or without a season of those they were learned from, and without its own moves', () => {
      const ask = (stepMs: number, own?: Parameters, seasons = settings.seasons) => {
        const past = startPast({ stepMs, seasons, firstStep: 0 });
        for (let t = 0; t < 100; t++) past.push(Math.sin(t), 'ok', Number.NaN);
        const out = new Float64Array(settings.horizons.length);
        kind
          .share(fitted)({ ...settings, seasons, stepMs, past }, own)
          .predict(out);
        return out;
      };
      for (const times of [2, 24]) assert.ok(ask(times * STEP_MS, fitted).every(Number.isNaN), `${times}`);
      assert.ok(ask(STEP_MS, fitted, [7 * DAY]).every(Number.isNaN));
      assert.ok(ask(STEP_MS).every(Number.isNaN));
      assert.ok(ask(STEP_MS, fitted).some(Number.isFinite));
    });
  });
}

describe('models for many workloads', () => {
  const histories = [1, 2, 3].map((seed) => jobs(3, seed));
  const strange = { load: new Float64Array(1000).fill(1) };

  for (const [name, together, kind] of [
    ['boosted trees', fitBoostedTreesTogether, kinds['boosted trees']!],
    ['a random forest', fitRandomForestTogether, kinds['random forest']!],
    ['radial support vectors', fitRadialSupportVectorsTogether, kinds['radial support vectors']!],
  ] as const) {
    it(`${name} fitted on three serve a fourth at other scale with at least 5 % less error than persistence 15 and 60 minutes ahead`, () => {
      const fourth = jobs(14, 4).map((z) => 3 * z + 8);
      const all = [...histories, fourth.subarray(0, 3 * DAY)].map((z) => workload(z));
      const { shared, each } = together(all, settings);
      const own = each[3]!;
      assert.ok(own.kind === 'fitted');
      assert.ok(bytesOf(own.own) < 200, 'of its own each workload holds the size of its moves only');
      const { own: errors, last } = errorsOf(kind, { ...shared, ...own.own }, fourth, 11 * DAY);
      for (const k of [1, 2]) assert.ok(errors[k]! < 0.95 * last[k]!, `${k}: ${errors[k]! / last[k]!}`);
    });

    it(`${name} leave out a workload that does not move, with its reason, and fit the others`, () => {
      const { each } = together([workload(histories[0]!), workload(strange.load), workload(histories[1]!)], settings);
      assert.deepEqual(
        each.map((answer) => answer.kind),
        ['fitted', 'rejected', 'fitted'],
      );
      assert.match(JSON.stringify(each[1]), /the load does not move/);
    });
  }
});

describe('describeMoves', () => {
  it('says that a load that is up comes down: three lines of words and numbers for one question', () => {
    const gauss = normal(3);
    const z = Float64Array.from({ length: 3000 }, (_, t) => (Math.floor(t / 3) % 2 === 0 ? 1 : 0) + 0.01 * gauss());
    const lines = describeMoves(workload(z), { ...settings, seasons: [], horizons: [3] }, 0, 1);
    assert.equal(lines.length, 3);
    assert.match(lines[0]!, /^(mean of .* back|slope over .*|(cos|sin) .*) ≤ −?-?\d+\.\d\d( or missing)?\?$/);
    for (const line of lines.slice(1)) assert.match(line, /^ {2}→ [+−]\d+\.\d\d$/);
  });
});
