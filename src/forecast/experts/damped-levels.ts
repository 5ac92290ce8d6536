/**
 * Level and damped trend of a series without its seasons, at several smoothing constants side by side; the one speaks that
 * has lately been best a quarter of an hour ahead. Noise wants a slow level, waves a fast one.
 *
 *     e = x − (l + φb);  l ← l + φb + αe;  b ← φb + βe;  forecast: l + (φ + … + φ^h)·b
 */
import { arrayIn, type Parameters } from '../parameters.ts';
import { type Remembers, remembers } from './remembers.ts';

export interface DampedLevels extends Remembers {
  /** @param x - NaN moves levels along their trends. @returns the residual of the level that speaks; 0 when missing */
  observe(x: number): number;
  at(ahead: number): number;
  /** Sets every level anew: what is left beside the seasons has changed its meaning. */
  restart(x: number): void;
}

const LEAD_MS = 900_000;
/** Forecasts that wait for their outcome at once. */
const WAITING = 5;
const SCORE_RATE = 0.02;
const BETA_SHARE = 0.01;
const PHI = 0.98;
/** On z: fifty-fold on a log scale; what is further off moves a level no more than that. */
const FAR = 4;

/** @param memoriesMs - time constants of the levels; none is taken as shorter than a step */
export function startDampedLevels(memoriesMs: readonly number[], stepMs: number, saved?: Parameters): DampedLevels {
  const alphas = memoriesMs.map((ms) => 1 - Math.exp(-stepMs / Math.max(ms, stepMs)));
  const n = alphas.length;
  const lead = Math.max(1, Math.round(LEAD_MS / stepMs));
  const interval = Math.ceil(lead / WAITING);
  const places = Math.ceil(lead / interval);
  // Level, trend and score of each constant.
  const states = saved
    ? arrayIn(saved, 'levels')
    : new Float64Array(3 * n).map((_, i) => (i % 3 === 0 ? Number.NaN : 0));
  // What each said for the step in which its place comes round again.
  const waiting = saved ? arrayIn(saved, 'waiting') : new Float64Array(places * n).fill(Number.NaN);
  // Steps so far, and the constant that speaks.
  const [STEPS, SPEAKS] = [0, 1] as const;
  const now = saved ? arrayIn(saved, 'speaks') : new Float64Array(2);

  const forecast = (j: number, ahead: number) =>
    states[3 * j]! + ((PHI * (1 - PHI ** ahead)) / (1 - PHI)) * states[3 * j + 1]!;

  function move(j: number, x: number): number {
    const trend = PHI * states[3 * j + 1]!;
    const residual = Number.isNaN(x) ? 0 : Math.max(-FAR, Math.min(FAR, x - states[3 * j]! - trend));
    states[3 * j]! += trend + alphas[j]! * residual;
    states[3 * j + 1] = trend + alphas[j]! * BETA_SHARE * residual;
    return residual;
  }

  /** Every `interval` steps the oldest waiting forecast has its outcome, and a new one takes its place. */
  function compare(x: number): void {
    const place = ((now[STEPS]! / interval) % places) * n;
    for (let j = 0; j < n; j++) {
      const error = Math.min(FAR, Math.abs(x - waiting[place + j]!));
      if (!Number.isNaN(error)) states[3 * j + 2]! += SCORE_RATE * (error - states[3 * j + 2]!);
      waiting[place + j] = forecast(j, places * interval);
    }
    for (let j = 0; j < n; j++) if (states[3 * j + 2]! < states[3 * now[SPEAKS]! + 2]!) now[SPEAKS] = j;
  }

  return {
    observe(x) {
      if (Number.isNaN(states[0]!)) this.restart(x);
      let spoken = 0;
      for (let j = 0; j < n; j++) {
        const residual = move(j, x);
        if (j === now[SPEAKS]) spoken = residual;
      }
      if (now[STEPS]! % interval === 0) compare(x);
      now[STEPS]! += 1;
      return spoken;
    },
    at: (ahead) => forecast(now[SPEAKS]!, ahead),
    restart(x) {
      for (let j = 0; j < n; j++) {
        states[3 * j] = x;
        states[3 * j + 1] = 0;
      }
      waiting.fill(Number.NaN);
    },
    ...remembers({ levels: states, waiting, speaks: now }),
  };
}
