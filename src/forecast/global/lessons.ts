/**
 * Windows for training, cut from many series. Series come one at a time and only their windows are kept, so that a fleet
 * never has to be in memory at once. Every series gives about as many windows as any other, whatever its length: a
 * fleet is learned by workload, not by volume.
 */
import type { LessonBatch } from '../../domain/engines.ts';
import type { Mark } from '../../domain/forecast.ts';
import { startPast } from '../experts/start-past.ts';
import { type Random, seededRandom } from '../learners/random.ts';
import type { Transformed } from '../point-forecaster.ts';
import { MOST_SCALES } from './network.ts';
import {
  advance,
  at,
  base,
  CARRIES,
  carry,
  type Frame,
  frameOf,
  newState,
  scaleOf,
  unitMean,
} from './seasonal-base.ts';
import { UNIT_HORIZONS } from './units.ts';

/** One series of the fleet on its transformed scale z; NaN is missing. */
export interface FleetSeries extends Transformed {
  readonly stepMs: number;
  readonly seasons: readonly number[];
  /** As long as `z`; all `ok` when absent. Others are seen, but no target. */
  readonly marks?: readonly Mark[];
}

/** What a window holds for one kind of network. */
export interface LessonForm {
  /** Length of a window, and the units of it at which the loss counts, ascending. */
  readonly units: number;
  readonly lossUnits: readonly number[];
  /** Numbers that the network sees of one unit, and what writes them. */
  readonly inputs: number;
  describe(frame: Frame, state: Float64Array, out: Float32Array): void;
  widths(stepMs: number, longestHorizon: number): readonly number[];
}

/** The newest part of each series judges the weights. */
const HELD_OUT_SHARE = 0.15;
/** The longest horizon that a daemon plans for decides which scales there are. */
const LONGEST_HORIZON_MS = 24 * 3_600_000;

/** Windows of one scale of one series, window after window, each as one part of a batch. */
interface Windows {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  readonly carried: Float32Array;
  readonly count: number;
}

export interface Lessons {
  add(series: FleetSeries): void;
  /** Windows that may be learned from, and that were held out. */
  readonly sizes: { readonly learned: number; readonly heldOut: number };
  /** `count` windows, drawn by series, then by scale, then by place. */
  draw(count: number, random: Random): LessonBatch;
  /** At most `count` of those that were held out, evenly over the series. */
  heldOut(count: number): LessonBatch[];
}

/** Every fourth window begins within so many lengths of the series' start: there a young workload is learned. */
const YOUNG_LENGTHS = 2;
const LEAST_YOUNG_UNITS = 192;

/** @param windowsEach - windows per series and scale; a quarter as many are held out */
export function collectLessons(form: LessonForm, windowsEach: number, seed: number): Lessons {
  const random = seededRandom(seed);
  const learned: Windows[][] = [];
  const heldOut: Windows[] = [];
  const total = (lists: readonly Windows[]) => lists.reduce((sum, { count }) => sum + count, 0);
  return {
    add(series) {
      const scales = form.widths(series.stepMs, LONGEST_HORIZON_MS / series.stepMs);
      const own: Windows[] = [];
      for (const width of scales) {
        const units = Math.floor(series.z.length / width);
        const cut = Math.floor((1 - HELD_OUT_SHARE) * units);
        const old = choosePlaces(form, 0, cut - UNIT_HORIZONS.at(-1)!, windowsEach, random);
        const young = choosePlaces(
          form,
          Math.max(1, cut - form.lossUnits[0]!),
          units,
          Math.ceil(windowsEach / 4),
          random,
        );
        const [learnt, held] = cutWindows(form, series, width, [old, young]);
        if (learnt!.count > 0) own.push(learnt!);
        if (held!.count > 0) heldOut.push(held!);
      }
      if (own.length > 0) learned.push(own);
    },
    get sizes() {
      return { learned: total(learned.flat()), heldOut: total(heldOut) };
    },
    draw(count, from) {
      const picks = Array.from({ length: count }, () => {
        const scales = learned[from.below(learned.length)]!;
        const windows = scales[from.below(scales.length)]!;
        return { windows, index: from.below(windows.count) };
      });
      return batchOf(form, picks);
    },
    heldOut(count) {
      const all = heldOut.flatMap((windows) =>
        Array.from({ length: windows.count }, (_, index) => ({ windows, index })),
      );
      const stride = Math.max(1, all.length / count);
      const some = Array.from({ length: Math.min(count, all.length) }, (_, i) => all[Math.floor(i * stride)]!);
      return some.length > 0 ? [batchOf(form, some)] : [];
    },
  };
}

/**
 * First units of windows that end before `until`: of a span that begins with the series every fourth from its start,
 * where a young workload is learned, the others anywhere.
 */
function choosePlaces(form: LessonForm, from: number, until: number, count: number, random: Random): number[] {
  const places = until - from - form.units - 1;
  if (places < 1) return [];
  return Array.from({ length: count }, (_, i) => {
    const early = from === 0 && i % 4 === 0;
    return (
      from + random.below(early ? Math.min(places, Math.max(LEAST_YOUNG_UNITS, YOUNG_LENGTHS * form.units)) : places)
    );
  });
}

