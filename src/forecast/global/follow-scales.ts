/**
 * A global network as an expert: one set of weights for all series, learned across the fleet or shipped, and a small
 * state per series. Median at a horizon = seasonal base + scale × output (seasonal-base.ts, units.ts).
 *
 * On a coarse scale the state moves when a unit is over. In between it is moved on a copy by the mean of the newest
 * `width` steps, so that a forecast never starts from a level that is an hour old.
 */
import type { Expert, ExpertSettings } from '../experts/expert.ts';
import { placeHorizon } from '../horizons.ts';
import { arrayIn, type Parameters, singlesIn } from '../parameters.ts';
import { LEVELS, MEDIAN, MOST_SCALES, OUTPUTS } from './network.ts';
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
import { scaleFor, UNIT_HORIZONS, unitPlace } from './units.ts';

export interface QuantileExpert extends Expert {
  readonly levels: readonly number[];
  /**
   * Writes the quantile of one level of the network at each tracked horizon; NaN where `predict` says NaN.
   * @param level - index into `levels`
   */
  predictLevel(level: number, out: Float64Array): void;
}

/** What differs between networks: how they make outputs of what they have seen on one scale. */
export interface Encoder {
  /** Scales that the network follows, see `unitWidths`. */
  widths(stepMs: number, longestHorizon: number): readonly number[];
  /** Steps between two looks at a scale; it also looks whenever a unit is over. */
  lookEvery(stepMs: number, width: number): number;
  /** Arrays that belong to one scale of one series; saved and restored as they are. */
  newMemory(): { readonly [name: string]: Float32Array };
  /**
   * Writes the outputs for the newest unit of `state`.
   * @param isOver - the unit is complete: the memory moves on; else it must stay as it is
   */
  look(
    frame: Frame,
    state: Float64Array,
    memory: { readonly [name: string]: Float32Array },
    isOver: boolean,
    out: Float32Array,
  ): void;
}

/** Units that a scale has seen before it speaks: two hours of minutes and of five minutes, a day of hours. */
const READY_UNITS = 24;
/** Answers are for single steps: their seasonal shape is read over no more than this, whatever the scale. */
const ANSWER_MS = 300_000;

/** One time scale: what it has taken in, and how it saw things at its last look. */
interface Scale {
  readonly name: string;
  readonly frame: Frame;
  /** For the step that is asked for, where a unit would blur what happens within the hour. */
  readonly narrow: Frame;
  /** The seasonal base after the last complete unit, and as of the last look. */
  readonly state: Float64Array;
  readonly view: Float64Array;
  readonly memory: { readonly [name: string]: Float32Array };
  /** Outputs of the network as of the last look, and what it could carry over. */
  readonly outputs: Float32Array;
  readonly carried: Float32Array;
}

export function followScales(encoder: Encoder, settings: ExpertSettings, saved?: Parameters): QuantileExpert {
  const { past, horizons, stepMs } = settings;
  const widths = encoder.widths(stepMs, horizons.at(-1)!);
  const scales = widths.map((width) => startScale(encoder, settings, width));
  if (saved) for (const scale of scales) restore(scale, saved);
  const isReady = (index: number) => scales[index]!.view[at.count]! >= READY_UNITS;

  function predictLevel(level: number, out: Float64Array): void {
    for (let i = 0; i < horizons.length; i++) {
      const index = scaleFor(horizons[i]!, widths, isReady);
      out[i] = index < 0 ? Number.NaN : answer(scales[index]!, past.newest + horizons[i]!, level);
    }
  }

  return {
    levels: LEVELS,
    observe() {
      const steps = past.newest + 1;
      for (const scale of scales) {
        const { width } = scale.frame;
        const isOver = steps % width === 0;
        const isDue = steps % encoder.lookEvery(stepMs, width) === 0;
        if (isOver || isDue) look(encoder, scale, past.newest, isOver);
      }
    },
    predict: (out) => predictLevel(MEDIAN, out),
    predictLevel,
    save: () =>
      Object.fromEntries(scales.flatMap((scale) => arraysOf(scale).map(([name, list]) => [name, list.slice()]))),
  };
}

function look(
  encoder: Encoder,
  { frame, state, view, memory, outputs, carried }: Scale,
  end: number,
  isOver: boolean,
): void {
  if (isOver) {
    advance(frame, state, end, unitMean(frame, end));
    view.set(state);
  } else {
    view.set(state);
    advance(frame, view, end, unitMean(frame, end));
  }
  encoder.look(frame, view, memory, isOver, outputs);
  carry(frame, view, carried);
}

/** @param step - the one that is asked for */
function answer({ frame, narrow, view, outputs, carried }: Scale, step: number, level: number): number {
  const ahead = unitPlace(step - view[at.end]!, frame.width);
  const place = placeHorizon(UNIT_HORIZONS, Math.max(1, ahead));
  const here = quantileAt(outputs, carried, place.index, level);
  const next = place.share > 0 ? quantileAt(outputs, carried, place.index + 1, level) : here;
  const output = here + place.share * (next - here);
  const bounded = Math.min(MOST_SCALES, Math.max(-MOST_SCALES, output));
  const uplift = frame.calendar?.eventAt(step).logUplift ?? 0;
  return base(narrow, view, step + ((narrow.width - 1) >> 1)) + scaleOf(view) * bounded + uplift;
}

/** Outputs stand level by level: the median as it is, the others as increments outwards (softplus). */
function quantileAt(outputs: Float32Array, carried: Float32Array, horizon: number, level: number): number {
  const outwards = Math.sign(level - MEDIAN);
  let q = outputs[MEDIAN * UNIT_HORIZONS.length + horizon]!;
  for (let c = 0; c < CARRIES; c++) q += outputs[(LEVELS.length + c) * UNIT_HORIZONS.length + horizon]! * carried[c]!;
  for (let j = MEDIAN; j !== level; ) {
    j += outwards;
    const raw = outputs[j * UNIT_HORIZONS.length + horizon]!;
    q += outwards * (Math.max(raw, 0) + Math.log1p(Math.exp(-Math.abs(raw))));
  }
  return q;
}

function startScale(encoder: Encoder, settings: ExpertSettings, width: number): Scale {
  const frame = frameOf(settings, width);
  return {
    name: `unit-${width}`,
    frame,
    narrow: { ...frame, width: Math.min(width, Math.max(1, Math.round(ANSWER_MS / settings.stepMs))) },
    state: newState(),
    view: newState(),
    memory: encoder.newMemory(),
    outputs: new Float32Array(OUTPUTS),
    carried: new Float32Array(CARRIES),
  };
}

/** Everything that moves, by the name under which it is saved. */
function arraysOf({ name, state, view, memory, outputs, carried }: Scale): [string, Float32Array | Float64Array][] {
  return Object.entries({ state, view, outputs, carried, ...memory }).map(([what, list]) => [`${name}.${what}`, list]);
}

function restore(scale: Scale, saved: Parameters): void {
  for (const [name, list] of arraysOf(scale)) {
    const values = list instanceof Float64Array ? arrayIn(saved, name) : singlesIn(saved, name);
    if (values.length !== list.length)
      throw new RangeError(`${name}: expected ${list.length} numbers, got ${values.length}`);
    list.set(values);
  }
}
