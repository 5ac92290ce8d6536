/**
 * Number-crunching that the forecast stage asks for and adapters provide, so that the stage stays free of packages.
 * Both answer equal questions with equal bytes on the same machine and backend.
 */

/** Orders and fitting method of ARMA(p,q) with mean. */
export interface ArimaTask {
  /** Regular, finite, no gaps; a few hundred to a few thousand values. */
  readonly values: Float64Array;
  readonly p: number;
  readonly q: number;
  /** Adds one autoregressive and one moving-average term at this lag, 2 to 48: a short season. */
  readonly season?: number;
  /** `screen` is conditional least squares: several times faster, good enough to compare orders. */
  readonly effort: 'screen' | 'full';
}

export type ArimaFit =
  | {
      readonly kind: 'fitted';
      /** `w_t − mean = Σ phi_i·(w_{t−i} − mean) + ε_t − Σ theta_j·ε_{t−j}`, seasonal terms multiplied out. */
      readonly phi: Float64Array;
      readonly theta: Float64Array;
      readonly mean: number;
      /** Variance of ε in the squared unit of the values; > 0. */
      readonly variance: number;
      readonly aic: number;
    }
  | { readonly kind: 'rejected'; readonly message: string };

export interface ArimaEngine {
  /** Never throws for an input: what cannot be fitted safely is `rejected` with the reason. */
  fit(task: ArimaTask): ArimaFit;
}

/** One layer of LSTM cells and a dense head that also sees the input; the loss counts at every step of a window. */
export interface LstmTask {
  /** `steps × features`, row-major. Finite. */
  readonly inputs: Float32Array;
  /** `steps × outputs`, row-major; NaN is not learned from. */
  readonly targets: Float32Array;
  readonly features: number;
  readonly outputs: number;
  readonly units: number;
  /** Length of a training window, and how many of its first steps only warm the state up. */
  readonly windowSteps: number;
  readonly burnInSteps: number;
  readonly batch: number;
  /** Number of gradient steps. */
  readonly iterations: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Continue from these weights. */
  readonly initial?: LstmWeights;
}

/** Gates in the order input, forget, cell, output. All row-major. */
export interface LstmWeights {
  /** `features × 4·units`. */
  readonly kernel: Float32Array;
  /** `units × 4·units`. */
  readonly recurrent: Float32Array;
  /** `4·units`. */
  readonly bias: Float32Array;
  /** `(units + features) × outputs`. */
  readonly head: Float32Array;
  /** `outputs`. */
  readonly headBias: Float32Array;
}

export interface LstmEngine {
  /** Rejects with an Error when training does not stay finite or the backend fails. */
  train(task: LstmTask): Promise<LstmWeights>;
}
