/** Trains networks of quantiles with TensorFlow.js. */
import type { QuantileEngine } from '../../domain/engines.ts';
import { trainMixer } from './patch-mixer.ts';
import { trainLstm } from './quantile-lstm.ts';

/** The backend must have been loaded before (backend.ts). */
export function createQuantileEngine(): QuantileEngine {
  return { trainLstm: async (task) => trainLstm(task), trainMixer: async (task) => trainMixer(task) };
}
