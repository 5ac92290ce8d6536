import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type PastKeeper, startPast } from '../../../src/forecast/experts/start-past.ts';
import {
  advance,
  at,
  base,
  CARRIES,
  carry,
  type Frame,
  frameOf,
  newState,
  scaleOf,
  unitMean,
} from '../../../src/forecast/global/seasonal-base.ts';
import { normal } from '../made-series.ts';

const FIRST = 480_000;
const HOUR_MS = 3_600_000;
const DAY = 24;

interface Run {
  readonly past: PastKeeper;
  readonly frame: Frame;
  readonly state: Float64Array;
}

function run(z: ArrayLike<number>, seasons: readonly number[] = [DAY, 7 * DAY], excluded: readonly number[] = []): Run {
  const past = startPast({ stepMs: HOUR_MS, seasons, firstStep: FIRST });
  const frame = frameOf({ past, stepMs: HOUR_MS, seasons }, 1);
  const state = newState();
  for (let t = 0; t < z.length; t++) {
    past.push(z[t]!, excluded.includes(t) ? 'excluded' : 'ok', Number.NaN);
    advance(frame, state, past.newest, unitMean(frame, past.newest));
  }
  return { past, frame, state };
}

/** 14 weekdays and weekends: a wave of ±1 on weekdays, flat at weekends. */
function weekly(t: number): number {
  return Math.floor(t / DAY) % 7 >= 5 ? 0 : Math.sin((2 * Math.PI * t) / DAY);
}

describe('seasonal base', () => {
  it('repeats a daily wave exactly after two days, and trusts the season over the level', () => {
    const { frame, state, past } = run(
      Float64Array.from({ length: 4 * DAY }, (_, t) => Math.sin((2 * Math.PI * t) / DAY)),
    );
    for (const ahead of [1, 6, 24, 30]) {
      const expected = Math.sin((2 * Math.PI * (4 * DAY - 1 + ahead)) / DAY);
      assert.ok(Math.abs(base(frame, state, past.newest + ahead) - expected) < 0.02, `${ahead}`);
    }
    assert.ok(state[at.weight + 1]! > 0.99);
  });

  it('gives the weekly season its weight where weekends differ', () => {
    const { frame, state, past } = run(Float64Array.from({ length: 19 * DAY }, (_, t) => weekly(t)));
    assert.ok(state[at.weight + 2]! > 0.9, `${state[at.weight + 2]}`);
    // Friday evening looks into Saturday, which is flat, though every day before had a wave.
    assert.ok(Math.abs(base(frame, state, past.newest + 6) - weekly(19 * DAY + 5)) < 0.1);
  });

  it('corrects the level: a wave that doubles (+0.69 on z) is met within a day', () => {
    const z = Float64Array.from(
      { length: 10 * DAY },
      (_, t) => Math.sin((2 * Math.PI * t) / DAY) + (t >= 9 * DAY ? Math.log(2) : 0),
    );
    const { frame, state, past } = run(z);
    const expected = Math.sin((2 * Math.PI * 10 * DAY) / DAY) + Math.log(2);
    assert.ok(Math.abs(base(frame, state, past.newest + 1) - expected) < 0.35);
  });

  it('is the level where no season is known, and before one was seen four times over', () => {
    const { frame, state, past } = run([1, 2, 3], []);
    assert.equal(base(frame, state, past.newest + 1), 2);
    const young = run([1, 2, 3]);
    assert.equal(base(young.frame, young.state, young.past.newest + 1), 2);
  });

  it('leaves incidents out of the shape: three hours marked excluded at +5 do not lift the same hours a day later', () => {
    const marked = [3 * DAY + 10, 3 * DAY + 11, 3 * DAY + 12];
    const wave = (t: number) => Math.sin((2 * Math.PI * t) / DAY);
    const z = Float64Array.from({ length: 4 * DAY + 10 }, (_, t) => wave(t) + (marked.includes(t) ? 5 : 0));
    const error = ({ frame, state, past }: Run) => Math.abs(base(frame, state, past.newest + 2) - wave(4 * DAY + 11));
    const [seen, blind] = [error(run(z, [DAY])), error(run(z, [DAY], marked))];
    assert.ok(blind < 0.4 && blind < 0.5 * seen, `${blind}, ${seen}`);
  });

  it('a missing unit changes nothing but its age', () => {
    const { frame, state, past } = run([1, 2, 1, 2]);
    const before = state.slice();
    past.push(Number.NaN, 'ok', 1);
    advance(frame, state, past.newest, Number.NaN);
    before[at.age] = 1;
    before[at.end]! += 1;
    before[at.surprise] = 0;
    before[at.change] = 0;
    assert.deepEqual(state, before);
  });

  it('scale follows the noise that is left over: 0.2 of noise gives 0.12 to 0.22', () => {
    const gauss = normal(3);
    const { state } = run(Float64Array.from({ length: 20 * DAY }, () => 0.2 * gauss()));
    assert.ok(scaleOf(state) > 0.12 && scaleOf(state) < 0.22, `${scaleOf(state)}`);
  });

  it('scale is never 0: a constant series has 1e-4', () =>
    assert.equal(scaleOf(run(new Float64Array(50).fill(3)).state), 1e-4));

  it('needs half of a unit: 3 of 5 steps make a mean, 2 make a gap', () => {
    const past = startPast({ stepMs: 60_000, seasons: [], firstStep: 1000 });
    for (const z of [1, Number.NaN, 2, Number.NaN, 3]) past.push(z, 'ok', 0);
    const frame = frameOf({ past, stepMs: 60_000, seasons: [] }, 5);
    assert.equal(unitMean(frame, past.newest), 2);
    for (const z of [1, Number.NaN, 2, Number.NaN, Number.NaN]) past.push(z, 'ok', 0);
    assert.ok(Number.isNaN(unitMean(frame, past.newest)));
  });
});

describe('carried distances', () => {
  it('the first, taken whole, turns the base into persistence', () => {
    const { frame, state, past } = run([0, 0.5, 0, 0.5, 0, 0.5, 0, 3], []);
    const carried = new Float32Array(CARRIES);
    const expected = base(frame, state, past.newest);
    carry(frame, state, carried);
    assert.ok(Math.abs(expected + carried[0]! * scaleOf(state) - 3) < 1e-6);
  });

  it('the third, taken whole, goes back to the long-run level', () => {
    const z = Float64Array.from({ length: 200 }, (_, t) => (t >= 190 ? 1 : 0) + 0.01 * (t % 2));
    const { frame, state } = run(z, []);
    const carried = new Float32Array(CARRIES);
    carry(frame, state, carried);
    assert.ok(Math.abs(state[at.level]! + carried[2]! * scaleOf(state) - state[at.longRun]!) < 1e-6);
  });

  it('are bounded by 30 scales, whatever the spike', () => {
    const { frame, state } = run([...new Float64Array(500).map((_, t) => 0.01 * (t % 2)), 1e6], []);
    const carried = new Float32Array(CARRIES);
    carry(frame, state, carried);
    assert.ok(
      carried.every((c) => Math.abs(c) <= 30),
      `${carried}`,
    );
  });
});
