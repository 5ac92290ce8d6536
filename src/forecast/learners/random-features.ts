/**
 * Random Fourier features (Rahimi & Recht 2007, NIPS 20): `x ↦ √(2/M)·cos(ωᵢᵀx + bᵢ)` with ω ~ N(0, γ²I), b ~ U[0, 2π).
 * Their inner product approaches the Gaussian kernel `exp(−γ²‖x − x′‖²/2)`, with an error of about 1/√M. They depend on
 * the seed alone and are not stored.
 */
import type { Lessons } from './lessons.ts';
import { seededRandom } from './random.ts';

export interface RandomFeatures {
  /** M. */
  readonly count: number;
  /** Writes the features of one row of inputs, which are finite. */
  write(inputs: Float32Array, out: Float32Array): void;
}

export interface RandomFeatureSettings {
  readonly width: number;
  readonly count: number;
  /** γ, one over the distance at which inputs stop being alike. */
  readonly inverseDistance: number;
  readonly seed: number;
}

export function randomFeatures({ width, count, inverseDistance, seed }: RandomFeatureSettings): RandomFeatures {
  const random = seededRandom(seed);
  const frequencies = Float32Array.from({ length: count * width }, () => inverseDistance * random.normal());
  const phases = Float32Array.from({ length: count }, () => 2 * Math.PI * random.uniform());
  const size = Math.sqrt(2 / count);
  return {
    count,
    write(inputs, out) {
      for (let i = 0; i < count; i++) {
        let angle = phases[i]!;
        for (let j = 0; j < width; j++) angle += frequencies[i * width + j]! * inputs[j]!;
        out[i] = size * Math.cos(angle);
      }
    },
  };
}

export function featuresOfAll(features: RandomFeatures, { inputs, width, targets }: Lessons): Lessons {
  const mapped = new Float32Array(targets.length * features.count);
  for (let i = 0; i < targets.length; i++) {
    const row = inputs.subarray(i * width, (i + 1) * width);
    features.write(row, mapped.subarray(i * features.count, (i + 1) * features.count));
  }
  return { inputs: mapped, width: features.count, targets };
}

/** One over the median distance between pairs of rows; 1 when they are all alike. */
export function inverseMedianDistance({ inputs, width, targets }: Lessons, pairs: number, seed: number): number {
  const random = seededRandom(seed);
  const distances = Float64Array.from({ length: pairs }, () => {
    const [a, b] = [random.below(targets.length) * width, random.below(targets.length) * width];
    let sum = 0;
    for (let j = 0; j < width; j++) sum += (inputs[a + j]! - inputs[b + j]!) ** 2;
    return Math.sqrt(sum);
  }).sort();
  const median = distances[pairs >> 1]!;
  return median > 0 ? 1 / median : 1;
}
