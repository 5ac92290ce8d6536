import type { Past } from '../experts/past.ts';
import type { FeatureSet } from './feature-set.ts';

/** z at `origin − k`. Missing samples are stood in for by what the shape expected. */
export function lags(ks: readonly number[]): FeatureSet {
  return {
    names: ks.map((k) => `lag ${k}`),
    write(past, { origin, base }, out, offset) {
      for (let i = 0; i < ks.length; i++) out[offset + i] = past.filled(origin - ks[i]!) - base;
    },
  };
}

/**
 * Means over the steps `origin − edges[i+1] + 1 … origin − edges[i]`, edges ascending: less noise than single lags.
 *
 * @param mostReads - longer windows are read at this many steps, evenly spaced: it bounds the cost
 */
export function windowMeans(edges: readonly number[], mostReads = Number.POSITIVE_INFINITY): FeatureSet {
  const starts = edges.slice(0, -1);
  return {
    names: starts.map((from, i) => `mean of ${from} to ${edges[i + 1]! - 1} back`),
    write(past, { origin, base }, out, offset) {
      for (let i = 0; i < starts.length; i++) {
        const stride = Math.max(1, Math.ceil((edges[i + 1]! - starts[i]!) / mostReads));
        out[offset + i] = meanOver(past, origin - edges[i + 1]! + 1, origin - starts[i]!, stride) - base;
      }
    },
  };
}

/** Least-squares slope over the last `span` steps, times `span`: what the trend added over that time. */
export function slopes(spans: readonly number[]): FeatureSet {
  return {
    names: spans.map((span) => `slope over ${span}`),
    write(past, { origin }, out, offset) {
      for (let i = 0; i < spans.length; i++) out[offset + i] = riseOver(past, origin, spans[i]!);
    },
  };
}

/** Mean of every `stride`-th of the steps `to` … `from`, newest first; NaN when one of them is not kept. */
export function meanOver(past: Past, from: number, to: number, stride = 1): number {
  let [sum, n] = [0, 0];
  for (let step = to; step >= from; step -= stride) {
    sum += past.filled(step);
    n += 1;
  }
  return sum / n;
}

function riseOver(past: Past, origin: number, span: number): number {
  const middle = (span - 1) / 2;
  let sum = 0;
  for (let k = 0; k < span; k++) sum += (middle - k) * past.filled(origin - k);
  // Σ (k − middle)² over k = 0 … span − 1.
  return (sum * 12) / (span * span - 1);
}
