/** Inputs of zero mean and unit deviation, for learners that measure distances. */
import { type Parameters, singlesIn } from '../parameters.ts';
import type { Lessons } from './lessons.ts';

export interface StandardInputs {
  readonly width: number;
  /** Missing becomes the mean; beyond five deviations a value counts as five, so that nothing extrapolates far. */
  write(inputs: Float32Array, out: Float32Array): void;
  readonly parameters: Parameters;
}

const MOST_DEVIATIONS = 5;

export function fitStandardInputs({ inputs, width }: Lessons): StandardInputs {
  const means = new Float32Array(width);
  const deviations = new Float32Array(width).fill(1);
  for (let j = 0; j < width; j++) {
    let [count, mean, squares] = [0, 0, 0];
    for (let at = j; at < inputs.length; at += width) {
      const x = inputs[at]!;
      if (Number.isNaN(x)) continue;
      count += 1;
      const step = x - mean;
      mean += step / count;
      squares += step * (x - mean);
    }
    means[j] = mean;
    if (squares > 0) deviations[j] = Math.sqrt(squares / count);
  }
  return standardInputs(means, deviations);
}

export function readStandardInputs(parameters: Parameters): StandardInputs {
  return standardInputs(singlesIn(parameters, 'inputs.means'), singlesIn(parameters, 'inputs.deviations'));
}

function standardInputs(means: Float32Array, deviations: Float32Array): StandardInputs {
  return {
    width: means.length,
    parameters: { 'inputs.means': means, 'inputs.deviations': deviations },
    write(inputs, out) {
      for (let j = 0; j < means.length; j++) {
        const distance = (inputs[j]! - means[j]!) / deviations[j]!;
        out[j] = Number.isNaN(distance) ? 0 : Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, distance));
      }
    },
  };
}

export function standardizeAll(standard: StandardInputs, lessons: Lessons): Lessons {
  const { inputs, width } = lessons;
  const written = new Float32Array(inputs.length);
  for (let at = 0; at < inputs.length; at += width) {
    standard.write(inputs.subarray(at, at + width), written.subarray(at, at + width));
  }
  return { ...lessons, inputs: written };
}
