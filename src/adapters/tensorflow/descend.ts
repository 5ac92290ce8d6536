/** Gradient descent that keeps the parameters which did best on what was held out. */
import { startAdam } from './adam.ts';

export interface Descent {
  readonly iterations: number;
  readonly learningRate: number;
  /** Gradient steps between two looks at what is held out, and how many looks in vain end the descent. */
  readonly checkEvery: number;
  readonly patience: number;
  /** Loss and gradients at step k for the parameters as they stand. */
  gradientAt(k: number): { readonly loss: number; readonly gradients: readonly Float32Array[] };
  /** Loss on what was held out for the parameters as they stand; NaN when nothing was. */
  heldOutLoss(): number;
}

export interface Descended {
  readonly parameters: readonly Float32Array[];
  readonly heldOutLoss: number;
  readonly iterations: number;
}

/** The rate rises over this share of the steps and then falls on a half cosine. */
const WARM_UP_SHARE = 0.03;

/**
 * @param parameters - moved in place
 * @throws Error when the loss or a parameter does not stay finite
 */
export function descend(parameters: readonly Float32Array[], descent: Descent): Descended {
  const adam = startAdam(parameters);
  const copy = () => parameters.map((p) => p.slice());
  let best = { parameters: copy(), heldOutLoss: descent.heldOutLoss(), iterations: 0 };
  let inVain = 0;
  for (let k = 0; k < descent.iterations; k++) {
    const { loss, gradients } = descent.gradientAt(k);
    if (!Number.isFinite(loss)) throw new Error(`training diverged: the loss of step ${k} is ${loss}`);
    adam.step(gradients, rateAt(k, descent));
    const isLast = k + 1 === descent.iterations;
    if (!isLast && (k + 1) % descent.checkEvery !== 0) continue;
    const heldOutLoss = descent.heldOutLoss();
    if (Number.isNaN(heldOutLoss) || !(heldOutLoss >= best.heldOutLoss)) {
      best = { parameters: copy(), heldOutLoss, iterations: k + 1 };
      inVain = 0;
    } else if (++inVain >= descent.patience) break;
  }
  if (!best.parameters.every((list) => list.every(Number.isFinite))) {
    throw new Error('training diverged: a weight is not finite');
  }
  return best;
}

function rateAt(k: number, { iterations, learningRate }: Descent): number {
  const warmUp = Math.max(1, Math.round(WARM_UP_SHARE * iterations));
  return learningRate * Math.min(1, (k + 1) / warmUp) * 0.5 * (1 + Math.cos((Math.PI * k) / iterations));
}

/** NaN when there is none. */
export function meanLoss(losses: readonly number[]): number {
  return losses.length > 0 ? losses.reduce((sum, loss) => sum + loss, 0) / losses.length : Number.NaN;
}
