import assert from 'node:assert/strict';
import { estimateStartUp } from '../../src/capacity/start-up.ts';
import type { StartUpSample } from '../../src/domain/cluster.ts';

const nowMs = 10_000_000;

function ready(seconds: number, more: Partial<StartUpSample> = {}): StartUpSample {
  const createdMs = nowMs - 5_000_000;
  const readyMs = createdMs + seconds * 1000;
  return {
    podUid: `p${seconds}`,
    templateHash: 'a',
    createdMs,
    readyMs,
    observedMs: nowMs,
    waitedForNode: false,
    ...more,
  };
}

/** Still starting when last seen, `seconds` after its creation. */
function starting(seconds: number): StartUpSample {
  const { readyMs, ...sample } = ready(seconds);
  return { ...sample, observedMs: readyMs! };
}

describe('estimateStartUp', () => {
  it('takes the configured time before any measurement', () => {
    const estimate = estimateStartUp([ready(10), ready(20), ready(30)], { startUpMs: 90_000 }, nowMs);
    assert.deepEqual(estimate, { p50Ms: 90_000, p90Ms: 90_000, p99Ms: 90_000, samples: 3, source: 'configured' });
  });

  it('says default, p90 60 s, below three ready pods', () => {
    const estimate = estimateStartUp([ready(10), ready(20), starting(5)], {}, nowMs);
    assert.deepEqual([estimate.source, estimate.p90Ms, estimate.samples], ['default', 60_000, 2]);
  });

  it('measures p50 50 s, p90 90 s, p99 100 s of ten pods from 10 s to 100 s', () => {
    const samples = Array.from({ length: 10 }, (_, i) => ready(10 * (i + 1)));
    const { p50Ms, p90Ms, p99Ms, source } = estimateStartUp(samples, {}, nowMs);
    assert.deepEqual([p50Ms, p90Ms, p99Ms, source], [50_000, 90_000, 100_000, 'measured']);
  });

  it('counts pods that are still starting: p50 of 10, 20 s and two at 30 s and more is not 10 s but 20 s', () => {
    const { p50Ms } = estimateStartUp([ready(10), ready(20), ready(40), starting(30)], {}, nowMs);
    assert.equal(p50Ms, 20_000);
  });

  it('moves p90 up from 30 s to 200 s when a pod has been starting for 200 s', () => {
    const fast = [ready(10), ready(20), ready(30)];
    assert.equal(estimateStartUp(fast, {}, nowMs).p90Ms, 30_000);
    assert.equal(estimateStartUp([...fast, starting(200)], {}, nowMs).p90Ms, 200_000);
  });

  it('follows the product-limit estimate: ready at 10 s, three censored by 26 s, ready at 30, 40, 60 s has p50 40 s', () => {
    // shares still starting: 10 s: 6/7; three leave the risk set; 30 s: · 2/3 = 0.57; 40 s: · 1/2 = 0.29; 60 s: 0
    const samples = [ready(10), starting(20), starting(25), starting(26), ready(30), ready(40), ready(60)];
    const { p50Ms, p90Ms } = estimateStartUp(samples, {}, nowMs);
    assert.deepEqual([p50Ms, p90Ms], [40_000, 60_000]);
  });

  it('reaches a new node with p90 when 2 of 10 pods had to wait for one', () => {
    const warm = Array.from({ length: 8 }, () => ready(20));
    const cold = [ready(180, { waitedForNode: true }), ready(240, { waitedForNode: true })];
    const { p50Ms, p90Ms } = estimateStartUp([...warm, ...cold], {}, nowMs);
    assert.deepEqual([p50Ms, p90Ms], [20_000, 180_000]);
  });

  it('does not let a crash loop of three days stretch the lead beyond 30 min', () => {
    const { p99Ms } = estimateStartUp([ready(10), ready(20), ready(30), starting(3 * 86_400)], {}, nowMs);
    assert.equal(p99Ms, 30 * 60_000);
  });

  it('learns the newest template alone once it has ten pods', () => {
    const old = Array.from({ length: 50 }, () => ready(300, { templateHash: 'old' }));
    const own = Array.from({ length: 10 }, () => ready(20, { templateHash: 'new' }));
    assert.equal(estimateStartUp([...old, ...own], {}, nowMs).p90Ms, 20_000);
    assert.equal(estimateStartUp([...old, ...own.slice(1)], {}, nowMs).p90Ms, 300_000);
  });

  it('leaves out pods created after now', () => {
    const future = ready(900, { createdMs: nowMs + 1, readyMs: nowMs + 900_000 });
    assert.equal(estimateStartUp([ready(10), ready(20), ready(30), future], {}, nowMs).p99Ms, 30_000);
  });
});
