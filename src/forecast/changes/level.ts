/**
 * Watches one-step residuals for a load that left its forecast and stays away: a CUSUM on each side, with a threshold
 * from the alarms that it raised.
 *
 * A threshold worked out for Gaussian residuals alarms several times a day on those of a real forecast, whose tails are
 * heavy and which lag. So every alarm lifts the threshold by half, and in the time in which one alarm is accepted it sinks
 * back by as much: the alarms of n such spans number n + ln(highest/least)/ln 1.5 at most, whatever the residuals are (the
 * argument of Gibbs & Candès 2021 for coverage, on the logarithm of a threshold). A true change costs a few steps of delay
 * at the next one, for some days.
 */
import type { Change } from '../../domain/change.ts';
import type { Mark } from '../../domain/forecast.ts';
import { addScore, type Cusum, emptyCusum, resetCusum, shiftOf } from './cusum.ts';

/** One alarm in 26,000 Gaussian steps: two and a half weeks of minutes. */
const LEAST_THRESHOLD = 9;
/** Also what a threshold begins with: nothing is known of the residuals yet. */
const LIFT = 1.5;
/** What learns from an alarm needs a while; the residuals until then are of the same change. */
const QUIET_STEPS = 30;

export interface LevelWatch {
  /**
   * @param score - residual of the one-step forecast in standard deviations; NaN when there is none
   * @param mark - of a censored sample only what lies above its forecast says anything; an incident says nothing
   */
  observe(score: number, step: number, mark: Mark): Change | undefined;
  save(): Float64Array;
}

/** @param oneInSteps - steps in which one false alarm is accepted */
export function startLevelWatch(oneInSteps: number, saved?: Float64Array): LevelWatch {
  const sink = LIFT ** (-1 / oneInSteps);
  const up = emptyCusum();
  const down = emptyCusum();
  let threshold = LIFT * LEAST_THRESHOLD;
  let quiet = 0;
  if (saved) [threshold, quiet] = restore(saved, up, down);

  function alarm(kind: 'level-up' | 'level-down', cusum: Cusum, atStep: number): Change {
    const change = { kind, strength: shiftOf(cusum), atStep, message: messageOf(kind, cusum) };
    resetCusum(up);
    resetCusum(down);
    threshold *= LIFT;
    quiet = QUIET_STEPS;
    return change;
  }

  return {
    observe(score, step, mark) {
      threshold = Math.max(LEAST_THRESHOLD, threshold * sink);
      if (quiet > 0) {
        quiet -= 1;
        return undefined;
      }
      if (Number.isNaN(score) || mark === 'excluded') return undefined;
      addScore(up, mark === 'censored' ? Math.max(0, score) : score);
      if (up.sum > threshold) return alarm('level-up', up, step);
      if (mark === 'censored') return undefined;
      addScore(down, -score);
      return down.sum > threshold ? alarm('level-down', down, step) : undefined;
    },
    save: () => Float64Array.of(threshold, quiet, up.sum, up.steps, down.sum, down.steps),
  };
}

function messageOf(kind: 'level-up' | 'level-down', cusum: Cusum): string {
  const side = kind === 'level-up' ? 'above' : 'below';
  return `the load has been ${shiftOf(cusum).toFixed(1)} deviations ${side} its one-step forecast for ${cusum.steps} steps`;
}

const STATE_SIZE = 6;

function restore(saved: Float64Array, up: Cusum, down: Cusum): [threshold: number, quiet: number] {
  if (saved.length !== STATE_SIZE) throw new RangeError(`state of ${saved.length} numbers: expected ${STATE_SIZE}`);
  Object.assign(up, { sum: saved[2], steps: saved[3] });
  Object.assign(down, { sum: saved[4], steps: saved[5] });
  return [saved[0]!, saved[1]!];
}
