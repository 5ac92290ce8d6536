/**
 * What a network sees of a series at each unit. All of it is known when the unit is over; values are distances in units
 * of the scale, squashed by asinh so that a spike does not throw the state.
 */
import { at, type Frame, mix, scaleOf, seasonal } from './seasonal-base.ts';

/** How far ahead the base is shown, in units. */
const LOOK_AHEAD: readonly number[] = [1, 4, 12, 24, 48];
const DIFFERS: readonly number[] = [4, 24];
/** How far ahead it is told that an event is declared; by how much is taken care of by the base. */
const EVENT_AHEAD = [0, 4, 12] as const;
const said = new Float64Array(2);

/** One name per input, in order. They stand in the manifest of a model: weights for other inputs are of no use. */
export const INPUTS = [
  'surprise',
  'over-level',
  'change',
  'level-over-long-run',
  'gap-1',
  'gap-2',
  'base+1',
  'base+4',
  'seasons-differ+4',
  'base+12',
  'base+24',
  'seasons-differ+24',
  'base+48',
  'missing',
  'age',
  'sin-1',
  'cos-1',
  'sin-2',
  'cos-2',
  'weight-1',
  'weight-2',
  'scale-over-deviation',
  'spikiness',
  'unit',
  'maturity',
  'event',
  'event+4',
  'event+12',
] as const;

const MINUTE_MS = 60_000;

/**
 * Writes the inputs for the newest unit of a state.
 *
 * @param out - `INPUTS.length` numbers, all finite
 */
export function describe(frame: Frame, state: Float64Array, out: Float32Array): void {
  const { past, stepMs, width, seasons } = frame;
  const end = state[at.end]!;
  const scale = scaleOf(state);
  const last = state[at.last]!;
  const isMissing = state[at.age]! > 0;
  let i = 0;
  out[i++] = squash(state[at.surprise]! / scale);
  out[i++] = squash((last - state[at.level]!) / scale);
  out[i++] = squash(state[at.change]! / scale);
  out[i++] = squash((state[at.level]! - state[at.longRun]!) / scale);
  for (let k = 0; k < 2; k++) out[i++] = k < seasons.length ? squash(state[at.gap + k]! / scale) : 0;
  for (const ahead of LOOK_AHEAD) {
    seasonal(frame, state, end + ahead * width, said);
    out[i++] = squash((mix(frame, state, said) - last) / scale);
    // How differently the two seasons see it.
    if (DIFFERS.includes(ahead)) out[i++] = seasons.length > 1 ? squash((said[0]! - said[1]!) / scale) : 0;
  }
  out[i++] = isMissing ? 1 : 0;
  out[i++] = Math.log1p(state[at.age]!) / 3;
  for (let k = 0; k < 2; k++) {
    const angle = k < seasons.length ? (2 * Math.PI * past.slot(end, seasons[k]!)) / seasons[k]! : 0;
    out[i++] = k < seasons.length ? Math.sin(angle) : 0;
    out[i++] = k < seasons.length ? Math.cos(angle) : 0;
  }
  out[i++] = state[at.weight + 1]!;
  out[i++] = state[at.weight + 2]!;
  out[i++] = Math.log((scale + 1e-6) / (Math.sqrt(state[at.variance]!) + 1e-6)) / 3;
  out[i++] = Math.log((Math.sqrt(state[at.square]!) + 1e-6) / (state[at.absolute]! + 1e-6));
  out[i++] = Math.log2((width * stepMs) / MINUTE_MS) / 6;
  out[i++] = Math.min(1, Math.log1p(state[at.count]!) / 8);
  for (const ahead of EVENT_AHEAD) out[i++] = frame.calendar?.eventAt(end + ahead * width).active ? 1 : 0;
}

export function squash(x: number): number {
  return Number.isFinite(x) ? Math.asinh(x) : 0;
}
