import assert from 'node:assert/strict';
import { descend } from '../../../src/adapters/tensorflow/descend.ts';

describe('descend', () => {
  const parabola = (p: Float32Array) => ({ loss: p[0]! ** 2, gradients: [Float32Array.of(2 * p[0]!)] });
  const settings = { iterations: 100, learningRate: 0.1, checkEvery: 10, patience: 2 };

  it('gives back the parameters of the best look, not of the last: the loss held out rises after step 20', () => {
    const p = Float32Array.of(4);
    const heldOut = [9, 5, 3, 6, 7];
    const { heldOutLoss, iterations } = descend([p], {
      ...settings,
      gradientAt: () => parabola(p),
      heldOutLoss: () => heldOut.shift()!,
    });
    assert.deepEqual([heldOutLoss, iterations], [3, 20]);
    assert.equal(heldOut.length, 0, 'two looks in vain end it');
  });

  it('goes to the end when nothing is held out', () => {
    const p = Float32Array.of(1);
    const done = descend([p], { ...settings, gradientAt: () => parabola(p), heldOutLoss: () => Number.NaN });
    assert.equal(done.iterations, 100);
    assert.ok(Math.abs(done.parameters[0]![0]!) < 0.1);
  });

  it('throws at a loss that is not finite, with the step', () => {
    const gradientAt = () => ({ loss: Number.NaN, gradients: [Float32Array.of(0)] });
    assert.throws(
      () => descend([Float32Array.of(1)], { ...settings, gradientAt, heldOutLoss: () => 1 }),
      /training diverged: the loss of step 0 is NaN/,
    );
  });
});
