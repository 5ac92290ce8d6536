/**
 * The real HPA controller and our model of it, side by side: the same metrics, pods, limits and instants have to give
 * the same replicas at every sync.
 */
import assert from 'node:assert/strict';
import { findRig, titleWithRig } from '../rig/rig.ts';
import { brokenModels } from './hpa/broken-models.ts';
import { runOnCluster } from './hpa/cluster.ts';
import type { Journal, JournalSync } from './hpa/journal.ts';
import { type Replayed, replay } from './hpa/replay.ts';
import { scenarios } from './hpa/scenarios.ts';

const rig = findRig();
const suite = rig.kind === 'found' ? describe : describe.skip;
suite(titleWithRig('the HPA model beside the real kube-controller-manager', rig), () => {
  let journals: readonly Journal[];
  let replayed: readonly Replayed[];

  before(async () => {
    journals = await runOnCluster(scenarios, { syncs: 26, atMostMs: 120_000 });
    replayed = journals.map((journal) => replay(journal));
  });

  for (const [i, { name, seed }] of scenarios.entries())
    it(`${name} (seed ${seed}): gives the same replicas at each of at least 20 syncs`, () => {
      const { syncs, difference } = replayed[i]!;
      assert.equal(difference, undefined, JSON.stringify(difference, undefined, 1));
      assert.ok(syncs >= 20, `only ${syncs} syncs`);
    });

  it('has at most 1 sync in 100 decided by where a window ends, within what our clocks may be apart', () => {
    const syncs = replayed.reduce((sum, one) => sum + one.syncs, 0);
    const bracketed = replayed.reduce((sum, one) => sum + one.bracketed, 0);
    assert.ok(bracketed * 100 <= syncs, `${bracketed} of ${syncs}`);
  });

  it('compares at least 50 syncs up, 50 down, and 50 each with a pod unready, a pod without sample, or a metric that fails', () => {
    const all = journals.flatMap(({ syncs }) => syncs);
    const measured = all.filter((sync) => sync.kind === 'measured');
    const counts = {
      up: count(all, ({ before, after }) => after > before),
      down: count(all, ({ before, after }) => after < before),
      unready: count(measured, ({ seen }) => seen.pods.some(({ ready }) => ready?.status === false)),
      missing: count(measured, ({ seen }) =>
        seen.pods.some(({ name }) =>
          seen.answers.some((answer) => answer.kind === 'pods' && !answer.samples.has(name)),
        ),
      ),
      failed: count(measured, ({ seen }) => seen.answers.some(({ kind }) => kind === 'failed')),
    };
    for (const [what, syncs] of Object.entries(counts)) assert.ok(syncs >= 50, `${what}: ${syncs} syncs`);
  });

  for (const [name, broken] of Object.entries(brokenModels))
    it(`tells a model with ${name} from the real controller`, () => {
      const telling = journals.filter((journal) => replay(journal, broken).difference !== undefined);
      assert.ok(telling.length > 0);
    });
});

function count<T extends JournalSync>(syncs: readonly T[], matches: (sync: T) => boolean): number {
  return syncs.filter(matches).length;
}
