/** Networks of random weights and series to follow, for tests that need no training. */

import type { LstmWeights } from '../../../src/domain/engines.ts';
import { type PastKeeper, startPast } from '../../../src/forecast/experts/start-past.ts';
import { INPUTS } from '../../../src/forecast/global/describe.ts';
import type { Encoder, QuantileExpert } from '../../../src/forecast/global/follow-scales.ts';
import { shareLstm, startGlobalLstm } from '../../../src/forecast/global/global-lstm.ts';
import { LEVELS } from '../../../src/forecast/global/network.ts';
import { CARRIES } from '../../../src/forecast/global/seasonal-base.ts';
import { UNIT_HORIZONS } from '../../../src/forecast/global/units.ts';
import { normal } from '../made-series.ts';

const UNITS = 8;

/** @param size - standard deviation of the weights; 0 leaves the seasonal base as it is */
export function madeNetwork(size = 0.2, seed = 1): LstmWeights {
  const gauss = normal(seed);
  const draw = (length: number) => Float32Array.from({ length }, () => size * gauss());
  const outputs = UNIT_HORIZONS.length * (LEVELS.length + CARRIES);
  return {
    kernel: draw(INPUTS.length * 4 * UNITS),
    recurrent: draw(UNITS * 4 * UNITS),
    bias: draw(4 * UNITS),
    head: draw((UNITS + INPUTS.length) * outputs),
    headBias: draw(outputs),
  };
}

export interface Followed {
  readonly past: PastKeeper;
  readonly expert: QuantileExpert;
  push(z: number): void;
  predict(): Float64Array;
}

export interface FollowSettings {
  readonly stepMs: number;
  readonly seasons: readonly number[];
  readonly horizons: readonly number[];
  readonly network?: Encoder;
  readonly firstStep?: number;
}

export function follow(settings: FollowSettings): Followed {
  const { stepMs, seasons, horizons, firstStep = 29_000_000 } = settings;
  const past = startPast({ stepMs, seasons, firstStep });
  const network = settings.network ?? shareLstm(madeNetwork());
  const expert = startGlobalLstm(network, { stepMs, seasons, horizons, past });
  return {
    past,
    expert,
    push(z) {
      past.push(z, 'ok', Number.NaN);
      expert.observe();
    },
    predict() {
      const out = new Float64Array(horizons.length);
      expert.predict(out);
      return out;
    },
  };
}

/** A daily wave with noise, on z. */
export function waves(steps: number, day: number, noise = 0.1, seed = 1): Float64Array {
  const gauss = normal(seed);
  return Float64Array.from({ length: steps }, (_, t) => 5 + Math.sin((2 * Math.PI * t) / day) + noise * gauss());
}
