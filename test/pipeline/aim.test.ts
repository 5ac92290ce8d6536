import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LevelReplay } from '../../src/domain/forecast.ts';
import type { AimMemory } from '../../src/domain/plan.ts';
import { afterDecision, aimAt, levelOf, missRateToStart } from '../../src/pipeline/aim.ts';
import { day, fakeForecaster, minute, nowMs, specOf, tenEach, workload } from './facts.ts';

/** A replay in which violations are `factor` times the miss rate. */
function replayOf(steps: number, factor: (rate: number) => number): LevelReplay {
  const missRates = [0.0001, 0.001, 0.01, 0.1, 0.5];
  return { steps, missRates, shortShares: missRates.map((rate) => rate * factor(rate)) };
}

describe('missRateToStart', () => {
  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(Math.log(actual / expected)) < 0.01, `${actual}, expected ${expected}`);

  it('is the aim itself without a replay', () => {
    assert.equal(missRateToStart(0.001), 0.001);
  });

  it('is 4 times the aim where a quarter of the misses lead to violations, after 10 million steps', () => {
    near(
      missRateToStart(
        0.001,
        replayOf(1e7, () => 0.25),
      ),
      0.004,
    );
    near(
      missRateToStart(
        0.002,
        replayOf(1e7, () => 0.25),
      ),
      0.008,
    );
  });

  it('is half the aim where violations are twice the misses', () => {
    near(
      missRateToStart(
        0.001,
        replayOf(1e7, () => 2),
      ),
      0.0005,
    );
  });

  it('reads a replay of 1,000 steps at 1 %, where it can show 10 violations, and shrinks the factor by 10/13', () => {
    const replay = replayOf(1000, (rate) => (rate < 0.005 ? 0 : 0.5));
    near(missRateToStart(0.0001, replay), 0.0001 * 2 ** (10 / 13));
  });

  it('stays within 10 times and a tenth of the aim', () => {
    near(
      missRateToStart(
        0.001,
        replayOf(1e9, () => 0),
      ),
      0.01,
    );
    near(
      missRateToStart(
        0.01,
        replayOf(1e9, () => 1000),
      ),
      0.001,
    );
  });
});

interface Day {
  /** Share of the steps in which replicas are too few. */
  readonly short?: number;
  readonly missing?: boolean;
}

/** Lives through days of minutes, at 100 requests/s for 10 replicas. */
function live(days: readonly Day[], violationShare = 0.01, start?: AimMemory, forecast = true): AimMemory {
  let aim = start;
  days.forEach(({ short = 0, missing = false }, d) => {
    for (let i = 0; i < 1440; i++) {
      const atMs = nowMs + d * day + (i + 1) * minute;
      const values = Float64Array.of(missing ? Number.NaN : 100);
      const facts = workload({
        spec: specOf('web', { violationShare }),
        series: { requests: { startMs: atMs - minute, stepMs: minute, values } },
        memory: { wanted: [], ...(aim && { aim }) },
      });
      const { forecaster, ...rest } = facts;
      const isShort = Math.floor((i + 1) * short) > Math.floor(i * short);
      aim = afterDecision(
        aimAt(forecast ? { ...rest, forecaster: forecaster! } : rest, atMs),
        isShort ? 9 : 10,
        10,
        false,
      );
      // What was ready at a round serves until the next one: the step judged next is this one.
    }
  });
  return aim!;
}

const clean = (days: number) => Array.from({ length: days }, (): Day => ({}));

