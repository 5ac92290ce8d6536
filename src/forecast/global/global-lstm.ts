/**
 * The global LSTM as an expert: one set of weights for all series, learned across the fleet or shipped, and a small
 * state per series. Median at a horizon = seasonal base + scale × output (see seasonal-base.ts, units.ts).
 *
 * On a coarse scale the state moves when a unit is over. In between it is moved on a copy by the mean of the newest
 * `width` steps, so that a forecast never starts from a level that is an hour old.
 */
import type { Expert, ExpertSettings } from '../experts/expert.ts';
import { placeHorizon } from '../horizons.ts';
import { arrayIn, type Parameters, singlesIn } from '../parameters.ts';
import { describe, INPUTS } from './describe.ts';
import { type GlobalNetwork, LEVELS, MEDIAN } from './network.ts';
import { type CellState, type QuantileLstm, startQuantileLstm } from './quantile-lstm.ts';
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
import { scaleFor, UNIT_HORIZONS, unitPlace, unitWidths } from './units.ts';

export interface QuantileExpert extends Expert {
  /**
   * Writes the quantile of one level of the network at each tracked horizon; NaN where `predict` says NaN.
   * @param level - index into `levels`
   */
  predictLevel(level: number, out: Float64Array): void;
  readonly levels: readonly number[];
}

/** Units that a scale has seen before it speaks: two hours of minutes and of five minutes, a day of hours. */
const READY_UNITS = 24;
/** Looks that a coarse scale takes while a unit lasts. */
const LOOKS_PER_UNIT = 3;
/** Answers are for single steps: their seasonal shape is read over no more than this, whatever the scale. */
const ANSWER_MS = 300_000;
/** Outputs further out than this many scales count as this far, as in training. */
export const MOST_SCALES = 20;

/** One time scale: what it has taken in, and how it saw things at its last look. */
interface Scale {
  readonly frame: Frame;
  /** For the step that is asked for, where a unit would blur what happens within the hour. */
  readonly narrow: Frame;
  readonly name: string;
  readonly state: Float64Array;
  readonly cells: CellState;
  /** The seasonal base as of the last look. */
  readonly view: Float64Array;
  /** Outputs of the network as of the last look, and what it could carry over. */
  readonly outputs: Float32Array;
  readonly carried: Float32Array;
}

/** Made once per process; every expert of the fleet shares it. */
export type SharedNetwork = QuantileLstm;

export function shareNetwork(network: GlobalNetwork): SharedNetwork {
  return startQuantileLstm(network.weights);
}

export function startGlobalLstm(network: SharedNetwork, settings: ExpertSettings, saved?: Parameters): QuantileExpert {
  const { past, horizons, stepMs } = settings;
  const widths = unitWidths(stepMs, horizons.at(-1)!);
  const scales = widths.map((width) => startScale(network, settings, width, saved));
  const isReady = (index: number) => scales[index]!.view[at.count]! >= READY_UNITS;
  const inputs = new Float32Array(INPUTS.length);
  const scratch = network.newState();

  function look(scale: Scale, isOver: boolean): void {
    const { frame, state, view, cells } = scale;
    const end = past.newest;
    const z = unitMean(frame, end);
    const target = isOver ? state : view;
    if (!isOver) view.set(state);
    const change = state[at.count]! > 0 && !Number.isNaN(z) ? z - state[at.last]! : 0;
    const surprise = advance(frame, target, end, z);
    describe(frame, target, end, stepMs, surprise, change, inputs);
    carry(frame, target, base(frame, target, end), scale.carried);
    if (isOver) view.set(state);
    else copyCells(cells, scratch);
    network.step(isOver ? cells : scratch, inputs, scale.outputs);
  }

  function predictLevel(level: number, out: Float64Array): void {
    for (let i = 0; i < horizons.length; i++) {
      const index = scaleFor(horizons[i]!, widths, isReady);
      out[i] = index < 0 ? Number.NaN : answer(scales[index]!, past.newest, horizons[i]!, level);
    }
  }

  return {
    levels: LEVELS,
    observe() {
      for (const scale of scales) {
        const { width } = scale.frame;
        const isOver = (past.newest + 1) % width === 0;
        if (isOver || (past.newest + 1) % Math.max(1, Math.round(width / LOOKS_PER_UNIT)) === 0) look(scale, isOver);
      }
    },
    predict: (out) => predictLevel(MEDIAN, out),
    predictLevel,
    save: () => Object.assign({}, ...scales.map(saveScale)) as Parameters,
  };
}

function answer(
  { frame, narrow, view, outputs, carried }: Scale,
  newest: number,
  horizon: number,
  level: number,
): number {
  const place = placeHorizon(UNIT_HORIZONS, Math.max(1, unitPlace(horizon, frame.width)));
  const here = quantileAt(outputs, carried, place.index, level);
  const next = place.share > 0 ? quantileAt(outputs, carried, place.index + 1, level) : here;
  const output = here + place.share * (next - here);
  const bounded = Math.min(MOST_SCALES, Math.max(-MOST_SCALES, output));
  return base(narrow, view, newest + horizon + ((narrow.width - 1) >> 1)) + scaleOf(view) * bounded;
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

function startScale(network: QuantileLstm, settings: ExpertSettings, width: number, saved?: Parameters): Scale {
  const name = `unit-${width}`;
  const frame = frameOf(settings.past, settings.seasons, width);
  const scale: Scale = {
    frame,
    narrow: { ...frame, width: Math.min(width, Math.max(1, Math.round(ANSWER_MS / settings.stepMs))) },
    name,
    state: newState(),
    cells: network.newState(),
    view: newState(),
    outputs: new Float32Array(network.outputs),
    carried: new Float32Array(CARRIES),
  };
  if (!saved) return scale;
  scale.state.set(arrayIn(saved, `${name}.state`));
  scale.view.set(arrayIn(saved, `${name}.view`));
  scale.cells.hidden.set(singlesIn(saved, `${name}.hidden`));
  scale.cells.cell.set(singlesIn(saved, `${name}.cell`));
  scale.outputs.set(singlesIn(saved, `${name}.outputs`));
  scale.carried.set(singlesIn(saved, `${name}.carried`));
  return scale;
}

function saveScale({ name, state, view, cells, outputs, carried }: Scale): Parameters {
  return {
    [`${name}.state`]: state.slice(),
    [`${name}.view`]: view.slice(),
    [`${name}.hidden`]: cells.hidden.slice(),
    [`${name}.cell`]: cells.cell.slice(),
    [`${name}.outputs`]: outputs.slice(),
    [`${name}.carried`]: carried.slice(),
  };
}

function copyCells(from: CellState, to: CellState): void {
  to.hidden.set(from.hidden);
  to.cell.set(from.cell);
}
