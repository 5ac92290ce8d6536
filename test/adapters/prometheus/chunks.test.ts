import assert from 'node:assert/strict';
import fc from 'fast-check';
import { halves, MOST_POINTS, planChunks } from '../../../src/adapters/prometheus/chunks.ts';
import { deployment, MINUTE } from './settings.ts';

const DAY = 1440;
const refs = (count: number) => Array.from({ length: count }, (_, i) => deployment(`w${i}`));
const range = (steps: number) => ({ startMs: 0, endMs: steps * MINUTE, stepMs: MINUTE });
const points = ({ firstMs, lastMs }: { readonly firstMs: number; readonly lastMs: number }) =>
  (lastMs - firstMs) / MINUTE + 1;

describe('planChunks', () => {
  it('reads 4 steps of 100 workloads in 1 query', () => {
    const chunks = planChunks(refs(100), range(4), 200_000);
    assert.deepEqual(chunks, [{ workloads: refs(100), firstMs: MINUTE, lastMs: 4 * MINUTE }]);
  });

  it('reads 14 days of minutes of one workload in 2 queries', () => {
    assert.deepEqual(planChunks(refs(1), range(14 * DAY), 1e6).map(points), [MOST_POINTS, 14 * DAY - MOST_POINTS]);
  });

  it('reads 14 days of 100 workloads in 11 queries of 200 000 samples', () => {
    const chunks = planChunks(refs(100), range(14 * DAY), 200_000);
    assert.equal(chunks.length, 11);
    assert.ok(chunks.every((chunk) => chunk.workloads.length === 100 && points(chunk) <= 2000));
  });

  it('splits the workloads only when a single instant is too much: 25 by 10', () => {
    assert.deepEqual(
      planChunks(refs(25), range(1), 10).map((chunk) => chunk.workloads.length),
      [10, 10, 5],
    );
  });

  it('asks nothing for no workloads or an empty range', () => {
    assert.deepEqual(planChunks([], range(5), 100), []);
    assert.deepEqual(planChunks(refs(3), range(0), 100), []);
  });

  it('asks for every instant of every workload once, within both limits (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 1, max: 50_000 }),
        (count, steps, most) => {
          fc.pre((count * steps) / most < 2000);
          const chunks = planChunks(refs(count), range(steps), most);
          let samples = 0;
          for (const chunk of chunks) {
            assert.ok(
              points(chunk) <= MOST_POINTS && points(chunk) * chunk.workloads.length <= most && points(chunk) >= 1,
            );
            samples += points(chunk) * chunk.workloads.length;
          }
          assert.equal(samples, count * steps);
          const last = new Map<string, number>();
          for (const { workloads, firstMs, lastMs } of chunks) {
            for (const { name } of workloads) {
              assert.equal(firstMs, (last.get(name) ?? 0) + MINUTE, 'no gap and no overlap');
              last.set(name, lastMs);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('halves', () => {
  it('splits 5 instants into 3 and 2', () => {
    const [a, b] = halves({ workloads: refs(1), firstMs: MINUTE, lastMs: 5 * MINUTE }, MINUTE)!;
    assert.deepEqual(
      [a.firstMs, a.lastMs, b.firstMs, b.lastMs].map((ms) => ms / MINUTE),
      [1, 3, 4, 5],
    );
  });

  it('does not split a single instant', () => {
    assert.equal(halves({ workloads: refs(1), firstMs: MINUTE, lastMs: MINUTE }, MINUTE), undefined);
  });
});
