/**
 * Bernstein online aggregation (Wintenberger 2017, Machine Learning 106): weights with second-order regret, at rates
 * that follow from what happened. One row of experts; the arrays hold many rows.
 *
 *     V += 2.2·r²;  η = 1.5/√V;  G += r − η·r²;  w ∝ π·η·exp(η·G)
 *
 * Sums are discounted, so that an expert that was bad before a change can come back.
 */
import type { StateStore } from './state-store.ts';

export interface WeightRule {
  /** Takes the regrets of one round in units of the scale; NaN for experts that slept. Older rounds count `keep` times. */
  learn(row: number, regrets: Float64Array, keep: number): void;
  /** Weights of one row, > 0, summing to 1 over all experts. */
  weigh(row: number, out: Float64Array, from: number): void;
  /** Forgets the share `1 − keep` of everything, on a change of the series. */
  fade(keep: number): void;
}

const VARIANCE_FACTOR = 2.2;
/**
 * The rate of the proof is that of the worst case. On thirteen recorded loads 1.5 times as much loses 0.1 % less, and 2 times no
 * less than that.
 */
const RATE = 1.5;
/** An expert that was hardly awake is not let loose: its rate is that of at least this share of the mean variance. */
const LEAST_VARIANCE_SHARE = 0.25;
const FIRST_VARIANCE = 1;

export function startBoa(rows: number, experts: number, store: StateStore): WeightRule {
  const variance = store.singles('boa.variance', rows * experts);
  const gain = store.singles('boa.gain', rows * experts);
  const logs = new Float64Array(experts);

  /** Each expert counts with at least a share of what the ordinary one has seen. */
  function leastVariance(base: number): number {
    let sum = 0;
    for (let k = 0; k < experts; k++) sum += variance[base + k]!;
    return FIRST_VARIANCE + (LEAST_VARIANCE_SHARE * sum) / experts;
  }

  return {
    learn(row, regrets, keep) {
      const base = row * experts;
      const least = leastVariance(base);
      for (let k = 0; k < experts; k++) {
        const r = regrets[k]!;
        if (Number.isNaN(r)) continue;
        const v = keep * variance[base + k]! + VARIANCE_FACTOR * r * r;
        const rate = RATE / Math.sqrt(Math.max(least, v));
        variance[base + k] = v;
        gain[base + k] = keep * gain[base + k]! + r - rate * r * r;
      }
    },
    weigh(row, out, from) {
      const base = row * experts;
      const least = leastVariance(base);
      let most = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < experts; k++) {
        const rate = RATE / Math.sqrt(Math.max(least, variance[base + k]!));
        logs[k] = rate * gain[base + k]! + Math.log(rate);
        if (logs[k]! > most) most = logs[k]!;
      }
      let sum = 0;
      for (let k = 0; k < experts; k++) {
        const w = Math.exp(logs[k]! - most);
        out[from + k] = w;
        sum += w;
      }
      for (let k = 0; k < experts; k++) out[from + k]! /= sum;
    },
    fade(keep) {
      for (let i = 0; i < gain.length; i++) {
        variance[i]! *= keep;
        gain[i]! *= keep;
      }
    },
  };
}
