/** Cuts windows out of one series, for all of its scales in one pass through the memory that an expert would see. */
import type { Mark } from '../../domain/forecast.ts';
import { startPast } from '../experts/start-past.ts';
import type { CalendarView } from '../features/calendar.ts';
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
  readonly calendar?: CalendarView;
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

/** Windows of one scale of one series, window after window, each as one part of a batch. */
export interface Windows {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  readonly carried: Float32Array;
  readonly count: number;
}

/** Which windows of one scale are wanted: groups of first units. */
export interface Places {
  readonly width: number;
  readonly groups: readonly (readonly number[])[];
}

/** @returns for each scale, the windows of each group */
export function cutWindows(form: LessonForm, series: FleetSeries, places: readonly Places[]): Windows[][] {
  const { z, firstStep, stepMs, seasons, marks, calendar } = series;
  const past = startPast({ stepMs, seasons, firstStep });
  const cutters = places.map((one) =>
    startCutter(form, frameOf({ past, stepMs, seasons, calendar }, one.width), one, z.length),
  );
  const fillSeason = seasons[0] ?? 1;
  for (let t = 0; t < z.length; t++) {
    past.push(z[t]!, marks?.[t] ?? 'ok', past.filled(past.before(firstStep + t, fillSeason)));
    for (const cutter of cutters) if ((t + 1) % cutter.width === 0) cutter.visit((t + 1) / cutter.width - 1);
  }
  return cutters.map((cutter) => cutter.windows());
}

interface Cutter {
  readonly width: number;
  visit(unit: number): void;
  windows(): Windows[];
}

/** Writes down what the windows of one scale need while the series goes by. */
function startCutter(form: LessonForm, frame: Frame, { width, groups }: Places, steps: number): Cutter {
  const units = Math.floor(steps / width);
  const means = new Float64Array(units).fill(Number.NaN);
  const wanted = new Uint8Array(units);
  const judged = new Uint8Array(units);
  for (const start of groups.flat()) {
    wanted.fill(1, start, start + form.units);
    for (const t of form.lossUnits) judged[start + t] = 1;
  }
  const rows = new Map<number, Float32Array>();
  const outlooks = new Map<number, Outlook>();
  const state = newState();
  return {
    width,
    visit(unit) {
      const end = frame.past.newest;
      const z = unitMean(frame, end);
      if (frame.past.markOf(end) === 'ok') means[unit] = z;
      advance(frame, state, end, z);
      if (wanted[unit]) {
        const row = new Float32Array(form.inputs);
        form.describe(frame, state, row);
        rows.set(unit, row);
      }
      if (judged[unit]) outlooks.set(unit, outlookAt(frame, state));
    },
    windows: () => groups.map((starts) => gather(form, starts, rows, outlooks, means)),
  };
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
