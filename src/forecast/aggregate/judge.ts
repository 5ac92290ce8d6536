/** The outcomes of one step: everything that was issued for it earlier is judged, and everything learns. */
import type { Mark } from '../../domain/forecast.ts';
import { fromZ } from '../transform.ts';
import { CONTENDERS } from './gate.ts';
import { FEATURES, PARTS, type Place } from './layer.ts';
import { LEVELS, MEDIAN, MIXED } from './mixed-levels.ts';
import { CELL, type Parts } from './parts.ts';

export interface Judge {
  /**
   * @param step - the step that has ended, with its true sample `y`, `z` on the scale of the models
   * @returns score of the newest one-step forecast of the aggregate, in scales; NaN without one
   */
  judge(step: number, y: number, z: number, mark: Mark): number;
}

const N = CONTENDERS.length;
const ISSUED = [MEDIAN, MIXED.indexOf(0.9), LEVELS - 1] as const;
const MOST_BURST = 8;
/** Errors of the last five steps, and of about twenty outcomes of a block. */
const BURST_RATE = 0.13;
const OWN_BURST_RATE = 0.05;
const SHOCK_RATE = 0.35;
const MOST_SHOCK = 40;
const LIMIT_LEVEL = 0.99;
const LIMIT_RATE = 0.1;
const LEAST_LIMIT = 2.5;
/** Weights are of the last days: their discount halves in this time, or in as many rounds when steps are long. */
const WEIGHT_HALF_LIFE_MS = 5 * 86_400_000;
const LEAST_HALF_LIFE_ROUNDS = 150;

export function startJudge(parts: Parts): Judge {
  const { plan, layers, panel, mixture, waiting, gate, recent, columns, bursts, shock, settings, past, season } = parts;
  const { cells } = waiting;
  const K = panel.names.length;
  const centres = new Float64Array(LEVELS);
  const us = new Float64Array(LEVELS);
  const issued = new Float64Array(ISSUED.length);
  const losses = new Float64Array(N);
  const place: Place = { horizon: 0, part: 0, features: new Float64Array(FEATURES) };
  const keeps = weightKeeps(parts);
  // The gate judges what capacity plans for: the horizons up to the lead and its window.
  const gated = plan.horizons.filter((h) => h <= settings.horizonSteps).length;

  function readPlace(at: number, contender: number): void {
    const slope = cells[at + CELL.slope]!;
    place.features[0] = cells[at + CELL.burst]!;
    place.features[1] = cells[at + CELL.own + contender]!;
    place.features[2] = Math.max(0, slope);
    place.features[3] = Math.max(0, -slope);
    place.features[4] = cells[at + CELL.gap]!;
    place.features[5] = cells[at + CELL.shock]!;
  }

  function readCentres(at: number, contender: number): void {
    if (contender === 0) for (let l = 0; l < LEVELS; l++) centres[l] = cells[at + CELL.centres + l]!;
    else centres.fill(columns[contender]! < 0 ? Number.NaN : cells[at + CELL.medians + columns[contender]!]!);
  }

  /** @returns mean pinball loss at the median and at 0.99, in the unit of the load */
  function lossOf(i: number, contender: number, y: number, sigma: number): number {
    layers[contender]!.quantiles(place, sigma, centres, us);
    for (let l = 0; l < ISSUED.length; l++) issued[l] = fromZ(settings.transform, us[ISSUED[l]!]!);
    recent.add(i, contender, y, issued);
    const [median, high] = [issued[0]!, issued[2]!];
    return Math.abs(y - median) / 4 + (y < high ? 0.01 * (high - y) : 0.99 * (y - high)) / 2;
  }

  function judgeOne(i: number, contender: number, at: number, y: number, z: number, mark: Mark): number {
    readPlace(at, contender);
    readCentres(at, contender);
    losses[contender] = Number.NaN;
    if (Number.isNaN(centres[MEDIAN]!)) return Number.NaN;
    const layer = layers[contender]!;
    const sigma = layer.scale(i, place.part);
    if (mark === 'ok') losses[contender] = lossOf(i, contender, y, sigma);
    const error = Math.abs(z - centres[MEDIAN]!) / sigma;
    const score = layer.learn(place, centres, z, mark);
    const burst = 1 + contender * plan.blocks + plan.blockOf[i]!;
    bursts[burst]! += OWN_BURST_RATE * (Math.min(MOST_BURST, error) - bursts[burst]!);
    if (i === 0 && contender === 0) {
      bursts[0]! += BURST_RATE * (Math.min(MOST_BURST, error) - bursts[0]!);
      feelShock(error);
    }
    if (contender === 0 && mark === 'ok')
      mixture.learn(plan.blockOf[i]!, cells, at + CELL.medians, sigma, z, keeps[i]!);
    return score;
  }

  /** The limit is a quantile of the shock itself, tracked, so that a load of waves is not in shock by each of them. */
  function feelShock(error: number): void {
    shock[0]! += SHOCK_RATE * (Math.min(MOST_SHOCK, error) - shock[0]!);
    const isOver = shock[0]! > shock[1]!;
    shock[1] = Math.max(LEAST_LIMIT, shock[1]! + LIMIT_RATE * ((isOver ? 1 : 0) - (1 - LIMIT_LEVEL)));
  }

  return {
    judge(step, y, z, mark) {
      place.part = Math.floor((past.slot(step, season) * PARTS) / season);
      let first = Number.NaN;
      for (let i = 0; i < plan.horizons.length; i++) {
        const at = waiting.cellAt(i, step - plan.horizons[i]!);
        if (at < 0 || Number.isNaN(cells[at]!)) continue;
        place.horizon = i;
        for (let c = 0; c < N; c++) {
          const score = judgeOne(i, c, at, y, z, mark);
          if (i === 0 && c === 0) first = score;
        }
        if (i < gated) gate.add(losses);
      }
      return first;
    },
  };
}

/** Discount of one round of each horizon, so that a block forgets at the same pace however many rounds it has. */
function weightKeeps({ plan, settings }: Parts): readonly number[] {
  const halfLife = WEIGHT_HALF_LIFE_MS / settings.stepMs;
  return plan.strides.map((stride, i) => {
    const rows = plan.blockOf.filter((block) => block === plan.blockOf[i]).length;
    return 0.5 ** (1 / (rows * Math.max(LEAST_HALF_LIFE_ROUNDS, halfLife / stride)));
  });
}
