/** Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019). */

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;

export interface Adam {
  /** One step against `gradient`, in place; both as long as at the start. */
  step(weights: Float32Array, gradient: Float32Array, rate: number, weightDecay: number): void;
}

export function startAdam(length: number): Adam {
  const first = new Float32Array(length);
  const second = new Float32Array(length);
  let steps = 0;
  return {
    step(weights, gradient, rate, weightDecay) {
      steps += 1;
      const secondScale = 1 / (1 - SECOND_DECAY ** steps);
      const scaledRate = rate / (1 - FIRST_DECAY ** steps);
      const kept = 1 - rate * weightDecay;
      for (let i = 0; i < length; i++) {
        const g = gradient[i]!;
        const m = FIRST_DECAY * first[i]! + (1 - FIRST_DECAY) * g;
        const v = SECOND_DECAY * second[i]! + (1 - SECOND_DECAY) * g * g;
        first[i] = m;
        second[i] = v;
        weights[i] = weights[i]! * kept - (scaledRate * m) / (Math.sqrt(v * secondScale) + EPSILON);
      }
    },
  };
}
