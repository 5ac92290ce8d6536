/**
 * The patch mixer as an expert. It reads the newest 336 units of a scale at once (a day of five minutes, two weeks of
 * hours) and keeps no state of its own but its last answer; its scales, base and answers are those of follow-scales.ts.
 */
import type { PatchMixerShape, PatchMixerWeights } from '../../domain/engines.ts';
import type { ExpertSettings } from '../experts/expert.ts';
import type { Parameters } from '../parameters.ts';
import type { LessonForm } from './cut-windows.ts';
import { describe, INPUTS, squash } from './describe.ts';
import { type Encoder, followScales, type QuantileExpert } from './follow-scales.ts';
import { startPatchMixer } from './patch-mixer.ts';
import { at, type Frame, roughMean, scaleOf } from './seasonal-base.ts';
import { unitWidths } from './units.ts';

export const mixerShape: PatchMixerShape = {
  patches: 14,
  patchLength: 24,
  context: INPUTS.length,
  channels: 16,
  blocks: 2,
  patchHidden: 14,
  channelHidden: 32,
};
const UNITS = mixerShape.patches * mixerShape.patchLength;
const FIVE_MINUTES_MS = 300_000;

export const mixerForm: LessonForm = {
  units: 1,
  lossUnits: [0],
  inputs: UNITS + INPUTS.length,
  widths: coarseWidths,
  describe: describeHistory,
};

/** Single minutes are left to the LSTM: the history that they show is too short for patches, and costs most. */
function coarseWidths(stepMs: number, longestHorizon: number): readonly number[] {
  const coarse = unitWidths(stepMs, longestHorizon).filter((width) => width * stepMs >= FIVE_MINUTES_MS);
  return coarse.length > 0 ? coarse : [Math.max(1, Math.round(FIVE_MINUTES_MS / stepMs))];
}

/** The history around its level, oldest first, 0 where nothing is known, then what the LSTM sees of the newest unit. */
function describeHistory(frame: Frame, state: Float64Array, out: Float32Array): void {
  const [level, scale, end] = [state[at.level]!, scaleOf(state), state[at.end]!];
  for (let i = 0; i < UNITS; i++) {
    out[i] = squash((roughMean(frame, end - (UNITS - 1 - i) * frame.width) - level) / scale);
  }
  describe(frame, state, out.subarray(UNITS));
}

export function shareMixer(weights: PatchMixerWeights): Encoder {
  const mixer = startPatchMixer(mixerShape, weights);
  const inputs = new Float32Array(mixerForm.inputs);
  return {
    widths: coarseWidths,
    lookEvery: (stepMs, width) => Math.max(1, Math.round(Math.max(FIVE_MINUTES_MS / stepMs, width / 4))),
    newMemory: () => ({}),
    look(frame, state, _memory, _isOver, out) {
      describeHistory(frame, state, inputs);
      mixer.run(inputs, out);
    },
  };
}

export function startGlobalMixer(mixer: Encoder, settings: ExpertSettings, saved?: Parameters): QuantileExpert {
  return followScales(mixer, settings, saved);
}
