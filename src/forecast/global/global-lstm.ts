/** The global LSTM as an expert; its time scales, seasonal base and answers are those of follow-scales.ts. */
import type { LstmWeights } from '../../domain/engines.ts';
import type { ExpertSettings } from '../experts/expert.ts';
import type { Parameters } from '../parameters.ts';
import type { LessonForm } from './cut-windows.ts';
import { describe, INPUTS } from './describe.ts';
import { type Encoder, followScales, type QuantileExpert } from './follow-scales.ts';
import { startQuantileLstm } from './quantile-lstm.ts';
import { unitWidths } from './units.ts';

const WINDOW_UNITS = 96;

/** The first units of a window only warm the state up; then the loss counts at every fourth, for neighbours tell the same. */
export const lstmForm: LessonForm = {
  units: WINDOW_UNITS,
  lossUnits: Array.from({ length: 17 }, (_, i) => 31 + 4 * i),
  inputs: INPUTS.length,
  widths: unitWidths,
  describe,
};

/** Made once per process; every expert of the fleet shares it. */
export function shareLstm(weights: LstmWeights): Encoder {
  const lstm = startQuantileLstm(weights);
  const inputs = new Float32Array(INPUTS.length);
  const scratch = lstm.newState();
  return {
    widths: unitWidths,
    lookEvery: (_, width) => Math.max(1, Math.round(width / 3)),
    newMemory: () => ({ ...lstm.newState() }),
    look(frame, state, memory, isOver, out) {
      describe(frame, state, inputs);
      const cells = { hidden: memory['hidden']!, cell: memory['cell']! };
      if (isOver) return lstm.step(cells, inputs, out);
      scratch.hidden.set(cells.hidden);
      scratch.cell.set(cells.cell);
      return lstm.step(scratch, inputs, out);
    },
  };
}

export function startGlobalLstm(lstm: Encoder, settings: ExpertSettings, saved?: Parameters): QuantileExpert {
  return followScales(lstm, settings, saved);
}
