/**
 * The memory that the experts of one series share. Single steps for a day and somewhat more, so that what was known at
 * an origin 24 hours back can be read again when its outcome arrives; slots of about five minutes for two weeks.
 */
import type { Mark, WallClock } from '../../domain/forecast.ts';
import { arrayIn, type Parameters } from '../parameters.ts';
import type { Past } from './past.ts';
import { type SampleRing, startSampleRing } from './sample-ring.ts';
import { wallTime } from './wall-time.ts';

export interface PastSettings {
  readonly stepMs: number;
  /** In steps, ascending. */
  readonly seasons: readonly number[];
  /** Absolute number of the first step that will be pushed. */
  readonly firstStep: number;
  /** UTC when absent. */
  readonly clock?: WallClock;
}

/** The writer's side: one owner pushes, everybody else reads. */
export interface PastKeeper extends Past {
  /**
   * Takes the step after `newest`.
   *
   * @param z - NaN when missing; infinite counts as missing
   * @param fill - what the seasonal shape expected there, in place of a missing sample; the last value when NaN
   */
  push(z: number, mark: Mark, fill: number): void;
  save(): Parameters;
}

const HOUR_MS = 3_600_000;
const SLOT_MS = 300_000;
/** The longest horizon, and the lags that are read before its origin. */
const FINE_MS = 26.5 * HOUR_MS;
/** Two weeks, and the neighbours of a slot two weeks back. */
const LONGEST_MS = (14 * 24 + 6) * HOUR_MS;

export function startPast(settings: PastSettings, saved?: Parameters): PastKeeper {
  const { stepMs, seasons, firstStep, clock } = settings;
  const stepsPerSlot = Math.max(1, Math.round(SLOT_MS / stepMs));
  const spanSteps = Math.ceil(spanMs(seasons, stepMs) / stepMs);
  const fine = startSampleRing(Math.ceil(FINE_MS / stepMs), 'fine', saved);
  const slots = startSlots(stepsPerSlot, Math.ceil(spanSteps / stepsPerSlot), saved);
  const [newest, count, last, centre] = saved ? arrayIn(saved, 'past') : [firstStep - 1, 0, Number.NaN, 0];
  const state = { newest: newest!, count: count!, last: last! };
  setCentre(centre!);

  function setCentre(centre: number): void {
    fine.centre = centre;
    slots.ring.centre = centre;
  }

  const isFine = (step: number) => step <= state.newest && state.newest - step < fine.length;
  const isKept = (step: number) => step <= state.newest && slots.keeps(step);

  return {
    get newest() {
      return state.newest;
    },
    get count() {
      return state.count;
    },
    at(step) {
      if (isFine(step)) return fine.mark(step) ? fine.z(step) : Number.NaN;
      return isKept(step) && slots.ring.mark(slots.of(step)) ? slots.ring.z(slots.of(step)) : Number.NaN;
    },
    filled(step) {
      if (isFine(step)) return fine.z(step);
      return isKept(step) ? slots.ring.z(slots.of(step)) : Number.NaN;
    },
    markOf(step) {
      if (isFine(step)) return fine.mark(step);
      return isKept(step) ? slots.ring.mark(slots.of(step)) : undefined;
    },
    ...wallTime(stepMs, clock),
    push(z, mark, fill) {
      const isTrue = Number.isFinite(z);
      if (isTrue && state.count === 0) setCentre(z);
      const value = isTrue ? z : Number.isFinite(fill) ? fill : state.last;
      state.newest += 1;
      state.count += isTrue ? 1 : 0;
      state.last = value;
      fine.set(state.newest, value, isTrue ? mark : undefined);
      slots.push(state.newest, value, isTrue ? mark : undefined);
    },
    save: () => ({
      past: Float64Array.of(state.newest, state.count, state.last, fine.centre),
      ...fine.save(),
      ...slots.save(),
    }),
  };
}

/** Enough days or weeks for a shape, at most two weeks. */
function spanMs(seasons: readonly number[], stepMs: number): number {
  const shortest = (seasons[0] ?? 1) * stepMs;
  const longest = (seasons.at(-1) ?? 1) * stepMs;
  return Math.max(FINE_MS, Math.min(LONGEST_MS, Math.max(2 * longest, 7 * shortest) + 6 * HOUR_MS));
}

interface Slots {
  readonly ring: SampleRing;
  of(step: number): number;
  keeps(step: number): boolean;
  push(step: number, value: number, mark: Mark | undefined): void;
  save(): Parameters;
}

/** Means over `width` steps. The slot that is still filling is not kept yet: its steps are fine. */
function startSlots(width: number, length: number, saved?: Parameters): Slots {
  const ring = startSampleRing(length, 'slots', saved);
  const [slot, sum, count, fillSum, fillCount, worst] = saved ? arrayIn(saved, 'open') : [-1, 0, 0, 0, 0, 0];
  const open = {
    slot: slot!,
    sum: sum!,
    count: count!,
    fillSum: fillSum!,
    fillCount: fillCount!,
    worst: worst!,
  };
  const of = (step: number) => Math.floor(step / width);

  function close(): void {
    const { slot, sum, count, fillSum, fillCount } = open;
    if (count > 0) ring.set(slot, sum / count, SEVERITY[open.worst]!);
    else if (fillCount > 0) ring.set(slot, fillSum / fillCount, undefined);
  }

  return {
    ring,
    of,
    keeps: (step) => of(step) < open.slot && open.slot - of(step) <= length,
    push(step, value, mark) {
      if (of(step) !== open.slot) {
        close();
        Object.assign(open, { slot: of(step), sum: 0, count: 0, fillSum: 0, fillCount: 0, worst: 0 });
      }
      if (mark === undefined) {
        open.fillSum += value;
        open.fillCount += 1;
        return;
      }
      open.sum += value;
      open.count += 1;
      open.worst = Math.max(open.worst, SEVERITY.indexOf(mark));
    },
    save: () => ({ open: Float64Array.from(Object.values(open)), ...ring.save() }),
  };
}

/** A slot is as good as its worst true sample. */
const SEVERITY: readonly Mark[] = ['ok', 'censored', 'excluded'];
