/**
 * Aggregation of experts on one series, sample by sample. In each step the outcomes that have arrived judge what was issued
 * for them (weights, calibration, gate), then the experts see the sample, then they forecast and what is kept waits for
 * its outcome. Every forecast is judged on what it did not know, so no part of a history has to be held out.
 */
import type { Change } from '../../domain/change.ts';
import type { Mark } from '../../domain/forecast.ts';
import type { Parameters } from '../parameters.ts';
import { toZ } from '../transform.ts';

import { openCells } from './cells.ts';
import { type Curve, startCurve } from './curve.ts';
import { startIssued } from './issue.ts';
import { startJudge } from './judge.ts';
import type { MixedPlace } from './mixed-levels.ts';
import { type AggregateSettings, openParts, type Parts } from './parts.ts';

export interface Aggregate {
  readonly parts: Parts;
  /**
   * @param y - load of the next complete step; NaN when it is missing
   * @param ceiling - of the step before, in the unit of the load: what was said for this step is judged cut at it
   */
  observe(y: number, mark: Mark, ceiling: number): void;
  /** Forecast of a contender from the newest step on, for `steps` steps. */
  curve(contender: number, steps: number, levels: readonly MixedPlace[]): Curve;
  /** Changes noticed with the newest step. */
  readonly noticed: readonly Change[];
  /** Reacts to a change of the series: old weights and scales count less. @param strength - in (0, 1] */
  onChange(strength: number): void;
  save(): Parameters;
  /** Brings what experts say after the newest step up to date, where the series was only just taken up. */
  settle(): void;
  /** As in `Parts`. */
  wake(others: Parameters): void;
}

/** What a full change leaves of the weights' memory. */
const KEPT_ON_CHANGE = 0.5;

/** @param amend - puts other parts in the place of some, to find out what these are worth */
export function startAggregate(
  settings: AggregateSettings,
  saved?: Parameters,
  amend: (parts: Parts) => Parts = (parts) => parts,
): Aggregate {
  const parts = amend(openParts(settings, saved));
  const { past, base, panel, gate, samples, detector, mixture, layers } = parts;
  const cells = openCells(parts);
  const judge = startJudge(parts, cells);
  const issued = startIssued(parts, cells);
  const curve = startCurve(parts, issued);
  let noticed: readonly Change[] = [];
  // A sample that comes next makes it current as well.
  let isCurrent = saved === undefined;

  function onChange(strength: number): void {
    mixture.fade(1 - strength * (1 - KEPT_ON_CHANGE));
    for (const layer of layers) layer.hurry(strength);
  }

  function settle(): void {
    if (isCurrent) return;
    issued.refresh();
    isCurrent = true;
  }

  return {
    parts,
    get noticed() {
      return noticed;
    },
    observe(y, mark, ceiling) {
      const step = past.newest + 1;
      const z = toZ(settings.transform, y);
      const isTrue = !Number.isNaN(z);
      const score = isTrue ? judge.judge({ step, y, z, mark, ceiling }) : Number.NaN;
      past.push(z, mark, base.fill(step));
      base.observe(step, mark === 'ok' ? z : Number.NaN);
      samples.note(z);
      // Scores are in mean absolute errors; a deviation is 1.25 of them.
      noticed = detector.observe(score / 1.25, mark);
      if (noticed.length > 0) onChange(1);
      panel.observe();
      issued.update();
      isCurrent = true;
      gate.endStep(step);
    },
    curve(contender, steps, levels) {
      settle();
      return curve(contender, steps, levels);
    },
    onChange,
    save: () => parts.save(),
    settle,
    wake(others) {
      parts.wake(others);
      isCurrent = false;
    },
  };
}
