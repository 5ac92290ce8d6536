/** What `simulate` says of recorded load, against a second reckoning and against a simulator of other authors. */
import assert from 'node:assert/strict';
import { parseDuration } from '../../src/config/durations.ts';
import type { PolicyReport } from '../../src/simulate/report.ts';
import { type Played, playRecording, type Recording } from '../cli/simulate/play.ts';
import type { Case } from '../proof/cases.ts';
import { largestOfNext, needsOf, type Physics, recompute, scoresFrom } from './recompute.ts';
import { describeRecorded, optionOf, readReference, recordedCase, recordingOf } from './recordings.ts';

const reactive = ['hpa:0.5', 'hpa:0.6:metric=demand:delay=600s', 'static', 'recent-max:7d', 'recent-max:1d'];
const told = ['oracle', 'clairvoyant:15m'];
const peers = ['reactive-quantile', 'schedule', 'holt-winters', 'fft-profile', 'hourly-profile', 'q-learning'];

/** What each case is for: minutes with a queue; five minutes with a queue and closed hours; CPU with plateaus; blanks. */
const plays: readonly (readonly [
  name: string,
  policies: readonly string[],
  change?: Readonly<Record<string, string>>,
])[] = [
  ['nasa', [...reactive, ...told]],
  ['bank', [...reactive, ...told]],
  ['bb_rnd_79', [...reactive, ...told, ...peers]],
  ['google_a', [...reactive, ...told, ...peers, 'forescale', 'forescale+hpa:0.6'], { 'refit-every': '30d' }],
  // Without a warm-up the first rows are reckoned too.
  ['az_1126', ['hpa:0.5', 'recent-max:1d', 'oracle'], { 'warm-up': '0s' }],
];

/** Rates per second of the whole trace, scaled as the case asks. */
function ratesOf({ amounts, stepS }: Recording, one: Case): number[] {
  const peak = Number(optionOf(one, 'scale-peak'));
  const largest = amounts.reduce((most, amount) => Math.max(most, amount || 0), 0) / stepS;
  return amounts.map((amount) => (amount / stepS / largest) * peak);
}

function physicsOf(one: Case, stepS: number): Physics {
  const wait = optionOf(one, 'objective');
  if (wait !== undefined) assert.equal(wait, 'wait p95 100ms');
  const lead = Math.ceil(parseDuration(optionOf(one, 'start-up')!)! / 1000 / stepS);
  const perReplica = Number(optionOf(one, 'per-replica'));
  return { perReplica, lead, ...(wait !== undefined && { wait: { share: 0.05, seconds: 0.1 } }) };
}

function assertClose(found: number, expected: number, name: string): void {
  assert.ok(
    Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${name}: ${found}, reckoned ${expected}`,
  );
}

/** Every row and every figure of every policy. @returns rows compared */
function compareAll(played: Played, policies: readonly string[], one: Case, recording: Recording): number {
  const physics = physicsOf(one, recording.stepS);
  const first = Math.round(parseDuration(optionOf(one, 'warm-up')!)! / 1000 / recording.stepS);
  const rates = ratesOf(recording, one).slice(first);
  const path = largestOfNext(needsOf(rates, physics), physics.lead);
  policies.forEach((policy, i) => {
    const rows = played.rows[i]!;
    const desired = rows.map((row) => row.desired);
    const mine = recompute(rates, desired, physics);
    // What was wanted before the first row is not in the file.
    const ready = mine.ready.map((n, row) => (row < physics.lead ? rows[row]!.ready : n));
    rows.forEach((row, at) => {
      const where = `${policy}, row ${at}`;
      assert.equal(row.unixS, recording.startS + (first + at) * recording.stepS, where);
      assert.equal(row.needed, mine.needed[at], where);
      assert.equal(row.ready, ready[at], where);
      if (Number.isNaN(mine.demand[at]!)) assert.ok(Number.isNaN(row.demand), where);
      else assertClose(row.demand, mine.demand[at]!, where);
      if (policy === 'oracle') assert.equal(row.desired, path[at], where);
    });
    const figures = scoresFrom({ ...mine, ready }, desired, path, physics.perReplica, recording.stepS / 3600);
    for (const [name, expected] of Object.entries(figures))
      assertClose(played.reports[i]![name as keyof PolicyReport] as number, expected, `${policy} ${name}`);
  });
  return policies.length * played.rows[0]!.length;
}

describeRecorded('a simulation of recorded load', function () {
  this.timeout(400_000);

  for (const [name, policies, change] of plays) {
    it(`of ${name} is reckoned anew from its decisions, every row and figure of ${policies.length} policies`, async () => {
      const listed = await recordedCase(name);
      const options = Object.entries({ ...Object.fromEntries(listed.options), ...change });
      const one = { ...listed, options };
      const recording = await recordingOf(one);
      const typed = options
        .filter(([option]) => option !== 'column')
        .flatMap(([option, value]) => [`--${option}`, value]);
      const played = await playRecording(recording, policies, typed);
      assert.ok(compareAll(played, policies, one, recording) > 4000);
    });
  }

  it('has the costs of the plain simulator: static and recent-max to 4 digits, the HPA within 5 %', async () => {
    const reference = await readReference();
    for (const name of ['twitter', 'google_g', 'alibaba_2020', 'bb_fast_958', 'bb_rnd_304', 'az_943424', 'site_eth']) {
      const one = await recordedCase(name);
      const typed = one.options
        .filter(([option]) => option !== 'column')
        .flatMap(([option, value]) => [`--${option}`, value]);
      const { reports } = await playRecording(await recordingOf(one), ['static', 'recent-max:7d', 'hpa:0.5'], typed);
      const figure = (column: string) => Number(reference.get(name)!.get(column));
      for (const [i, column] of ['static', 'recent_max_7d'].entries()) {
        assert.equal(Number(reports[i]!.cost_over_oracle.toFixed(4)), figure(`${column}_cost`), `${name} ${column}`);
        assert.equal(
          Number(reports[i]!.violation_share.toFixed(4)),
          figure(`${column}_violations`),
          `${name} ${column}`,
        );
      }
      // The plain one has no whole percents, pods that start and limits on the way up.
      const ratio = reports[2]!.cost_over_oracle / figure('hpa_0.5_cost');
      assert.ok(ratio > 0.95 && ratio <= 1, `${name} hpa: ${ratio}`);
    }
  });
});
