import type { QuantileEngine } from '../../../src/domain/engines.ts';

/** For fleets that learn no network. */
export const noQuantiles: QuantileEngine = {
  trainLstm: () => Promise.reject(new Error('the backend is gone')),
  trainMixer: () => Promise.reject(new Error('the backend is gone')),
};
