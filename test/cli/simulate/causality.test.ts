/** No decision sees the future: what holds for every policy that the command line knows, but for those told the future. */
import assert from 'node:assert/strict';
import { policyHelp } from '../../../src/cli/simulate/policy-names.ts';
import { normalAt, uniformAt } from '../../../src/simulate/random.ts';
import { everyCausalPolicy as policies, toldPolicies } from './every-policy.ts';
import { type Played, playRecording, type Recording } from './play.ts';

const DAY = 144;
const WARM_UP_DAYS = 5;
const scoredFrom = WARM_UP_DAYS * DAY;
const options = [
  ...['--per-replica', '10', '--start-up', '20m', '--warm-up', `${WARM_UP_DAYS}d`, '--objective', 'wait p95 100ms'],
  // A fit an hour before scoring and one 18 hours later.
  ...['--refit-every', '18h'],
];

/** Six and a half days in steps of ten minutes: a daily wave, noise, bursts, and an hour that is missing. */
const amounts = Array.from({ length: 6.5 * DAY }, (_, step) => {
  if (step >= scoredFrom + 40 && step < scoredFrom + 46) return Number.NaN;
  const wave = 120 - 80 * Math.cos((2 * Math.PI * step) / DAY);
  const burst = uniformAt(3, step) < 0.02 ? 1.7 : 1;
  return Math.round(600 * wave * burst * Math.exp(0.05 * normalAt(4, step)));
});
const recording: Recording = { startS: 1_700_006_400, stepS: 600, amounts };

const play = (some: readonly number[], names = policies) =>
  playRecording({ ...recording, amounts: some }, names, options);

/** Blank rows, silence and rushes, nothing like what it replaces. */
const noiseAt = (step: number) => (uniformAt(step, 9) < 0.1 ? Number.NaN : 300_000 * uniformAt(step, 3) ** 3);

function desiredOf({ rows }: Played, policy: number, upTo: number): number[] {
  return rows[policy]!.slice(0, upTo).map(({ desired }) => desired);
}

describe('the future in a simulation', function () {
  this.timeout(400_000);
  let usual: Played;

  before(async () => {
    usual = await play(amounts);
  });

  it('is tested on every policy of the help but those that are told it', () => {
    const words = [...policyHelp().matchAll(/^ {2}(\S+?)[[:\n]/gm)].map((match) => match[1]!);
    const tested = new Set(policies.map((name) => name.split(':')[0]!));
    assert.ok(words.length >= 13);
    assert.deepEqual(words.filter((word) => !toldPolicies.includes(word)).toSorted(), [...tested].toSorted());
  });

  it('finds every policy but static at work: nothing is proven on a constant', () => {
    assert.equal(usual.said, '', 'every refit succeeded');
    for (const [i, policy] of policies.entries())
      if (policy !== 'static') assert.ok(new Set(desiredOf(usual, i, 216)).size > 1, policy);
  });

  // Within the gap, and at a refit.
  for (const cut of [scoredFrom + 43, scoredFrom + 102]) {
    it(`may be noise from row ${cut} on, and no decision up to and including that row is another`, async () => {
      const noisy = await play(amounts.map((amount, step) => (step < cut ? amount : noiseAt(step))));
      const kept = cut - scoredFrom + 1;
      for (const [i, policy] of policies.entries()) {
        assert.deepEqual(desiredOf(noisy, i, kept), desiredOf(usual, i, kept), policy);
        // What was learned once never sees it.
        if (policy !== 'static' && policy !== 'schedule')
          assert.notDeepEqual(noisy.rows[i], usual.rows[i], `${policy} sees it in the end`);
      }
    });
  }

  it('may be cut off behind row 900, and no decision up to there is another', async () => {
    const cut = await play(amounts.slice(0, 901));
    for (const [i, policy] of policies.entries()) {
      const kept = desiredOf(cut, i, Number.POSITIVE_INFINITY);
      assert.equal(kept.length, 901 - scoredFrom);
      assert.deepEqual(kept, desiredOf(usual, i, kept.length), policy);
    }
  });

  it('does not depend on who else takes part, and the same seed gives the same bytes', async () => {
    const [forescale, ...others] = [
      await play(amounts, ['forescale', 'oracle']),
      await play(amounts, policies.slice(1)),
    ];
    for (const { files } of [forescale, ...others])
      for (const [name, text] of files) if (name !== 'oracle.csv') assert.equal(text, usual.files.get(name), name);
  });
});
