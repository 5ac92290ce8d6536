/**
 * Tuning of the peers, the same for all: on each structural variant the ladder is searched by bisection for the
 * cheapest rung that keeps the aimed share of time in violation. A trial learns on the first half of the warm-up and is
 * scored on the second; nothing behind the warm-up is there to be read. Three variants of 15 rungs are 12 trials.
 */
import { measure, type Scores } from '../measure.ts';
import { neededByStep } from '../needed.ts';
import type { Pause } from '../policy.ts';
import { stepAt, type Timetable } from '../timetable.ts';
import type { StartAt } from './peer.ts';
import { type Past, replayWarmUp } from './replay.ts';

export interface Trial {
  readonly variant: number;
  readonly rung: number;
  readonly replicaHours: number;
  readonly violationShare: number;
}

export interface Tuned {
  readonly best: Trial;
  /** In the order played. */
  readonly trials: readonly Trial[];
}

/**
 * @param starts - one for each variant
 * @param ladder - from cheap to safe
 * @param pause - called before each trial
 * @returns undefined when the second half of the warm-up has no load to score by
 */
export async function tuneOnWarmUp<Rung>(
  starts: readonly StartAt<Rung>[],
  ladder: readonly Rung[],
  past: Past,
  violationShare: number,
  pause?: Pause,
): Promise<Tuned | undefined> {
  const halved = halve(past.timetable);
  const needed = neededByStep(seriesOf(past), past.card.need);
  if (!hasLoad(needed, halved)) return undefined;
  const play = async (variant: number, rung: number): Promise<Trial> => {
    await pause?.();
    const start = () => starts[variant]!(ladder[rung]!, halved, past.seed);
    const { track } = replayWarmUp(past, start);
    const scores = measure(track, { ...past.card, trace: seriesOf(past) }, needed, halved);
    return trialOf(variant, rung, scores);
  };
  const trials: Trial[] = [];
  for (const variant of starts.keys())
    trials.push(...(await climb(ladder.length, (rung) => play(variant, rung), violationShare)));
  return { best: trials.reduce((best, trial) => (isBetter(trial, best, violationShare) ? trial : best)), trials };
}

/** The warm-up as a simulation of its own, scored on its second half as far as whole steps are known. */
function halve(timetable: Timetable): Timetable {
  const rows = stepAt(timetable, timetable.warmUpRows) * timetable.rowsPerStep;
  return { ...timetable, warmUpRows: Math.floor(rows / 2), rows };
}

function hasLoad(needed: Uint32Array, halved: Timetable): boolean {
  for (let row = halved.warmUpRows; row < halved.rows; row++) if (needed[stepAt(halved, row)]! > 0) return true;
  return false;
}

function seriesOf({ rates, timetable: { startMs, stepMs } }: Past) {
  return { startMs, stepMs, values: rates };
}

function trialOf(variant: number, rung: number, scores: Scores): Trial {
  return { variant, rung, replicaHours: scores.replica_hours, violationShare: scores.violation_share };
}

/** Bisection for the lowest rung that keeps the share: ⌈log2(rungs + 1)⌉ trials. */
async function climb(rungs: number, play: (rung: number) => Promise<Trial>, violationShare: number): Promise<Trial[]> {
  const trials: Trial[] = [];
  let [low, high] = [0, rungs];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const trial = await play(middle);
    trials.push(trial);
    if (trial.violationShare <= violationShare) high = middle;
    else low = middle + 1;
  }
  return trials;
}

/** Within the share the cheaper one; outside it the one with fewer violations, then the cheaper. */
function isBetter(trial: Trial, best: Trial, violationShare: number): boolean {
  const excess = (one: Trial) => Math.max(one.violationShare, violationShare);
  return excess(trial) !== excess(best) ? excess(trial) < excess(best) : trial.replicaHours < best.replicaHours;
}
