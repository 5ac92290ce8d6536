/** The gate by simulation: how often it errs when all are equal, and how long it takes when one is not. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { BET_NUMBERS, placeBet, restartBet } from '../../../src/forecast/aggregate/betting.ts';
import { CONTENDERS, type Gate, startGate } from '../../../src/forecast/aggregate/gate.ts';
import { openStateStore } from '../../../src/forecast/aggregate/state-store.ts';
import { normal } from '../made-series.ts';

const HOUR_MS = 3_600_000;
const DAY = 24;

/** Hours that a gate sees, one loss each, with noise common to all and noise of their own. */
function run(gate: Gate, hours: number, factor: (hour: number) => readonly number[], seed: number, from = 0): void {
  const [common, own] = [normal(2 * seed + 1), normal(2 * seed + 2)];
  for (let hour = from; hour < from + hours; hour++) {
    const load = Math.exp(0.5 * common());
    gate.add(Float64Array.from(factor(hour), (f) => f * load * Math.exp(0.3 * own())));
    gate.endStep(hour);
  }
}

const isActing = (gate: Gate) => CONTENDERS[gate.acting()] === 'aggregate';
const EQUAL = [1, 1, 1];

describe('gate', () => {
  it('promotes by mistake in at most 5 % of 200 series of 60 days on which all three are equal', () => {
    let promoted = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const gate = startGate(HOUR_MS, openStateStore());
      run(gate, 60 * DAY, () => EQUAL, seed);
      if (gate.lastChange() !== undefined) promoted += 1;
    }
    assert.ok(promoted / 200 <= 0.05, `${promoted} of 200`);
  });

  it('promotes one that is 20 % better than both within 36 h in the median, and says by what evidence', () => {
    const hours: number[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const gate = startGate(HOUR_MS, openStateStore());
      run(gate, 30 * DAY, () => [0.8, 1, 1.1], seed);
      assert.ok(isActing(gate), `seed ${seed}`);
      hours.push(gate.lastChange()!.atMs / HOUR_MS);
      assert.match(gate.lastChange()!.reason, /^beats both yardsticks: evidence \d+ to 1, 20 to 1 needed$/);
    }
    const median = hours.sort((a, b) => a - b)[20]!;
    assert.ok(median <= 36, `${median} h`);
  });

  it('errs in at most 5 % of 200 series where it equals one yardstick alone; with half more wealth in 7.5 %, and is 2 h sooner', () => {
    const [hours, mistakes] = [
      [0, 0],
      [0, 0],
    ];
    for (let seed = 1; seed <= 200; seed++) {
      for (const [i, credit] of [1, 1.5].entries()) {
        const better = startGate(HOUR_MS, openStateStore(), credit);
        run(better, 10 * DAY, () => [0.8, 1, 1], seed);
        hours[i]! += (better.lastChange()?.atMs ?? 10 * DAY * HOUR_MS) / HOUR_MS / 200;
        const equal = startGate(HOUR_MS, openStateStore(), credit);
        run(equal, 60 * DAY, () => [1, 2, 1], seed);
        if (equal.lastChange() !== undefined) mistakes[i]! += 1 / 200;
      }
    }
    assert.ok(hours[1]! < hours[0]! - 2, `${hours} h`);
    const noise = 2 * Math.sqrt((0.075 * 0.925) / 200);
    assert.ok(mistakes[0]! <= 0.05 && mistakes[1]! <= 0.075 + noise, `${mistakes}`);
  });

  it('promotes one that shows its worth against one yardstick on two days and against the other on the next two', () => {
    let promoted = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const gate = startGate(HOUR_MS, openStateStore());
      run(gate, 14 * DAY, () => EQUAL, seed);
      run(gate, 2 * DAY, () => [0.65, 1, 0.65], seed + 100, 14 * DAY);
      run(gate, 2 * DAY, () => [0.65, 0.55, 1.1], seed + 200, 16 * DAY);
      if (isActing(gate)) promoted += 1;
    }
    assert.ok(promoted >= 15, `${promoted} of 20`);
  });

  it('keeps one in shadow that is a tenth better in most hours and loses tenfold in every twentieth', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const gate = startGate(HOUR_MS, openStateStore());
      run(gate, 20 * DAY, (hour) => [hour % 20 === 19 ? 10 : 0.9, 1, 1], seed);
      assert.equal(gate.lastChange(), undefined, `seed ${seed}`);
    }
  });

  it('lets one act that costs less on a load that idles: half as much again in four idle hours of five, 0.6 in the busy one', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const gate = startGate(HOUR_MS, openStateStore());
      run(gate, 30 * DAY, (hour) => (hour % 5 === 0 ? [0.6, 1, 1] : [0.0015, 0.001, 0.001]), seed);
      assert.ok(isActing(gate), `seed ${seed}: ${gate.verdict()}`);
      run(gate, 30 * DAY, (hour) => (hour % 5 === 0 ? [1, 0.6, 1] : [0.001, 0.0015, 0.001]), seed, 30 * DAY);
      assert.ok(!isActing(gate), `seed ${seed}: ${gate.verdict()}`);
    }
  });

  it('promotes one whose worth lies in one dear hour of four: half of 40 series in 12 days, 36 in 20', () => {
    const days: number[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const gate = startGate(HOUR_MS, openStateStore());
      run(gate, 20 * DAY, (hour) => (hour % 4 === 0 ? [3, 5, 5] : [1.1, 1, 1]), seed);
      days.push((gate.lastChange()?.atMs ?? Number.POSITIVE_INFINITY) / (DAY * HOUR_MS));
    }
    days.sort((a, b) => a - b);
    assert.ok(days[20]! <= 12 && days[35]! <= 20, `${days}`);
  });

  it('demotes one that broke and loses twice as much as the yardstick: 25 h in the median, never later than 2 days', () => {
    const hours: number[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const gate = startGate(HOUR_MS, openStateStore());
      run(gate, 20 * DAY, () => [0.7, 1, 1], seed);
      run(gate, 3 * DAY, () => [2, 1, 1], seed + 100, 20 * DAY);
      const change = gate.lastChange()!;
      assert.equal(change.kind, 'demoted');
      assert.match(change.reason, /times the loss of a yardstick over the last day|evidence|statistic/);
      hours.push(change.atMs / HOUR_MS - 20 * DAY);
    }
    hours.sort((a, b) => a - b);
    assert.ok(hours[20]! <= 25 && hours.at(-1)! <= 48, `${hours}`);
  });

  it('keeps one that loses three times as much on a day that costs a twentieth, and not on one that costs as ever', () => {
    const afterDay = (cost: number) => {
      const gate = startGate(HOUR_MS, openStateStore());
      run(gate, 20 * DAY, () => [0.7, 1, 1], 1);
      run(gate, DAY + 1, () => [3 * cost, cost, cost], 2, 20 * DAY);
      return gate;
    };
    assert.ok(isActing(afterDay(0.05)));
    assert.equal(afterDay(1).lastChange()?.kind, 'demoted');
  });

  it('forgives a day of 1.6 times the loss where it is ahead over the week, on 18 of 20 series; else on 3', () => {
    for (const [before, forgiven] of [
      [0.7, [18, 20]],
      [0.98, [0, 3]],
    ] as const) {
      let kept = 0;
      for (let seed = 1; seed <= 20; seed++) {
        const gate = startGate(HOUR_MS, openStateStore());
        run(gate, 20 * DAY, () => [0.7, 1, 1], seed);
        run(gate, 7 * DAY, () => [before, 1, 1], seed + 100, 20 * DAY);
        run(gate, DAY + 1, () => [1.6, 1, 1], seed + 200, 27 * DAY);
        if (isActing(gate)) kept += 1;
      }
      assert.ok(kept >= forgiven[0] && kept <= forgiven[1], `${before}: ${kept} of 20`);
    }
  });

  it('keeps one that is equal since it was promoted in charge for a week on 18 of 20 series', () => {
    let kept = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const gate = startGate(HOUR_MS, openStateStore());
      run(gate, 20 * DAY, () => [0.8, 1, 1], seed);
      run(gate, 7 * DAY, () => EQUAL, seed + 100, 20 * DAY);
      if (isActing(gate)) kept += 1;
    }
    assert.ok(kept >= 18, `${kept} of 20`);
  });

  it('lets the better yardstick act in shadow, and changes it for more than 2 % only', () => {
    const gate = startGate(HOUR_MS, openStateStore());
    run(gate, 7 * DAY, () => [1.5, 1, 0.8], 1);
    assert.equal(CONTENDERS[gate.acting()], 'holt-winters');
    run(gate, 7 * DAY, () => [1.5, 0.995, 1], 1, 7 * DAY);
    assert.equal(CONTENDERS[gate.acting()], 'holt-winters');
    run(gate, 14 * DAY, () => [1.5, 0.5, 1], 1, 14 * DAY);
    assert.equal(CONTENDERS[gate.acting()], 'seasonal-naive');
    assert.match(
      gate.verdict(),
      /^seasonal-naive acts: the aggregate is worse than seasonal-naive by \d+\.\d % over 168 h/,
    );
  });

  it('lets a first day count less and less: on the third day the yardstick acts that won the second', () => {
    const gate = startGate(HOUR_MS, openStateStore());
    run(gate, DAY, () => [1.5, 1.5, 0.5], 1);
    assert.equal(CONTENDERS[gate.acting()], 'holt-winters');
    run(gate, 1.25 * DAY, () => [1.5, 0.8, 1], 2, DAY);
    assert.equal(CONTENDERS[gate.acting()], 'seasonal-naive');
  });

  it('waits longer after each demotion: behind the third one at least 4 days', () => {
    const gate = startGate(HOUR_MS, openStateStore());
    let [hour, demotions] = [0, 0];
    const until = (acting: boolean, factors: readonly number[]) => {
      const from = hour;
      for (; isActing(gate) !== acting && hour < from + 60 * DAY; hour++) run(gate, 1, () => factors, hour, hour);
      return hour - from;
    };
    let waited = 0;
    while (demotions < 3) {
      until(true, [0.5, 1, 1]);
      until(false, [3, 1, 1]);
      demotions += 1;
      if (demotions === 3) waited = until(true, [0.5, 1, 1]);
    }
    assert.ok(waited >= 4 * DAY, `${waited} h`);
  });

  it('compares nothing where a contender said nothing, and zero losses do not break it', () => {
    const gate = startGate(HOUR_MS, openStateStore());
    run(gate, 10 * DAY, () => [0.5, 1, Number.NaN], 1);
    assert.ok(!isActing(gate));
    assert.match(gate.verdict(), /not yet compared with holt-winters/);
    const still = startGate(HOUR_MS, openStateStore());
    run(still, 10 * DAY, () => [0, 0, 0], 1);
    assert.match(still.verdict(), /as exact as seasonal-naive/);
  });
});

describe('betting', () => {
  it('reaches 20 from a steady difference of 0.1 within 23 hours', () => {
    const state = new Float64Array(BET_NUMBERS);
    restartBet(state, 0);
    let hours = 0;
    while (placeBet(state, 0, 0.1) < 20) hours += 1;
    assert.ok(hours <= 23, `${hours}`);
  });

  it('never bets for what has looked worse so far: wealth stays 1 through 100 losses', () => {
    const state = new Float64Array(BET_NUMBERS);
    restartBet(state, 0);
    for (let hour = 0; hour < 100; hour++) placeBet(state, 0, -0.3);
    assert.equal(state[0], 1);
  });
});
