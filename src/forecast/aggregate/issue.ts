/** What is said after a step: the experts' medians mixed for each tracked horizon, and kept until the outcome is there. */
import { CELL, type Cells } from './cells.ts';
import { type Errors, FEATURES, writeFeatures } from './features.ts';
import { CONTENDERS } from './gate.ts';
import { nearestHorizon } from './horizon-plan.ts';
import { LEVELS, MEDIAN } from './mixed-levels.ts';
import type { Place } from './offset-model.ts';
import type { Parts } from './parts.ts';

/** Forecasts from the newest step on, at the tracked horizons. */
export interface Issued {
  /** Takes what the experts say now; to be called after each step. */
  update(): void;
  /** Says again what was said after the newest step, when everything was just restored. */
  refresh(): void;
  /**
   * Quantiles of a contender at a tracked horizon, on z, ascending, in `quantiles`.
   *
   * @returns the scale without the shape of the season
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

export function startIssued(parts: Parts, cells: Cells): Issued {
  const { plan, layers, panel, mixture, past, samples, errors, columns, settings, partOf } = parts;
  const H = plan.horizons.length;
  const K = panel.names.length;
  const mixed = new Float64Array(H * LEVELS).fill(Number.NaN);
  const slopes = new Float64Array(H);
  const known = new Float64Array(CELL.centres);
  const centres = new Float64Array(LEVELS);
  const quantiles = new Float64Array(LEVELS);
  const place: Place = { horizon: 0, part: 0, features: new Float64Array(FEATURES) };
  const slopeFrom = nearestHorizon(plan, Math.max(3, SLOPE_MS / settings.stepMs));
  const isBehindGap = () => (samples.sinceGap() < FELT_STEPS ? 1 : 0);

  const partAt = (i: number) => partOf(past.newest + plan.horizons[i]!);

  /** Behind a gap a forecast is one of a longer horizon than it says. */
  function setPlace(i: number): void {
    const age = samples.age();
    place.horizon = age > 0 ? nearestHorizon(plan, plan.horizons[i]! + age) : i;
    place.part = partAt(i);
  }

  function mixAll(): void {
    for (let i = 0; i < H; i++) {
      setPlace(i);
      const sigma = layers[0]!.scales.at(place.horizon, place.part);
      mixture.mix(plan.blockOf[place.horizon]!, panel.medians, i * K, sigma, centres);
      mixed.set(centres, i * LEVELS);
    }
    writeSlopes(slopes, mixed, slopeFrom, (i) => layers[0]!.scales.at(i, partAt(i)));
  }

  function refresh(): void {
    panel.predict();
    bound(panel.medians, samples.lowest(), samples.highest());
    mixAll();
  }

  function keep(i: number, at: number): void {
    setPlace(i);
    writeKnown(known, errors, plan.blockOf[place.horizon]!, slopes[i]!);
    known[CELL.horizon] = isBehindGap() ? -1 - place.horizon : place.horizon;
    cells.fill(at, known, mixed, i, panel.medians);
  }

  return {
    quantiles,
    refresh,
    update() {
      refresh();
      for (let i = 0; i < H; i++) {
        const at = cells.toFill(i, past.newest);
        if (at >= 0) keep(i, at);
      }
    },
    at(contender, i) {
      setPlace(i);
      const ofBlock = errors.ofBlock(contender, plan.blockOf[place.horizon]!);
      writeFeatures(place.features, errors.recent(), ofBlock, slopes[i]!, isBehindGap(), errors.shock());
      const column = columns[contender]!;
      for (let l = 0; l < LEVELS; l++) {
        centres[l] =
          contender === 0 ? mixed[i * LEVELS + l]! : column < 0 ? Number.NaN : panel.medians[i * K + column]!;
      }
      layers[contender]!.quantiles(place, centres, quantiles);
      return layers[contender]!.scales.flat(place.horizon);
    },
  };
}

/** What is known at an origin, in the places of a cell before the centres. */
function writeKnown(out: Float64Array, errors: Errors, block: number, slope: number): void {
  out[CELL.recent] = errors.recent();
  for (let c = 0; c < CONTENDERS.length; c++) out[CELL.ofBlock + c] = errors.ofBlock(c, block);
  out[CELL.slope] = slope;
  out[CELL.shock] = errors.shock();
}

/** Rise of the medians from the first horizon to each, or to `from` where that is further, in scales. */
function writeSlopes(out: Float64Array, mixed: Float64Array, from: number, scaleAt: (i: number) => number): void {
  for (let i = 0; i < out.length; i++) {
    const far = Math.max(i, from);
    const slope = (mixed[far * LEVELS + MEDIAN]! - mixed[MEDIAN]!) / scaleAt(far);
    out[i] = Number.isNaN(slope) ? 0 : Math.min(MOST_SLOPE, Math.max(-MOST_SLOPE, slope));
  }
}

/** Further out than the range of everything seen, widened by half and by a factor of two, nobody is believed. */
function bound(medians: Float32Array, low: number, high: number): void {
  if (Number.isNaN(low)) return;
  const margin = 0.5 * (high - low) + Math.LN2;
  for (let i = 0; i < medians.length; i++) {
    if (medians[i]! > high + margin) medians[i] = high + margin;
    else if (medians[i]! < low - margin) medians[i] = low - margin;
  }
}
