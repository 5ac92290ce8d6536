import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quantileLoss } from '../../../src/adapters/tensorflow/quantile-loss.ts';
import { batch, COUNT, lossSteps, meanPinball, noise, OUTPUTS, shape } from './quantile-lessons.ts';

describe('quantileLoss', () => {
  it('is the mean pinball loss over 4 levels and all known targets, to 1e-6', () => {
    const lesson = batch(20);
    lesson.targets[3] = Number.NaN;
    const raw = noise(lossSteps.length * COUNT * OUTPUTS, 1, 40);
    const loss = quantileLoss(raw, lesson, shape, new Float32Array(raw.length));
    assert.ok(Math.abs(loss - meanPinball(raw, lesson)) < 1e-6, `${loss}, ${meanPinball(raw, lesson)}`);
  });

  it('has the gradient of central differences wherever no target sits on a quantile, to 5e-4', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const lesson = batch(seed);
        const raw = noise(lossSteps.length * COUNT * OUTPUTS, 1, seed + 7);
        const gradient = new Float32Array(raw.length);
        quantileLoss(raw, lesson, shape, gradient);
        const step = 1e-3;
        for (let i = 0; i < raw.length; i += 7) {
          const losses = [step, -step, step / 2, -step / 2].map((by) =>
            meanPinball(
              Float32Array.from(raw, (x, n) => (n === i ? x + by : x)),
              lesson,
            ),
          );
          const [wide, narrow] = [(losses[0]! - losses[1]!) / (2 * step), (losses[2]! - losses[3]!) / step];
          // A kink between the two points makes the differences disagree.
          if (Math.abs(wide - narrow) > 2e-4) continue;
          assert.ok(Math.abs(wide - gradient[i]!) < 5e-4, `[${i}] ${wide}, ${gradient[i]}`);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is 0 with a gradient of 0 when no target is known', () => {
    const lesson = batch(1);
    lesson.targets.fill(Number.NaN);
    const gradient = new Float32Array(lossSteps.length * COUNT * OUTPUTS).fill(1);
    assert.equal(quantileLoss(noise(gradient.length, 1, 2), lesson, shape, gradient), 0);
    assert.ok(gradient.every((g) => g === 0));
  });

  it('stays finite for outputs of ±1000', () => {
    const raw = noise(lossSteps.length * COUNT * OUTPUTS, 1000, 3);
    const gradient = new Float32Array(raw.length);
    assert.ok(Number.isFinite(quantileLoss(raw, batch(4), shape, gradient)));
    assert.ok(gradient.every(Number.isFinite));
  });
});
