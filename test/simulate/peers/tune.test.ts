import assert from 'node:assert/strict';
import { createPeer } from '../../../src/simulate/peers/create-peer.ts';
import type { Peer } from '../../../src/simulate/peers/peer.ts';
import { replayWarmUp } from '../../../src/simulate/peers/replay.ts';
import { tuneOnWarmUp } from '../../../src/simulate/peers/tune.ts';
import type { Pause } from '../../../src/simulate/policy.ts';
import { constantPeer, generateWeeks, play, timetableOf, type Weeks, workloadOf } from './support.ts';

/** The past of a workload at the end of its warm-up. */
function pastOf(weeks: Weeks) {
  const { trace, ...card } = workloadOf(weeks);
  const timetable = timetableOf(weeks);
  return { card, rates: trace.values.slice(0, timetable.warmUpRows), timetable, seed: 1 };
}

function tune(peer: Peer<number>, weeks: Weeks, violationShare: number, pause?: Pause) {
  const { card, ...past } = pastOf(weeks);
  return tuneOnWarmUp(
    peer.variants.map((open) => open(card)),
    peer.ladder,
    { card, ...past },
    violationShare,
    pause,
  );
}

const fifteen = Array.from({ length: 15 }, (_, i) => 2 * i + 1);
/** Needs 1 to 10 replicas in 100-step cycles; the first half of the warm-up needs 30. */
const weeks: Weeks = {
  rates: Float64Array.from({ length: 500 }, (_, t) => (t < 200 ? 300 : t < 400 ? (t % 10) * 10 + 1 : 900)),
  stepMs: 60_000,
  warmUpMs: 400 * 60_000,
};

describe('tuning on the warm-up', () => {
  it('finds the cheapest of 15 rungs without violations in 4 trials: 11 replicas where 10 are needed', async () => {
    const tuned = (await tune(constantPeer(fifteen), weeks, 0))!;
    assert.equal(fifteen[tuned.best.rung], 11);
    assert.equal(tuned.trials.length, 4);
    assert.equal(tuned.best.violationShare, 0);
  });

  it('takes 9 replicas where a tenth of the time may be in violation', async () => {
    assert.equal(fifteen[(await tune(constantPeer(fifteen), weeks, 0.1))!.best.rung], 9);
  });

  it('gives 3 variants of 15 rungs 12 trials, and equals to the first', async () => {
    const tuned = (await tune(constantPeer(fifteen, 3), weeks, 0))!;
    assert.equal(tuned.trials.length, 12);
    assert.equal(tuned.best.variant, 0);
  });

  it('takes the safest rung tried when none keeps the share: 5 of 1 to 5', async () => {
    assert.equal([1, 3, 5][(await tune(constantPeer([1, 3, 5]), weeks, 0))!.best.rung], 5);
  });

  it('bills the second half only: 200 minutes of 11 replicas', async () => {
    assert.ok(Math.abs((await tune(constantPeer(fifteen), weeks, 0))!.best.replicaHours - (11 * 200) / 60) < 1e-9);
  });

  it('says that there is nothing to tune by when the second half of the warm-up is blank', async () => {
    const blank = { ...weeks, rates: weeks.rates.map((rate, t) => (t >= 200 && t < 400 ? Number.NaN : rate)) };
    assert.equal(await tune(constantPeer(fifteen), blank, 0), undefined);
  });

  it('pauses before each of 12 trials, and ends there when it is to stop', async () => {
    let pauses = 0;
    await tune(constantPeer(fifteen, 3), weeks, 0, () => void pauses++);
    assert.equal(pauses, 12);
    const stop = () => {
      if (++pauses === 15) throw new Error('enough');
      return undefined;
    };
    await assert.rejects(tune(constantPeer(fifteen, 3), weeks, 0, stop), /enough/);
    assert.equal(pauses, 15);
  });

  it('lets a trial learn on the first half: it is told that scoring begins at row 200 of 400', async () => {
    const begins = new Set<number>();
    const peer: Peer<number> = {
      variants: [
        () => (_rung, timetable) => {
          begins.add(timetable.warmUpRows);
          return () => 5;
        },
      ],
      ladder: [1],
    };
    await tune(peer, weeks, 0);
    assert.deepEqual([...begins], [200]);
  });
});

describe('a peer', () => {
  it('plays its first variant at mid-ladder in the warm-up and the tuned rung from its end on', async () => {
    const simulation = await play(weeks, [createPeer('p', constantPeer(fifteen), 0)]);
    const { desired } = simulation.results[0]!.tracks[0]!;
    assert.deepEqual([desired[1], desired[399], desired[400], desired[499]], [15, 15, 11, 11]);
  });

  it('goes on from a replay of the whole warm-up: it has decided 399 times before', async () => {
    const counting: Peer<number> = {
      variants: [
        () => () => {
          let calls = 0;
          return () => ++calls;
        },
      ],
      ladder: [1],
    };
    const simulation = await play(weeks, [createPeer('p', counting, 0)]);
    assert.equal(simulation.results[0]!.tracks[0]!.desired[400], 400);
  });

  it('stays at mid-ladder when the warm-up has no load to tune by', async () => {
    const blank = { ...weeks, rates: weeks.rates.map((rate, t) => (t >= 1 && t < 400 ? Number.NaN : rate)) };
    const simulation = await play(blank, [createPeer('p', constantPeer(fifteen), 0)]);
    assert.equal(simulation.results[0]!.tracks[0]!.desired[450], 15);
  });

  it('is not tuned without a warm-up', async () => {
    const simulation = await play({ ...weeks, warmUpMs: 0 }, [createPeer('p', constantPeer(fifteen), 0)]);
    assert.equal(simulation.results[0]!.tracks[0]!.desired[450], 15);
  });
});

describe('replay of the warm-up', () => {
  it('meets the load of each row only after its step ended, and start-up as in the simulation', () => {
    const past = pastOf(generateWeeks(15));
    const known: number[] = [];
    const { track } = replayWarmUp(past, () => (view, { row }) => {
      known.push(view.known);
      assert.ok(Number.isNaN(view.rates[view.known]!));
      return row < 100 ? 1 : 7;
    });
    assert.deepEqual(known.slice(0, 3), [1, 2, 3]);
    assert.equal(track.ready[100], 1);
    assert.equal(track.ready[101], 7);
    assert.equal(track.desired.length, past.timetable.warmUpRows);
  });
});
