/** What holds for every peer alike: it sees only the past, its warm-up alone tunes it, and it is worth having. */
import assert from 'node:assert/strict';
import { measure, type Scores } from '../../../src/simulate/measure.ts';
import { neededByStep } from '../../../src/simulate/needed.ts';
import { peerForms } from '../../../src/simulate/peers/peers.ts';
import { staticPeak } from '../../../src/simulate/policies/static.ts';
import type { Policy } from '../../../src/simulate/policy.ts';
import { uniformAt } from '../../../src/simulate/random.ts';
import { dayMs, generateWeeks, play, timetableOf, type Weeks, workloadOf } from './support.ts';

const peers = peerForms.map(({ word, make }) => make(word));
const twenty = generateWeeks(20);
const warmUpRows = (14 * dayMs) / twenty.stepMs;

/** Replicas wanted by each of the policies at each row. */
async function desiredBy(weeks: Weeks, policies: readonly Policy[] = peers, seed = 1): Promise<number[][]> {
  const simulation = await play(weeks, policies, seed);
  return simulation.results.map(({ tracks }) => [...tracks[0]!.desired]);
}

function withNoiseFrom(weeks: Weeks, step: number): Weeks {
  const noise = (t: number) => (uniformAt(t, 9) < 0.1 ? Number.NaN : 900 * uniformAt(t, 3));
  return { ...weeks, rates: weeks.rates.map((rate, t) => (t < step ? rate : noise(t))) };
}

async function scoresOf(weeks: Weeks, policies: readonly Policy[]): Promise<Scores[]> {
  const [workload, timetable] = [workloadOf(weeks), timetableOf(weeks)];
  const simulation = await play(weeks, policies);
  const needed = neededByStep(workload.trace, workload.need);
  return simulation.results.map(({ tracks }) => measure(tracks[0]!, workload, needed, timetable));
}

describe('peers', () => {
  let usual: number[][];
  before(async () => {
    usual = await desiredBy(twenty);
  });

  it('are the six of the field', () => {
    const words = ['reactive-quantile', 'schedule', 'holt-winters', 'fft-profile', 'hourly-profile', 'q-learning'];
    assert.deepEqual(
      peerForms.map(({ word }) => word),
      words,
    );
  });

  for (const cut of [700, warmUpRows - 1, warmUpRows, warmUpRows + 1, warmUpRows + 333])
    it(`want the same up to row ${cut} when everything from it on is noise`, async () => {
      const other = await desiredBy(withNoiseFrom(twenty, cut));
      for (const [i, peer] of peers.entries())
        assert.deepEqual(usual[i]!.slice(0, cut + 1), other[i]!.slice(0, cut + 1), peer.name);
    });

  it('see no more with two decisions a step, drawn start-up times and a warm-up that ends within a step', async () => {
    const startUp = { kind: 'drawn', p50Ms: 60_000, p99Ms: 600_000 } as const;
    const decideMs = twenty.stepMs / 2;
    const weeks = { ...generateWeeks(12), startUp, decideMs, warmUpMs: 8 * dayMs + decideMs };
    const step = (8 * dayMs) / twenty.stepMs + 20;
    const [one, other] = [await desiredBy(weeks), await desiredBy(withNoiseFrom(weeks, step))];
    for (const [i, peer] of peers.entries()) {
      assert.deepEqual(one[i]!.slice(0, 2 * step + 1), other[i]!.slice(0, 2 * step + 1), peer.name);
      // A schedule learned before the noise never sees it.
      if (peer.name !== 'schedule') assert.notDeepEqual(one[i], other[i], `${peer.name} sees the noise in the end`);
    }
  });

  it('want the same when the trace ends a day after the warm-up', async () => {
    const end = warmUpRows + 144;
    const cut = await desiredBy({ ...twenty, rates: twenty.rates.slice(0, end) });
    for (const [i, peer] of peers.entries()) assert.deepEqual(usual[i]!.slice(0, end), cut[i], peer.name);
  });

  it('want the same again with the same seed, and the same alone as in company', async () => {
    for (const [i, peer] of peers.entries()) assert.deepEqual((await desiredBy(twenty, [peer]))[0], usual[i]);
  });

  it('take in blanks, a step of load and a flat day, and always want at least 1', async () => {
    const rates = twenty.rates.map((rate, t) => {
      if (t % 97 < 5 || (t > 500 && t < 800)) return Number.NaN;
      return t > 2500 ? 3 * rate : t % 1440 < 144 ? 0 : rate;
    });
    for (const desired of await desiredBy({ ...twenty, rates })) assert.ok(Math.min(...desired) >= 1);
  });

  it('cost less than the static peak on a daily load, with at most 2 % of the time in violation', async () => {
    const [fixed, ...scores] = await scoresOf(twenty, [staticPeak, ...peers]);
    for (const [i, { replica_hours, violation_share }] of scores.entries()) {
      assert.ok(replica_hours < 0.9 * fixed!.replica_hours, `${peers[i]!.name}: ${replica_hours}`);
      assert.ok(violation_share <= 0.02, `${peers[i]!.name}: ${violation_share}`);
    }
  });

  it('pay more for 0.01 % of the time in violation than for 5 %', async () => {
    const at = (share: number) =>
      scoresOf(
        twenty,
        peerForms.map(({ word, make }) => make(word, share)),
      );
    const [strict, loose] = [await at(0.0001), await at(0.05)];
    for (const [i, { replica_hours }] of strict.entries())
      assert.ok(replica_hours > loose[i]!.replica_hours, peers[i]!.name);
  });
});

describe('peers that know the day', () => {
  const dayOf = (desired: readonly number[], day: number) => desired.slice(144 * day, 144 * (day + 1));

  it('hourly-profile has its floor before the load rises on Thursday morning: 2 steps ahead of the HPA alone', async () => {
    const [desired] = await desiredBy(twenty, [peers[4]!]);
    const thursday = dayOf(desired!, 14);
    const needs = dayOf([...twenty.rates].map(workloadOf(twenty).need), 14);
    for (let step = 8 * 6; step < 12 * 6; step++) assert.ok(thursday[step]! >= needs[step + 2]!, `step ${step}`);
  });

  it('schedule has fewer replicas on Saturday than on Friday: no more than 75 % at noon', async () => {
    const [desired] = await desiredBy(twenty, [peers[1]!]);
    const [friday, saturday] = [dayOf(desired!, 15)[84]!, dayOf(desired!, 16)[84]!];
    assert.ok(saturday <= 0.75 * friday, `${saturday} of ${friday}`);
  });
});
