/** Rows thinned out for a picture. */
import type { Track } from '../../simulate/engine.ts';
import { rowMs, stepAt, type Timetable } from '../../simulate/timetable.ts';

/** Points of a line as positions in time and values; both grow together. */
export interface Thinned {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface Timeline {
  /** Time that one point stands for. */
  readonly pointMs: number;
  /** The largest need of each point; NaN where all of it is blank. */
  readonly need: Thinned;
  /** The fewest replicas in service of each point. */
  readonly ready: Thinned;
  /** Where some row of the point is short: from the fewest in service up to the largest need; else NaN. */
  readonly short: { readonly x: readonly number[]; readonly low: readonly number[]; readonly high: readonly number[] };
}

/** At most `most` points behind the warm-up; each stands for as many rows. What is short in one row is shown. */
export function thinOut(track: Track, needed: Uint32Array, timetable: Timetable, most: number): Timeline {
  const { warmUpRows, rows, decideMs } = timetable;
  const bundle = Math.max(1, Math.ceil((rows - warmUpRows) / most));
  const [need, ready] = [newLine(), newLine()];
  const short = { x: [] as number[], low: [] as number[], high: [] as number[] };
  for (let first = warmUpRows; first < rows; first += bundle) {
    const last = Math.min(rows, first + bundle);
    const point = pointOf(track, needed, timetable, first, last);
    const atMs = rowMs(timetable, first);
    need.add(atMs, point.need);
    ready.add(atMs, point.ready);
    const [low, high] = point.isShort ? [point.ready, point.need] : [Number.NaN, Number.NaN];
    const endMs = rowMs(timetable, last);
    if (point.isShort || !Number.isNaN(short.low.at(-1) ?? Number.NaN)) {
      short.x.push(atMs, endMs);
      short.low.push(low, low);
      short.high.push(high, high);
    }
  }
  const endMs = rowMs(timetable, rows);
  return { pointMs: bundle * decideMs, need: need.end(endMs), ready: ready.end(endMs), short };
}

function pointOf(track: Track, needed: Uint32Array, timetable: Timetable, first: number, last: number) {
  let [need, ready, isShort] = [0, Number.POSITIVE_INFINITY, false];
  for (let row = first; row < last; row++) {
    const rowNeed = needed[stepAt(timetable, row)]!;
    need = Math.max(need, rowNeed);
    ready = Math.min(ready, track.ready[row]!);
    isShort ||= track.ready[row]! < rowNeed;
  }
  return { need: need === 0 ? Number.NaN : need, ready, isShort };
}

/** Collects a step line and keeps only the points at which it changes. */
function newLine() {
  const x: number[] = [];
  const y: number[] = [];
  return {
    add(atMs: number, value: number) {
      if (Object.is(value, y.at(-1))) return;
      x.push(atMs);
      y.push(value);
    },
    end(endMs: number): Thinned {
      x.push(endMs);
      y.push(y.at(-1)!);
      return { x, y };
    },
  };
}
