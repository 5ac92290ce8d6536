import assert from 'node:assert/strict';
import { defaultSettings, specNamed } from '../../../src/app/simulation/defaults.ts';

describe('settings of a simulation', () => {
  it('are the documented defaults: 0.1 % of the time in violation, 10 min of hold, a day and a week', () => {
    const settings = defaultSettings(['checkout', 'catalogue']);
    assert.equal(settings.decide.holdMs, 600_000);
    for (const name of ['checkout', 'catalogue']) {
      const spec = specNamed(settings, name);
      assert.equal(spec.violationShare, 0.001);
      assert.equal(spec.minReplicas, 1);
      assert.deepEqual(spec.seasonsMs, [86_400_000, 604_800_000]);
    }
  });

  it('know only the workloads they were made for', () => {
    assert.throws(() => specNamed(defaultSettings(['checkout']), 'cart'), /no workload is named cart/);
  });
});
