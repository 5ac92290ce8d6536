import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clairvoyant } from '../../src/simulate/policies/clairvoyant.ts';
import { oracle } from '../../src/simulate/policies/oracle.ts';
import { fixed, minuteMs, rowsOf, run, timetableOf, workloadOf } from './scenario.ts';

/** Least Σ desired over all paths of 1…max replicas that never serve with fewer than needed. */
function cheapest(needed: readonly number[], lead: number): number {
  const most = Math.max(...needed);
  let best = Number.POSITIVE_INFINITY;
  const walk = (path: readonly number[], cost: number) => {
    if (cost >= best) return;
    if (path.length === needed.length) {
      best = cost;
      return;
    }
    for (let desired = 1; desired <= most; desired++) {
      const next = [...path, desired];
      const ready = Math.min(...next.slice(-lead - 1));
      // Replicas before the trace: as many as ever needed, so that only the plan decides.
      if (ready >= needed[path.length]!) walk(next, cost + desired);
    }
  };
  walk([], 0);
  return best;
}

describe('oracle', () => {
  it('wants the largest need of the next 2 min: needs 1 1 4 1 give 4 4 4 1', async () => {
    const simulation = await run({ rates: [5, 5, 35, 5] }, [oracle]);
    assert.deepEqual(rowsOf(simulation).desired, [4, 4, 4, 1]);
  });

  it('falls to 1 over blank rows', async () => {
    const simulation = await run({ rates: [35, Number.NaN, Number.NaN, Number.NaN, 25], startUp: fixed(1) }, [oracle]);
    assert.deepEqual(rowsOf(simulation).desired, [4, 1, 1, 3, 3]);
  });

  it('looks past the end of scoring', async () => {
    const simulation = await run({ rates: [5, 5, 35, 5], scoreUntilMs: 2 * minuteMs }, [oracle]);
    assert.deepEqual(rowsOf(simulation).desired, [4, 4]);
  });

  it('costs as little as the best of all paths without violation, on every trace of 5 steps up to 4 replicas', () => {
    const rates = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 2 }), (list, lead) => {
        const scenario = { rates: list, startUp: fixed(Math.min(lead, list.length - 1)) };
        const workload = workloadOf(scenario);
        const path = [...oracle.path(workload, timetableOf(scenario))];
        const needed = list.map((rate) => workload.need(rate));
        assert.equal(
          path.reduce((sum, n) => sum + n, 0),
          cheapest(needed, Math.min(lead, list.length - 1)),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('clairvoyant', () => {
  it('is sized for the true mean of the next 2 min, blank rows left out', async () => {
    const rates = [10, 30, 50, Number.NaN, 70];
    const simulation = await run({ rates }, [clairvoyant('clairvoyant:2m', 2 * minuteMs)]);
    assert.deepEqual(rowsOf(simulation).desired, [2, 4, 5, 7, 7]);
  });
});