/** Follows the series once through the same memory that an expert sees, and writes down what the windows need. */
function cutWindows(
  form: LessonForm,
  series: FleetSeries,
  width: number,
  groups: readonly (readonly number[])[],
): Windows[] {
  const units = Math.floor(series.z.length / width);
  const means = new Float64Array(units).fill(Number.NaN);
  const wanted = new Uint8Array(units);
  const judged = new Uint8Array(units);
  for (const start of groups.flat()) {
    wanted.fill(1, start, start + form.units);
    for (const t of form.lossUnits) judged[start + t] = 1;
  }
  const rows = new Map<number, Float32Array>();
  const outlooks = new Map<number, Outlook>();
  follow(series, width, (unit, frame, state, end, z) => {
    if (frame.past.markOf(end) === 'ok') means[unit] = z;
    advance(frame, state, end, z);
    if (wanted[unit]) {
      const row = new Float32Array(form.inputs);
      form.describe(frame, state, row);
      rows.set(unit, row);
    }
    if (judged[unit]) outlooks.set(unit, outlookAt(frame, state));
  });
  return groups.map((starts) => gather(form, starts, rows, outlooks, means));
}

type Visit = (unit: number, frame: Frame, state: Float64Array, end: number, z: number) => void;

function follow(series: FleetSeries, width: number, visit: Visit): void {
  const { z, firstStep, stepMs, seasons, marks } = series;
  const past = startPast({ stepMs, seasons, firstStep });
  const frame = frameOf({ past, stepMs, seasons }, width);
  const state = newState();
  const fillSeason = seasons[0] ?? 1;
  for (let t = 0; t < z.length; t++) {
    past.push(z[t]!, marks?.[t] ?? 'ok', past.filled(past.before(firstStep + t, fillSeason)));
    if ((t + 1) % width !== 0) continue;
    const end = past.newest;
    visit((t + 1) / width - 1, frame, state, end, unitMean(frame, end));
  }
}

/** What is seen from one unit. */
interface Outlook {
  /** The base at each horizon. */
  readonly bases: Float64Array;
  readonly scale: number;
  readonly carried: Float32Array;
}

function outlookAt(frame: Frame, state: Float64Array): Outlook {
  const carried = new Float32Array(CARRIES);
  carry(frame, state, carried);
  const end = state[at.end]!;
  const bases = Float64Array.from(UNIT_HORIZONS, (ahead) => base(frame, state, end + ahead * frame.width));
  return { bases, scale: scaleOf(state), carried };
}

function gather(
  form: LessonForm,
  starts: readonly number[],
  rows: ReadonlyMap<number, Float32Array>,
  outlooks: ReadonlyMap<number, Outlook>,
  means: Float64Array,
): Windows {
  const count = starts.length;
  const losses = form.lossUnits.length;
  const inputs = new Float32Array(count * form.units * form.inputs);
  const targets = new Float32Array(count * losses * UNIT_HORIZONS.length);
  const carried = new Float32Array(count * losses * CARRIES);
  starts.forEach((start, w) => {
    for (let t = 0; t < form.units; t++) inputs.set(rows.get(start + t)!, (w * form.units + t) * form.inputs);
    form.lossUnits.forEach((t, l) => {
      const outlook = outlooks.get(start + t)!;
      carried.set(outlook.carried, (w * losses + l) * CARRIES);
      const scales = UNIT_HORIZONS.map(
        (ahead, i) => ((means[start + t + ahead] ?? Number.NaN) - outlook.bases[i]!) / outlook.scale,
      );
      targets.set(scales.map(bounded), (w * losses + l) * UNIT_HORIZONS.length);
    });
  });
  return { inputs, targets, carried, count };
}

function bounded(scales: number): number {
  return Math.min(MOST_SCALES, Math.max(-MOST_SCALES, scales));
}

/** Step-major, as the engine takes them. */
function batchOf(
  form: LessonForm,
  picks: readonly { readonly windows: Windows; readonly index: number }[],
): LessonBatch {
  const count = picks.length;
  const horizons = UNIT_HORIZONS.length;
  const inputs = new Float32Array(count * form.units * form.inputs);
  const targets = new Float32Array(count * form.lossUnits.length * horizons);
  const carried = new Float32Array(count * form.lossUnits.length * CARRIES);
  picks.forEach(({ windows, index }, b) => {
    interleave(windows.inputs, index, form.units, form.inputs, inputs, b, count);
    interleave(windows.targets, index, form.lossUnits.length, horizons, targets, b, count);
    interleave(windows.carried, index, form.lossUnits.length, CARRIES, carried, b, count);
  });
  return { count, inputs, targets, carried };
}

function interleave(
  from: Float32Array,
  window: number,
  steps: number,
  width: number,
  to: Float32Array,
  b: number,
  count: number,
): void {
  for (let t = 0; t < steps; t++) {
    const source = (window * steps + t) * width;
    to.set(from.subarray(source, source + width), (t * count + b) * width);
  }
}
