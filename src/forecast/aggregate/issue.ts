/** What is said after a step: the experts' medians mixed for each tracked horizon, and kept until the outcome is there. */

import { CONTENDERS } from './gate.ts';
import { nearestHorizon } from './horizon-plan.ts';
import { FEATURES, PARTS, type Place } from './layer.ts';
import { LEVELS, MEDIAN } from './mixed-levels.ts';
import { CELL, type Parts } from './parts.ts';

/** Forecasts from the newest step on, at the tracked horizons. */
export interface Issued {
  /** Takes what the experts say now; to be called after each step. */
  update(): void;
  /** Says again what was said after the newest step, when everything was just restored. */
  refresh(): void;
  /**
   * Quantiles of a contender at a tracked horizon, on z, ascending, in `quantiles`.
   * @returns the scale without the shape of the season; NaN where the contender has nothing to say
   */
  at(contender: number, horizon: number): number;
  readonly quantiles: Float64Array;
}

/** Steeper than so many scales is as steep. */
const MOST_SLOPE = 3;
/** A missing step is felt for so many behind it. */
const FELT_STEPS = 10;
/** Steepness is that of a quarter of an hour at least, or of three steps. */
const SLOPE_MS = 900_000;

export function startIssued(parts: Parts): Issued {
  const { plan, layers, panel, mixture, waiting, past, season, bursts, shock, columns, range, settings } = parts;
  const { cells } = waiting;
  const H = plan.horizons.length;
  const K = panel.names.length;
  const mixed = new Float64Array(H * LEVELS).fill(Number.NaN);
  const slopes = new Float64Array(H);
  const centres = new Float64Array(LEVELS);
  const quantiles = new Float64Array(LEVELS);
  const place: Place = { horizon: 0, part: 0, features: new Float64Array(FEATURES) };
  const slopeFrom = nearestHorizon(plan, Math.max(3, SLOPE_MS / settings.stepMs));

  const age = () => Math.max(0, range[2]!);

  /** Behind a gap a forecast is one of a longer horizon than it says. */
  const effective = (i: number) => (age() > 0 ? nearestHorizon(plan, plan.horizons[i]! + age()) : i);

  const partAt = (i: number) => Math.floor((past.slot(past.newest + plan.horizons[i]!, season) * PARTS) / season);

  function setPlace(i: number, contender: number): void {
    place.horizon = effective(i);
    place.part = partAt(i);
    const { features } = place;
    features[0] = bursts[0]! - 1;
    features[1] = bursts[1 + contender * plan.blocks + plan.blockOf[place.horizon]!]! - 1;
    features[2] = Math.max(0, slopes[i]!);
    features[3] = Math.max(0, -slopes[i]!);
    features[4] = range[3]! < FELT_STEPS ? 1 : 0;
    features[5] = Math.max(0, shock[0]! - shock[1]!);
  }

  function mixEach(): void {
    for (let i = 0; i < H; i++) {
      setPlace(i, 0);
      const block = plan.blockOf[place.horizon]!;
      mixture.mix(block, panel.medians, i * K, layers[0]!.scale(place.horizon, place.part), centres);
      mixed.set(centres, i * LEVELS);
    }
  }

  function mixAll(): void {
    mixEach();
    for (let i = 0; i < H; i++) {
      const far = Math.max(i, slopeFrom);
      const slope = (mixed[far * LEVELS + MEDIAN]! - mixed[MEDIAN]!) / layers[0]!.scale(far, partAt(far));
      slopes[i] = Number.isNaN(slope) ? 0 : Math.min(MOST_SLOPE, Math.max(-MOST_SLOPE, slope));
    }
  }

  function keep(): void {
    for (let i = 0; i < H; i++) {
      const at = waiting.cellAt(i, past.newest);
      if (at < 0) continue;
      if (age() > 0) {
        cells[at] = Number.NaN;
        continue;
      }
      for (let c = 0; c < CONTENDERS.length; c++) {
        setPlace(i, c);
        cells[at + CELL.own + c] = place.features[1]!;
      }
      cells[at + CELL.burst] = place.features[0]!;
      cells[at + CELL.slope] = slopes[i]!;
      cells[at + CELL.gap] = place.features[4]!;
      cells[at + CELL.shock] = place.features[5]!;
      for (let l = 0; l < LEVELS; l++) cells[at + CELL.centres + l] = mixed[i * LEVELS + l]!;
      for (let k = 0; k < K; k++) cells[at + CELL.medians + k] = panel.medians[i * K + k]!;
    }
  }

  function refresh(): void {
    panel.predict();
    bound(panel.medians, range);
    mixAll();
  }

  return {
    quantiles,
    update() {
      refresh();
      keep();
    },
    refresh,
    at(contender, i) {
      setPlace(i, contender);
      if (contender === 0) centres.set(mixed.subarray(i * LEVELS, (i + 1) * LEVELS));
      else centres.fill(columns[contender]! < 0 ? Number.NaN : panel.medians[i * K + columns[contender]!]!);
      const layer = layers[contender]!;
      layer.quantiles(place, layer.scale(place.horizon, place.part), centres, quantiles);
      return layer.flatScale(place.horizon);
    },
  };
}

/** Further out than the range of everything seen, widened by half and by a factor of two, nobody is believed. */
function bound(medians: Float32Array, range: Float64Array): void {
  const [low, high] = [range[0]!, range[1]!];
  if (Number.isNaN(low)) return;
  const margin = 0.5 * (high - low) + Math.LN2;
  for (let i = 0; i < medians.length; i++) {
    if (medians[i]! > high + margin) medians[i] = high + margin;
    else if (medians[i]! < low - margin) medians[i] = low - margin;
  }
}
