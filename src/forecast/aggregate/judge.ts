/** The outcomes of one step: everything that was issued for it earlier is judged, and everything learns. */
import type { Mark } from '../../domain/forecast.ts';
import { fromZ } from '../transform.ts';
import type { Cells } from './cells.ts';
import { CONTENDERS } from './gate.ts';
import { LEVELS, MEDIAN, MIXED } from './mixed-levels.ts';
import type { Parts } from './parts.ts';

/** The step that has ended, and its true sample. */
export interface Outcome {
  readonly step: number;
  readonly y: number;
  /** `y` on the scale of the models. */
  readonly z: number;
  readonly mark: Mark;
  /**
   * Quantiles are judged cut at it, in the unit of the load, as they were when they were said: on loads of bursts what lies
   * above is beyond all measure. It is that of the step before; an hour ahead it may have been another one.
   */
  readonly ceiling: number;
}

export interface Judge {
  /** @returns score of the newest one-step forecast of the aggregate, in scales; NaN without one */
  judge(outcome: Outcome): number;
}

const N = CONTENDERS.length;
const ISSUED = [MEDIAN, MIXED.indexOf(0.9), LEVELS - 1] as const;
/** Weights are of the last days: their discount halves in this time, or in as many rounds when steps are long. */
const WEIGHT_HALF_LIFE_MS = 14 * 86_400_000;
const LEAST_HALF_LIFE_ROUNDS = 150;

export function startJudge(parts: Parts, cells: Cells): Judge {
  const { base, plan, layers, mixture, gate, recent, errors, settings, partOf } = parts;
  const us = new Float64Array(LEVELS);
  const issued = new Float64Array(ISSUED.length);
  const losses = new Float64Array(N);
  const keeps = weightKeeps(parts);
  // The gate judges what capacity plans for: the horizons up to the lead and its window.
  const gated = plan.horizons.filter((h) => h <= settings.horizonSteps).length;

  /** @returns mean pinball loss at the median and at 0.99, in the unit of the load */
  function lossOf(i: number, contender: number, { y, ceiling }: Outcome): number {
    layers[contender]!.quantiles(cells.place, cells.centres, us);
    for (let l = 0; l < ISSUED.length; l++) issued[l] = Math.min(ceiling, fromZ(settings.transform, us[ISSUED[l]!]!));
    recent.add(i, contender, y, issued);
    const [median, high] = [issued[0]!, issued[2]!];
    return Math.abs(y - median) / 4 + (y < high ? 0.01 * (high - y) : 0.99 * (y - high)) / 2;
  }

  /** For what takes outcomes as independent: the gate, live scores, and the weights of the experts. */
  function judgeTurn(i: number, contender: number, outcome: Outcome, ordinary: number): void {
    losses[contender] = lossOf(i, contender, outcome);
    if (contender > 0) return;
    // Behind a gap it is a horizon longer than it says.
    const { horizon, part } = cells.place;
    mixture.learn(plan.blockOf[horizon]!, {
      medians: cells.medians,
      at: 0,
      scale: layers[0]!.scales.at(horizon, part),
      z: outcome.z,
      keep: keeps[i]!,
      ordinary,
    });
  }

  /** @returns score of the outcome against the median, in scales */
  function calibrate(contender: number, z: number, mark: Mark): number {
    const { horizon, part } = cells.place;
    const layer = layers[contender]!;
    const error = Math.abs(z - cells.centres[MEDIAN]!) / layer.scales.at(horizon, part);
    errors.note(horizon, contender, error);
    return layer.learn(cells.place, cells.centres, z, mark);
  }

  return {
    judge(outcome) {
      const { step, z, mark } = outcome;
      cells.place.part = partOf(step);
      const ordinary = base.mean();
      let first = Number.NaN;
      for (let i = 0; i < plan.horizons.length; i++) {
        const cell = cells.issuedFor(i, step);
        if (cell < 0) continue;
        const isTurn = (step - plan.horizons[i]!) % plan.turns[i]! === 0;
        losses.fill(Number.NaN);
        for (let c = 0; c < N; c++) {
          cells.read(cell, c);
          if (Number.isNaN(cells.centres[MEDIAN]!)) continue;
          if (isTurn && mark === 'ok') judgeTurn(i, c, outcome, ordinary);
          const score = calibrate(c, z, mark);
          if (cells.place.horizon === 0 && c === 0) first = score;
        }
        if (isTurn && i < gated) gate.add(losses);
      }
      return first;
    },
  };
}

/** Discount of one round of each horizon, so that a block forgets at the same pace however many rounds it has. */
function weightKeeps({ plan, settings }: Parts): readonly number[] {
  const halfLife = WEIGHT_HALF_LIFE_MS / settings.stepMs;
  return plan.turns.map((turn, i) => {
    const rows = plan.blockOf.filter((block) => block === plan.blockOf[i]).length;
    return 0.5 ** (1 / (rows * Math.max(LEAST_HALF_LIFE_ROUNDS, halfLife / turn)));
  });
}
