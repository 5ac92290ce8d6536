/**
 * Windows for training, cut from many series. Series come one at a time and only their windows are kept, so that a fleet
 * never has to be in memory at once. Every series gives about as many windows as any other, whatever its length: a
 * fleet is learned by workload, not by volume.
 */
import type { LessonBatch } from '../../domain/engines.ts';
import { type Random, seededRandom } from '../random.ts';
import { cutWindows, type FleetSeries, type LessonForm, type Places, type Windows } from './cut-windows.ts';
import { CARRIES } from './seasonal-base.ts';
import { UNIT_HORIZONS } from './units.ts';

/** The newest part of each series judges the weights. */
const HELD_OUT_SHARE = 0.15;
/** The longest horizon that a daemon plans for decides which scales there are. */
const LONGEST_HORIZON_MS = 24 * 3_600_000;

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
  /** Windows to learn from, whose targets end before the newest part begins, and windows that are judged within it. */
  const placesOf = (width: number, units: number): Places => {
    const cut = Math.floor((1 - HELD_OUT_SHARE) * units);
    const old = choosePlaces(form, 0, cut - UNIT_HORIZONS.at(-1)!, windowsEach, random);
    const newest = Math.max(1, cut - form.lossUnits[0]!);
    return { width, groups: [old, choosePlaces(form, newest, units, Math.ceil(windowsEach / 4), random)] };
  };
  return {
    add(series) {
      const scales = form.widths(series.stepMs, LONGEST_HORIZON_MS / series.stepMs);
      const places = scales.map((width) => placesOf(width, Math.floor(series.z.length / width)));
      const cut = cutWindows(form, series, places);
      const own = cut.map(([old]) => old!).filter(({ count }) => count > 0);
      if (own.length > 0) learned.push(own);
      heldOut.push(...cut.map(([, newest]) => newest!).filter(({ count }) => count > 0));
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
