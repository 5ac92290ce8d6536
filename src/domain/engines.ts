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

/**
 * Windows that a network learns from. Step-major: row `t·count + b` belongs to step t of window b. A network without a
 * state sees windows of one step.
 */
export interface LessonBatch {
  readonly count: number;
  /** `steps × count × features`. Finite. */
  readonly inputs: Float32Array;
  /** `lossSteps × count × horizons`; NaN is not learned from. */
  readonly targets: Float32Array;
  /** `lossSteps × count × carries`: known distances that the network may carry over to a horizon, in the unit of the targets. */
  readonly carried: Float32Array;
}

/**
 * What a network of quantiles is taught, whatever its inside. Its output `j·horizons + i` is of level j at horizon i: the
 * median as it is, every other level as softplus⁻¹ of its distance to its neighbour nearer the median, so that quantiles
 * never cross. Behind them, output `(levels + c)·horizons + i` is the share of carried distance c that is added to the median.
 */
interface QuantileTask {
  readonly features: number;
  readonly horizons: number;
  /** Ascending in (0, 1), the median among them. */
  readonly levels: readonly number[];
  readonly carries: number;
  /** Most gradient steps. */
  readonly iterations: number;
  readonly learningRate: number;
  readonly seed: number;
  /** The windows of gradient step k; may be overwritten by the next call. */
  readonly lessons: (k: number) => LessonBatch;
  /** Newer than every lesson. The weights that did best on these are kept, and training ends when they stop getting better. */
  readonly heldOut: readonly LessonBatch[];
  /** Gradient steps between two looks at what is held out, and how many looks in vain end the training. */
  readonly checkEvery: number;
  readonly patience: number;
}

/** One layer of LSTM cells; its head also sees the inputs. */
export interface QuantileLstmTask extends QuantileTask {
  readonly units: number;
  readonly windowSteps: number;
  /** Steps of a window at which the loss counts, ascending. */
  readonly lossSteps: readonly number[];
  readonly initial?: LstmWeights;
}

/**
 * A mixer of patches (Chen et al. 2023, TSMixer; Nie et al. 2023 for the patches): each patch becomes `channels` numbers,
 * and each block adds to them an MLP over the patches and one over the channels, both of what layer normalisation leaves.
 */
export interface PatchMixerShape {
  /** A row of inputs is `patches · patchLength` values, oldest first, then `context` numbers that only the head sees. */
  readonly patches: number;
  readonly patchLength: number;
  readonly context: number;
  readonly channels: number;
  readonly blocks: number;
  /** Widths within the two MLPs. */
  readonly patchHidden: number;
  readonly channelHidden: number;
}

export interface PatchMixerTask extends QuantileTask {
  readonly shape: PatchMixerShape;
  readonly initial?: PatchMixerWeights;
}

/** Matrices row-major, one row per input and the bias as last row. */
export interface PatchMixerWeights {
  /** `(patchLength + 1) × channels`. */
  readonly embed: Float32Array;
  /** `patches × channels`, added to each patch. */
  readonly position: Float32Array;
  /** `(patches + 1) × patchHidden` and `(patchHidden + 1) × patches`, block after block. */
  readonly patchIn: Float32Array;
  readonly patchOut: Float32Array;
  /** `(channels + 1) × channelHidden` and `(channelHidden + 1) × channels`, block after block. */
  readonly channelIn: Float32Array;
  readonly channelOut: Float32Array;
  /** `(patches · channels + context + 1) × outputs`. */
  readonly head: Float32Array;
}

export interface Trained<Weights> {
  readonly weights: Weights;
  /** Mean pinball loss over all levels on what was held out. */
  readonly heldOutLoss: number;
  /** Gradient steps that were made. */
  readonly iterations: number;
}

export interface QuantileEngine {
  /** Rejects with an Error when training does not stay finite or the backend fails. */
  trainLstm(task: QuantileLstmTask): Promise<Trained<LstmWeights>>;
  trainMixer(task: PatchMixerTask): Promise<Trained<PatchMixerWeights>>;
}
