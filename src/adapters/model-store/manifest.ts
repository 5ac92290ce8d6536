/**
 * The manifest of a stored model: everything but the arrays, which stand in a file of their own in the order of the manifest.
 * Numbers that JSON cannot hold are written as text.
 */
import type { FittedModel, FittedSeries, ForecasterName, ForecastScore, LevelReplay } from '../../domain/forecast.ts';

export const FORMAT = 'forescale-model';
/** Of the layout of all parameters and of the files: another length or meaning of any of them is another version. */
export const VERSION = 7;

export interface Manifest {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly key: string;
  /** ISO 8601, for people; `trainedThroughMs` is what counts. */
  readonly trainedThrough: string;
  readonly trainedThroughMs: number;
  readonly source?: string;
  readonly stepMs: number;
  readonly seed: number;
  readonly acting: ForecasterName;
  readonly verdict: string;
  readonly scores: readonly StoredScore[];
  readonly replay?: LevelReplay;
  readonly features: StoredModels;
  /** SHA-256 of the weights, hexadecimal; their file is named by it. */
  readonly checksum: string;
}

type StoredNumber = number | 'NaN' | 'Infinity' | '-Infinity';
type StoredScore = Omit<ForecastScore, 'mase' | 'weightedQuantileLoss' | 'coverage'> & {
  readonly mase: StoredNumber;
  readonly weightedQuantileLoss: StoredNumber;
  readonly coverage: { readonly q50: StoredNumber; readonly q90: StoredNumber; readonly q99: StoredNumber };
};

type StoredParameter =
  | { readonly number: StoredNumber }
  | { readonly text: string }
  | { readonly numbers: readonly number[] }
  /** Byte offset into the weights, a multiple of 8, and number of elements. */
  | { readonly array: 'float64' | 'float32'; readonly offset: number; readonly length: number };

type Value = FittedModel['parameters'][string];

/** Names of the parameters of each model, with the numbers and the places of the arrays. */
export type StoredModels = { readonly [model: string]: { readonly [parameter: string]: StoredParameter } };
type Models = { readonly [model: string]: FittedModel['parameters'] };

/** Arrays of all models behind each other, each at a multiple of 8 bytes, little-endian. */
export function packModels(models: Models): { features: StoredModels; weights: Uint8Array } {
  const chunks: { offset: number; array: Float64Array | Float32Array }[] = [];
  let size = 0;
  const store = (value: Value): StoredParameter => {
    if (typeof value === 'number') return { number: storeNumber(value) };
    if (typeof value === 'string') return { text: value };
    if (!(value instanceof Float64Array || value instanceof Float32Array)) return { numbers: value };
    const offset = size;
    chunks.push({ offset, array: value });
    size += Math.ceil(value.byteLength / 8) * 8;
    return { array: value instanceof Float64Array ? 'float64' : 'float32', offset, length: value.length };
  };
  const features = Object.fromEntries(
    Object.entries(models).map(([model, parameters]) => [
      model,
      Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, store(value)])),
    ]),
  );
  const weights = new Uint8Array(size);
  for (const { offset, array } of chunks) {
    weights.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
  }
  return { features, weights };
}

export function pack(fitted: FittedSeries): { features: StoredModels; weights: Uint8Array } {
  const models = Object.values(fitted.models).map(({ kind, parameters }) => [kind, parameters] as const);
  return packModels(Object.fromEntries(models));
}

/** @throws RangeError when a place lies outside the weights */
export function unpackModels(features: StoredModels, weights: Uint8Array): Models {
  const bytes = Uint8Array.from(weights).buffer;
  return Object.fromEntries(
    Object.entries(features).map(([model, stored]) => [
      model,
      Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, restore(value, bytes)])),
    ]),
  );
}

/** @throws RangeError when a place lies outside the weights */
export function unpack(manifest: Manifest, weights: Uint8Array): FittedSeries {
  const unpacked = Object.entries(unpackModels(manifest.features, weights));
  const models = Object.fromEntries(
    unpacked.map(([kind, parameters]) => [kind, { kind, parameters }]),
  ) as FittedSeries['models'];
  const { trainedThroughMs, stepMs, seed, acting, verdict, source, replay } = manifest;
  const scores = manifest.scores.map(restoreScore);
  const base = { trainedThroughMs, stepMs, seed, acting, verdict, scores, models };
  return { ...base, ...(source !== undefined && { source }), ...(replay && { replay }) };
}

function restore(stored: StoredParameter, bytes: ArrayBuffer): Value {
  if ('number' in stored) return Number(stored.number);
  if ('text' in stored) return stored.text;
  if ('numbers' in stored) return stored.numbers;
  return stored.array === 'float64'
    ? new Float64Array(bytes, stored.offset, stored.length).slice()
    : new Float32Array(bytes, stored.offset, stored.length).slice();
}

function storeNumber(value: number): StoredNumber {
  return Number.isFinite(value) ? value : (String(value) as StoredNumber);
}

export function storeScore({ coverage, mase, weightedQuantileLoss, ...rest }: ForecastScore): StoredScore {
  return {
    ...rest,
    mase: storeNumber(mase),
    weightedQuantileLoss: storeNumber(weightedQuantileLoss),
    coverage: { q50: storeNumber(coverage.q50), q90: storeNumber(coverage.q90), q99: storeNumber(coverage.q99) },
  };
}

function restoreScore({ coverage, mase, weightedQuantileLoss, ...rest }: StoredScore): ForecastScore {
  return {
    ...rest,
    mase: Number(mase),
    weightedQuantileLoss: Number(weightedQuantileLoss),
    coverage: { q50: Number(coverage.q50), q90: Number(coverage.q90), q99: Number(coverage.q99) },
  };
}
