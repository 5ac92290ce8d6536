/**
 * Linear ε-support vector regression in the primal: `min ½λ‖w‖² + mean (|y − wᵀx| − ε)+`, by stochastic subgradient steps
 * of 1/(λt) (Pegasos, Shalev-Shwartz, Singer & Srebro 2007) and a weighted mean of the iterates that forgets the early
 * ones (Shamir & Zhang 2013, ICML 28). The intercept is a column of ones, penalised like the rest.
 */

import { type Random, seededRandom } from '../random.ts';
import type { Lessons } from './lessons.ts';

export interface SupportVectorSettings {
  /** λ > 0. */
  readonly penalty: number;
  /** ε ≥ 0, in the unit of the targets: errors up to this size cost nothing. */
  readonly tolerance: number;
  /** Times that every row is visited. */
  readonly passes: number;
  readonly seed: number;
}

/** Of the mean of the iterates: the share of iterate t is about `(AVERAGING + 1)/t`. */
const AVERAGING = 3;

/**
 * @param lessons - inputs finite, of about unit size
 * @returns weights, the intercept last
 */
export function fitSupportVectors(lessons: Lessons, settings: SupportVectorSettings): Float64Array {
  const { inputs, width, targets, censored } = lessons;
  const { penalty, tolerance, passes, seed } = settings;
  const weights = new Float64Array(width + 1);
  const mean = new Float64Array(width + 1);
  const order = Int32Array.from(targets, (_, i) => i);
  const random = seededRandom(seed);
  // Steps of 1/(λt) are far too long for small t: start where a step is no longer than 1/‖x‖².
  const start = Math.ceil(largestNorm(lessons) / penalty);
  for (let t = 0, pass = 0; pass < passes; pass++) {
    shuffle(order, random);
    for (const row of order) {
      t += 1;
      const at = row * width;
      const rate = 1 / (penalty * (start + t));
      const error = targets[row]! - dot(weights, inputs, at, width);
      const isBound = error < 0 && censored?.[row] === 1;
      const push = Math.abs(error) > tolerance && !isBound ? rate * Math.sign(error) : 0;
      const keep = 1 - rate * penalty;
      const share = (AVERAGING + 1) / (t + AVERAGING);
      for (let j = 0; j <= width; j++) {
        weights[j] = keep * weights[j]! + push * (j < width ? inputs[at + j]! : 1);
        mean[j]! += share * (weights[j]! - mean[j]!);
      }
    }
  }
  return mean;
}

/** wᵀx with the intercept. */
export function predictLinear(weights: ArrayLike<number>, inputs: Float32Array): number {
  return dot(weights, inputs, 0, inputs.length);
}

function dot(weights: ArrayLike<number>, inputs: Float32Array, at: number, width: number): number {
  let sum = weights[width]!;
  for (let j = 0; j < width; j++) sum += weights[j]! * inputs[at + j]!;
  return sum;
}

function largestNorm({ inputs, width }: Lessons): number {
  let largest = 0;
  for (let at = 0; at < inputs.length; at += width) {
    let norm = 1;
    for (let j = 0; j < width; j++) norm += inputs[at + j]! ** 2;
    largest = Math.max(largest, norm);
  }
  return largest;
}

/** Fisher & Yates. */
function shuffle(order: Int32Array, random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
}
