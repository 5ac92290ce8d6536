/** No decision sees the future, on recorded load: blanks, plateaus and closed hours that generated load does not have. */
import assert from 'node:assert/strict';
import { parseDuration } from '../../src/config/durations.ts';
import { uniformAt } from '../../src/simulate/random.ts';
import { everyCausalPolicy } from '../cli/simulate/every-policy.ts';
import { type Played, playRecording, type Recording } from '../cli/simulate/play.ts';
import { describeRecorded, optionOf, recordedCase, recordingOf } from './recordings.ts';

const WARM_UP_DAYS = 4;
const KEPT_DAYS = 5;

/** The newest part of the warm-up of a case, so that what is scored there stays unseen here too. */
async function partOf(name: string): Promise<{ readonly recording: Recording; readonly options: readonly string[] }> {
  const one = await recordedCase(name);
  const { startS, stepS, amounts } = await recordingOf(one);
  const end = Math.floor(parseDuration(optionOf(one, 'warm-up')!)! / 1000 / stepS);
  const first = end - (KEPT_DAYS * 86_400) / stepS;
  const kept = amounts.slice(first, end);
  const largest = kept.reduce((most, amount) => Math.max(most, amount || 0), 0) / stepS;
  const objective = optionOf(one, 'objective');
  return {
    recording: { startS: startS + first * stepS, stepS, amounts: kept },
    options: [
      ...['--per-replica', String(largest / 38), '--start-up', optionOf(one, 'start-up')!],
      ...['--warm-up', `${WARM_UP_DAYS}d`, '--refit-every', '30d'],
      ...(objective === undefined ? [] : ['--objective', objective]),
    ],
  };
}

function withNoiseFrom({ amounts, ...grid }: Recording, cut: number): Recording {
  const largest = amounts.reduce((most, amount) => Math.max(most, amount || 0), 0);
  const noise = (step: number) => (uniformAt(step, 5) < 0.1 ? Number.NaN : 3 * largest * uniformAt(step, 6));
  return { ...grid, amounts: amounts.map((amount, step) => (step < cut ? amount : noise(step))) };
}

function assertSame(other: Played, usual: Played, upTo: number): void {
  for (const [i, policy] of everyCausalPolicy.entries()) {
    const [a, b] = [other, usual].map(({ rows }) => rows[i]!.slice(0, upTo).map(({ desired }) => desired));
    assert.deepEqual(a, b, policy);
  }
}

describeRecorded('the future of recorded load', function () {
  this.timeout(400_000);

  for (const name of ['google_a', 'bb_rnd_79'] as const) {
    it(`changes no decision of ${everyCausalPolicy.length} policies on ${name}, neither cut off nor as noise`, async () => {
      const { recording, options } = await partOf(name);
      const scoredFrom = (WARM_UP_DAYS * 86_400) / recording.stepS;
      const cut = scoredFrom + (15 * 3600) / recording.stepS;
      const usual = await playRecording(recording, everyCausalPolicy, options);
      const noisy = await playRecording(withNoiseFrom(recording, cut), everyCausalPolicy, options);
      assertSame(noisy, usual, cut - scoredFrom + 1);
      const shorter = { ...recording, amounts: recording.amounts.slice(0, cut + 1) };
      assertSame(await playRecording(shorter, everyCausalPolicy, options), usual, cut - scoredFrom + 1);
    });
  }
});