describe('aimAt', () => {
  it('plans with 1 minus the aim at first', () => {
    const aim = aimAt(workload({ spec: specOf('web', { violationShare: 0.001 }) }), nowMs);
    assert.ok(Math.abs(levelOf(aim) - 0.999) < 1e-12);
  });

  it('loosens by 0.3 in ln(miss rate) on a clean day where the aim allows 14 violations, by 0.14 where it allows 1.4', () => {
    const daily = (share: number) => live(clean(5), share).offset - live(clean(4), share).offset;
    assert.ok(Math.abs(daily(0.01) - 0.3) < 0.01, `${daily(0.01)}`);
    assert.ok(Math.abs(daily(0.001) - 0.144) < 0.01, `${daily(0.001)}`);
  });

  it('tightens by at most 0.9 a day, however long the outage', () => {
    const [one, two] = [live([{ short: 0.5 }]), live([{ short: 0.5 }, { short: 0.5 }])];
    assert.ok(Math.abs(two.offset - one.offset + 0.9) < 0.01, `${one.offset}, ${two.offset}`);
    assert.ok(levelOf(two) > levelOf(one));
  });

  it('stands still within 0.05 over 5 days with 14 violations a day, at an aim of 14.4', () => {
    assert.ok(Math.abs(live(Array.from({ length: 5 }, () => ({ short: 0.01 }))).offset) < 0.05);
  });

  it('does not loosen while less than a quarter of the budget is left', () => {
    const outage = live([{ short: 0.2 }]);
    const after = live(clean(10), 0.01, outage);
    assert.ok(after.offset <= outage.offset, `${outage.offset} to ${after.offset}`);
  });

  it('loosens again when the budget of 28 days has come back', () => {
    const outage = live([{ short: 0.2 }]);
    assert.ok(live(clean(40), 0.01, outage).offset > outage.offset + 0.1);
  });

  it('never corrects by more than e^1.5 up and e^2.5 down', () => {
    assert.ok(Math.abs(live(clean(30)).offset - 1.5) < 1e-9);
    assert.ok(Math.abs(live(Array.from({ length: 12 }, () => ({ short: 0.9 }))).offset + 2.5) < 1e-9);
  });

  it('neither spends nor loosens on a day without data', () => {
    const before = live(clean(2));
    const after = live([{ missing: true, short: 1 }], 0.01, before);
    assert.equal(after.offset, before.offset);
    assert.equal(after.spentSteps, before.spentSteps);
  });

  it('counts nothing before a forecaster acts: violations of reaction alone are not those of a level', () => {
    const aim = live([{ short: 0.1 }], 0.01, undefined, false);
    assert.deepEqual([aim.offset, aim.dayBurn], [0, 1]);
  });

  it('starts anew when the aim is changed', () => {
    const strict = live([{ short: 0.2 }]);
    const changed = aimAt(
      workload({ spec: specOf('web', { violationShare: 0.05 }), memory: { wanted: [], aim: strict } }),
      nowMs,
    );
    assert.deepEqual([changed.offset, changed.violationShare], [0, 0.05]);
  });

  it('judges a step once, and by the fewest replicas of the rounds within it', () => {
    const facts = workload({ spec: specOf('web', { violationShare: 0.01 }) });
    const first = aimAt(facts, nowMs);
    const ten = afterDecision(first, 10, 12, false);
    const nine = afterDecision(ten, 9, 12, false);
    const tenAgain = afterDecision(nine, 10, 12, false);
    assert.deepEqual([ten.served, nine.served, tenAgain.served], [10, 9, 9]);
    assert.equal(aimAt({ ...facts, memory: { wanted: [], aim: tenAgain } }, nowMs), tenAgain);
  });

  it('takes what runs under an HPA, which may be more than the floor; without one what was taken away is gone', () => {
    const aim = aimAt(workload(), nowMs);
    assert.equal(afterDecision(aim, 12, 5, true).served, 12);
    assert.equal(afterDecision(aim, 12, 5, false).served, 5);
    assert.equal(afterDecision(aim, undefined, 5, false).served, undefined);
  });

  it('puts replays together by the steps that are new: 1 day beside 4 weighs a fifth, the same one nothing', () => {
    const first = { ...replayOf(4 * 1440, () => 1), trainedThroughMs: nowMs };
    const next = { ...replayOf(4 * 1440, () => 0.5), trainedThroughMs: nowMs + day };
    const facts = workload({ replay: first });
    const one = aimAt(facts, nowMs);
    assert.deepEqual(one.replay, first);
    assert.equal(aimAt({ ...facts, memory: { wanted: [], aim: one } }, nowMs).replay, first);
    const two = aimAt({ ...facts, replay: next, memory: { wanted: [], aim: one } }, nowMs);
    assert.equal(two.replay!.steps, 5 * 1440);
    assert.ok(Math.abs(two.replay!.shortShares[2]! - 0.009) < 1e-12);
  });

  it('is plain data that survives JSON, at a level in [0.5, 0.9999] whatever happened', () => {
    const happening = fc.record({
      ready: fc.integer({ min: 0, max: 20 }),
      load: fc.option(fc.double({ min: 0, max: 200, noNaN: true }), { nil: Number.NaN }),
    });
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 60 }),
        fc.constantFrom(0.0001, 0.001, 0.3),
        (steps, violationShare) => {
          let aim: AimMemory | undefined;
          steps.forEach(({ ready, load }, i) => {
            const atMs = nowMs + i * minute;
            const facts = workload({
              capacity: tenEach,
              forecaster: fakeForecaster(() => 100),
              spec: specOf('web', { violationShare }),
              series: { requests: { startMs: atMs - minute, stepMs: minute, values: Float64Array.of(load) } },
              memory: { wanted: [], ...(aim && { aim }) },
            });
            aim = afterDecision(aimAt(facts, atMs), ready, ready, false);
            assert.deepEqual(JSON.parse(JSON.stringify(aim)), aim);
            assert.ok(levelOf(aim) >= 0.5 && levelOf(aim) <= 0.9999);
          });
        },
      ),
      { seed: 1 },
    );
  });
});
