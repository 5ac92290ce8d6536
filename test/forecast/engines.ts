/** Engines for tests of the stage: the real ARIMA engine (fast), and networks that are trained, absent or broken. */
import { createArimaEngine } from '../../src/adapters/arima/engine.ts';
import type { LstmEngine } from '../../src/domain/engines.ts';
import type { Engines } from '../../src/forecast/learning.ts';

/** Weights of zero: the network then adds nothing to its base, which is enough to run the code around it. */
export const idleLstm: LstmEngine = {
  train: async ({ features, units, outputs }) => ({
    kernel: new Float32Array(features * 4 * units),
    recurrent: new Float32Array(units * 4 * units),
    bias: new Float32Array(4 * units),
    head: new Float32Array((units + features) * outputs),
    headBias: new Float32Array(outputs),
  }),
};

export const brokenLstm: LstmEngine = { train: () => Promise.reject(new Error('the backend is gone')) };

export function enginesWith(lstm: LstmEngine): Engines {
  return { arima: createArimaEngine(), lstm };
}
