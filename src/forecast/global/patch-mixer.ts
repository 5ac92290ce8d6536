/** Inference of a mixer of patches in plain typed arrays (Chen et al. 2023, TSMixer; see `PatchMixerShape`). */
import type { PatchMixerShape, PatchMixerWeights } from '../../domain/engines.ts';

const EPSILON = 1e-3;

export interface PatchMixer {
  /** @param inputs - a row as described by the shape. The work space is shared: no two at a time. */
  run(inputs: Float32Array, out: Float32Array): void;
}

export function startPatchMixer(shape: PatchMixerShape, weights: PatchMixerWeights): PatchMixer {
  const { patches, patchLength, context, channels, blocks, patchHidden, channelHidden } = shape;
  const x = new Float64Array(patches * channels);
  const calm = new Float64Array(patches * channels);
  const column = new Float64Array(patches);
  const row = new Float64Array(channels);
  const hidden = [new Float64Array(patchHidden), new Float64Array(channelHidden)] as const;
  const mixed = new Float64Array(patches);
  const values = new Float64Array(patchLength);
  const seen = new Float64Array(patches * channels + context);
  const block = (list: Float32Array, b: number) =>
    list.subarray((b * list.length) / blocks, ((b + 1) * list.length) / blocks);
  const layers = Array.from({ length: blocks }, (_, b) => ({
    patchIn: block(weights.patchIn, b),
    patchOut: block(weights.patchOut, b),
    channelIn: block(weights.channelIn, b),
    channelOut: block(weights.channelOut, b),
  }));

  function embed(inputs: Float32Array): void {
    for (let p = 0; p < patches; p++) {
      for (let i = 0; i < patchLength; i++) values[i] = inputs[p * patchLength + i]!;
      dense(values, weights.embed, row);
      for (let c = 0; c < channels; c++) x[p * channels + c] = row[c]! + weights.position[p * channels + c]!;
    }
  }

  function mixPatches(patchIn: Float32Array, patchOut: Float32Array): void {
    normalise(x, channels, calm);
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < patches; p++) column[p] = calm[p * channels + c]!;
      dense(column, patchIn, hidden[0]);
      rectify(hidden[0]);
      dense(hidden[0], patchOut, mixed);
      for (let p = 0; p < patches; p++) x[p * channels + c]! += mixed[p]!;
    }
  }

  function mixChannels(channelIn: Float32Array, channelOut: Float32Array): void {
    normalise(x, channels, calm);
    for (let p = 0; p < patches; p++) {
      dense(calm.subarray(p * channels, (p + 1) * channels), channelIn, hidden[1]);
      rectify(hidden[1]);
      dense(hidden[1], channelOut, row);
      for (let c = 0; c < channels; c++) x[p * channels + c]! += row[c]!;
    }
  }

  return {
    run(inputs, out) {
      embed(inputs);
      for (const { patchIn, patchOut, channelIn, channelOut } of layers) {
        mixPatches(patchIn, patchOut);
        mixChannels(channelIn, channelOut);
      }
      seen.set(x);
      seen.set(inputs.subarray(patches * patchLength), x.length);
      dense(seen, weights.head, out);
    },
  };
}

/** `out = [x, 1] · matrix`, the bias in the last row; two rows at a time. */
function dense(x: Float64Array, matrix: Float32Array, out: Float64Array | Float32Array): void {
  const width = out.length;
  const bias = x.length * width;
  for (let j = 0; j < width; j++) out[j] = matrix[bias + j]!;
  let i = 0;
  for (; i + 2 <= x.length; i += 2) {
    const a = x[i]!;
    const b = x[i + 1]!;
    const row = i * width;
    const next = row + width;
    for (let j = 0; j < width; j++) out[j]! += a * matrix[row + j]! + b * matrix[next + j]!;
  }
  if (i < x.length) for (let j = 0; j < width; j++) out[j]! += x[i]! * matrix[i * width + j]!;
}

/** Each patch to mean 0 and deviation 1 over its channels. */
function normalise(x: Float64Array, channels: number, out: Float64Array): void {
  for (let at = 0; at < x.length; at += channels) {
    let [sum, squares] = [0, 0];
    for (let c = 0; c < channels; c++) sum += x[at + c]!;
    const mean = sum / channels;
    for (let c = 0; c < channels; c++) squares += (x[at + c]! - mean) ** 2;
    const factor = 1 / Math.sqrt(squares / channels + EPSILON);
    for (let c = 0; c < channels; c++) out[at + c] = (x[at + c]! - mean) * factor;
  }
}

function rectify(x: Float64Array): void {
  for (let i = 0; i < x.length; i++) if (x[i]! < 0) x[i] = 0;
}
