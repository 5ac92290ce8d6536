/** Lessons of noise for networks with a head of quantiles, and their loss and its slopes by definition. */
import type { QuantileShape } from '../../../src/adapters/tensorflow/quantile-loss.ts';
import type { LessonBatch } from '../../../src/domain/engines.ts';
import { normal } from '../../forecast/made-series.ts';

export const shape: QuantileShape = { horizons: 2, levels: [0.1, 0.5, 0.9, 0.99], carries: 2 };
export const OUTPUTS = shape.horizons * (shape.levels.length + shape.carries);
export const [FEATURES, STEPS, COUNT] = [3, 7, 5];
export const lossSteps = [3, 6];

export function noise(length: number, scale: number, seed: number): Float32Array {
  const gauss = normal(seed);
  return Float32Array.from({ length }, () => scale * gauss());
}

export function batch(seed: number, count = COUNT): LessonBatch {
  return {
    count,
    inputs: noise(STEPS * count * FEATURES, 1, seed),
    targets: noise(lossSteps.length * count * shape.horizons, 2, seed + 1),
    carried: noise(lossSteps.length * count * shape.carries, 1, seed + 2),
  };
}

/** Quantiles by their definition, level by level. */
function quantilesOf(raw: Float32Array, carried: Float32Array, row: number, horizon: number): number[] {
  const at = (block: number) => raw[row * OUTPUTS + block * shape.horizons + horizon]!;
  const softplus = (x: number) => Math.log(1 + Math.exp(x));
  const shares = [0, 1].map((c) => at(4 + c) * carried[row * 2 + c]!);
  const median = at(1) + shares[0]! + shares[1]!;
  return [median - softplus(at(0)), median, median + softplus(at(2)), median + softplus(at(2)) + softplus(at(3))];
}

function pinball(y: number, q: number, level: number): number {
  return Math.max(level * (y - q), (level - 1) * (y - q));
}

export function meanPinball(raw: Float32Array, { targets, carried }: LessonBatch): number {
  let [sum, n] = [0, 0];
  targets.forEach((y, i) => {
    if (Number.isNaN(y)) return;
    const quantiles = quantilesOf(raw, carried, Math.floor(i / shape.horizons), i % shape.horizons);
    quantiles.forEach((q, j) => {
      sum += pinball(y, q, shape.levels[j]!);
      n += 1;
    });
  });
  return sum / n;
}

/** The slope at 0 by differences of a loss that has kinks; undefined where one is too near to tell. */
export function slopeOf(lossAt: (by: number) => number, largest: number): number | undefined {
  const step = 1e-3;
  const [left, here, right] = [lossAt(-step), lossAt(0), lossAt(step)];
  if (Math.abs(right - 2 * here + left) / step > 0.05 * largest) return undefined;
  return (right - left) / (2 * step);
}
