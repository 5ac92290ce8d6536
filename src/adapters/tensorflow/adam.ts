/** Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov & Hutter 2019) and a bound on the gradient's norm. */
export interface Adam {
  /** Moves the parameters in place. */
  step(gradients: readonly Float32Array[], learningRate: number): void;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;
const WEIGHT_DECAY = 1e-3;
const MOST_NORM = 1;

export function startAdam(parameters: readonly Float32Array[]): Adam {
  const first = parameters.map((p) => new Float64Array(p.length));
  const second = parameters.map((p) => new Float64Array(p.length));
  let count = 0;
  return {
    step(gradients, learningRate) {
      count += 1;
      const squares = gradients.reduce((sum, g) => g.reduce((s, x) => s + x * x, sum), 0);
      const clip = Math.min(1, MOST_NORM / (Math.sqrt(squares) + EPSILON));
      const [bias1, bias2] = [1 - BETA1 ** count, 1 - BETA2 ** count];
      for (let k = 0; k < parameters.length; k++) {
        const [p, g, m, v] = [parameters[k]!, gradients[k]!, first[k]!, second[k]!];
        for (let i = 0; i < p.length; i++) {
          const gradient = clip * g[i]!;
          m[i] = BETA1 * m[i]! + (1 - BETA1) * gradient;
          v[i] = BETA2 * v[i]! + (1 - BETA2) * gradient * gradient;
          const move = m[i]! / bias1 / (Math.sqrt(v[i]! / bias2) + EPSILON);
          p[i]! -= learningRate * (move + WEIGHT_DECAY * p[i]!);
        }
      }
    },
  };
}
