/**
 * The memory that the experts of one series share. Single steps for a day and somewhat more, so that what was known at
 * an origin 24 hours back can be read again when its outcome arrives; slots of about five minutes for two weeks,
 * of an hour for four.
 */
import type { Mark, WallClock } from '../../domain/forecast.ts';
import { arrayIn, type Parameters } from '../parameters.ts';
import type { Past } from './past.ts';
import { type Remembers, remembers } from './remembers.ts';
import { startSampleRing } from './sample-ring.ts';
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
  readonly memory: Remembers['memory'];
  /** Goes on from what was copied into `memory`. */
  wake(): void;
  save(): Parameters;
}

const HOUR_MS = 3_600_000;
const SLOT_MS = 300_000;
/** The longest horizon, and the lags that are read before its origin. */
const FINE_MS = 26.1 * HOUR_MS;
/** Two weeks, an hour of daylight saving and the neighbours of a slot; four where slots are so long that they are few. */
const LONG_MS = (14 * 24 + 1.25) * HOUR_MS;
const LONGEST_MS = (28 * 24 + 6) * HOUR_MS;
const FEW_SLOTS = 1000;

export function startPast(settings: PastSettings, saved?: Parameters): PastKeeper {
  const { stepMs, seasons, firstStep, clock } = settings;
  const stepsPerSlot = Math.max(1, Math.round(SLOT_MS / stepMs));
  const spanSteps = Math.ceil(spanMs(seasons, stepMs) / stepMs);
  const fine = startSampleRing(Math.ceil(FINE_MS / stepMs), 'fine', saved);
  const slots = startSlots(stepsPerSlot, Math.ceil(spanSteps / stepsPerSlot), saved);
  // The newest step, how many true samples there were, and the last value or what stood in for it.
  const state = saved ? arrayIn(saved, 'past') : Float64Array.of(firstStep - 1, 0, Number.NaN);
  const { before, slot, slotsFrom } = wallTime(stepMs, clock);
  const { length } = fine;

  // Everybody reads it, thousands of times a step: plain properties of one shape, no getters.
  const past = {
    newest: state[0]!,
    count: state[1]!,
    at(step: number): number {
      const age = past.newest - step;
      if (age < 0) return Number.NaN;
      return age < length ? fine.at(age) : slots.at(step);
    },
    filled(step: number): number {
      const age = past.newest - step;
      if (age < 0) return Number.NaN;
      return age < length ? fine.filled(age) : slots.filled(step);
    },
    ordinary(step: number): number {
      const age = past.newest - step;
      if (age < 0) return Number.NaN;
      return age < length ? fine.ordinary(age) : slots.ordinary(step);
    },
    markOf(step: number): Mark | undefined {
      const age = past.newest - step;
      if (age < 0) return undefined;
      return age < length ? fine.mark(age) : slots.mark(step);
    },
    before,
    slot,
    slotsFrom,
    push(z: number, mark: Mark, fill: number): void {
      const isTrue = Number.isFinite(z);
      if (isTrue && past.count === 0) for (const ring of [fine, slots]) ring.setCentre(z);
      past.newest += 1;
      past.count += isTrue ? 1 : 0;
      const last = isTrue ? z : Number.isFinite(fill) ? fill : state[2]!;
      fine.push(last, isTrue ? mark : undefined);
      slots.push(past.newest, last, isTrue ? mark : undefined);
      state[0] = past.newest;
      state[1] = past.count;
      state[2] = last;
    },
    memory: [state, ...fine.memory, ...slots.memory],
    wake(): void {
      past.newest = state[0]!;
      past.count = state[1]!;
      for (const ring of [fine, slots]) ring.wake();
    },
    save: (): Parameters => ({ past: state.slice(), ...fine.save(), ...slots.save() }),
  };
  return past;
}

/** Enough days or weeks for a shape. */
function spanMs(seasons: readonly number[], stepMs: number): number {
  const shortest = (seasons[0] ?? 1) * stepMs;
  const longest = (seasons.at(-1) ?? 1) * stepMs;
  const most = Math.min(LONGEST_MS, Math.max(LONG_MS, FEW_SLOTS * Math.max(stepMs, SLOT_MS)));
  return Math.max(FINE_MS, Math.min(most, Math.max(4 * longest, 7 * shortest) + 6 * HOUR_MS));
}

/** By step; NaN and undefined for slots that are still filling or no longer kept. */
interface Slots {
  at(step: number): number;
  filled(step: number): number;
  ordinary(step: number): number;
  mark(step: number): Mark | undefined;
  setCentre(z: number): void;
  readonly memory: Remembers['memory'];
  wake(): void;
  push(step: number, value: number, mark: Mark | undefined): void;
  save(): Parameters;
}

/** Means over `width` steps. The slot that is still filling is not kept yet: its steps are fine. */
function startSlots(width: number, length: number, saved?: Parameters): Slots {
  const ring = startSampleRing(length, 'slots', saved);
  const open = startOpenSlot(saved);

  let running = open.number();

  /** A slot that is not kept has age −1. */
  function ageOf(step: number): number {
    const age = running - Math.floor(step / width) - 1;
    return age < length ? age : -1;
  }

  return {
    at(step) {
      const age = ageOf(step);
      return age < 0 ? Number.NaN : ring.at(age);
    },
    filled(step) {
      const age = ageOf(step);
      return age < 0 ? Number.NaN : ring.filled(age);
    },
    ordinary(step) {
      const age = ageOf(step);
      return age < 0 ? Number.NaN : ring.ordinary(age);
    },
    mark(step) {
      const age = ageOf(step);
      return age < 0 ? undefined : ring.mark(age);
    },
    setCentre: ring.setCentre,
    memory: [...open.memory, ...ring.memory],
    wake() {
      ring.wake();
      running = open.number();
    },
    push(step, value, mark) {
      const number = Math.floor(step / width);
      if (number !== running) {
        if (running >= 0) ring.push(open.mean(), open.mark());
        open.begin(number);
        running = number;
      }
      open.push(value, mark);
    },
    save: () => ({ ...open.save(), ...ring.save() }),
  };
}

interface OpenSlot extends Remembers {
  /** Slots since the epoch; −1 before the first. */
  number(): number;
  begin(number: number): void;
  push(value: number, mark: Mark | undefined): void;
  /** Of its true samples; of stand-ins where there are none. */
  mean(): number;
  /** A slot is as good as its worst true sample; undefined without one. */
  mark(): Mark | undefined;
}

const SEVERITY: readonly Mark[] = ['ok', 'censored', 'excluded'];

function startOpenSlot(saved?: Parameters): OpenSlot {
  // Number; sum and count of true samples; the same of stand-ins; worst mark.
  const state = saved ? arrayIn(saved, 'open') : Float64Array.of(-1, 0, 0, 0, 0, 0);
  return {
    number: () => state[0]!,
    begin(number) {
      state.fill(0);
      state[0] = number;
    },
    push(value, mark) {
      const at = mark === undefined ? 3 : 1;
      state[at]! += value;
      state[at + 1]! += 1;
      if (mark !== undefined) state[5] = Math.max(state[5]!, SEVERITY.indexOf(mark));
    },
    mean: () => (state[2]! > 0 ? state[1]! / state[2]! : state[3]! / state[4]!),
    mark: () => (state[2]! > 0 ? SEVERITY[state[5]!] : undefined),
    ...remembers({ open: state }),
  };
}
