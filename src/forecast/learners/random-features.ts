/**
 * Random Fourier features (Rahimi & Recht 2007, NIPS 20): `x ↦ √(2/M)·cos(ωᵢᵀx + bᵢ)` with ω ~ N(0, γ²I), b ~ U[0, 2π).
 * Their inner product approaches the Gaussian kernel `exp(−γ²‖x − x′‖²/2)`, with an error of about 1/√M.
 */

import { seededRandom } from '../random.ts';
import type { Lessons } from './lessons.ts';

export interface RandomFeatureSettings {
  readonly width: number;
  /** M. */
  readonly count: number;
  /** γ, one over the distance at which inputs stop being alike. */
  readonly inverseDistance: number;
  readonly seed: number;
  /** Inputs at the front that many rows in a row have in common; 0 when absent. */
  readonly common?: number;
}

export interface RandomFeatures {
  readonly count: number;
  /**
   * Writes the features of one row of inputs, which are finite.
   *
   * @param again - the common inputs are those of the call before
   */
  write(inputs: Float32Array, out: Float32Array, again?: boolean): void;
}

/** In parts of a turn: a table of a turn, read between its entries, is within 5e-6 of the cosine and takes a tenth of the time. */
const PARTS = 1024;
const COSINES = Float64Array.from({ length: PARTS + 1 }, (_, i) => Math.cos((2 * Math.PI * i) / PARTS));

export function randomFeatures(settings: RandomFeatureSettings): RandomFeatures {
  const { width, count, inverseDistance, common = 0 } = settings;
  const { frequencies, phases } = drawFor(settings);
  const size = Math.sqrt(2 / count);
  const started = new Float64Array(count);
  const angles = new Float64Array(count);
  // Input by input: sums of the same angle would have to wait for one another.
  const add = (sums: Float64Array, inputs: Float32Array, from: number, to: number) => {
    for (let j = from, at = from * count; j < to; j++) {
      const x = inverseDistance * inputs[j]!;
      for (let i = 0; i < count; i++, at++) sums[i]! += frequencies[at]! * x;
    }
  };
  return {
    count,
    write(inputs, out, again = false) {
      if (!again) {
        started.set(phases);
        add(started, inputs, 0, common);
      }
      angles.set(started);
      add(angles, inputs, common, width);
      for (let i = 0; i < count; i++) out[i] = size * cosineOf(angles[i]!);
    },
  };
}

function cosineOf(angle: number): number {
  const below = Math.floor(angle);
  const part = below & (PARTS - 1);
  return COSINES[part]! + (angle - below) * (COSINES[part + 1]! - COSINES[part]!);
}

interface Draw {
  /** Input by input. */
  readonly frequencies: Float64Array;
  readonly phases: Float64Array;
}

/** Drawn once for all workloads: 50 KB each would be more than all the rest of their state. */
const draws = new Map<string, Draw>();

function drawFor({ width, count, seed }: RandomFeatureSettings): Draw {
  const key = `${width} ${count} ${seed}`;
  const known = draws.get(key);
  if (known) return known;
  const random = seededRandom(seed);
  const radian = PARTS / (2 * Math.PI);
  const draw = {
    frequencies: Float64Array.from({ length: count * width }, () => radian * random.normal()),
    phases: Float64Array.from({ length: count }, () => PARTS * random.uniform()),
  };
  draws.set(key, draw);
  return draw;
}

export function featuresOfAll(features: RandomFeatures, lessons: Lessons): Lessons {
  const { inputs, width, targets } = lessons;
  const mapped = new Float32Array(targets.length * features.count);
  for (let i = 0; i < targets.length; i++) {
    const row = inputs.subarray(i * width, (i + 1) * width);
    features.write(row, mapped.subarray(i * features.count, (i + 1) * features.count));
  }
  return { ...lessons, inputs: mapped, width: features.count };
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
