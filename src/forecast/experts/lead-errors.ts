import { arrayIn, type Parameters, singlesIn } from '../parameters.ts';
import { type Remembers, remembers } from './remembers.ts';

/** How far off several forecasters of one series lately were at each of several leads, and so how far each is believed. */
export interface LeadErrors extends Remembers {
  /**
   * To be called once a step. Every few steps the forecast that waits longest has its outcome, and a new one takes its place.
   *
   * @param z - NaN teaches nothing
   * @param sayers - for so many steps ahead: what a forecaster now says
   */
  observe(z: number, sayers: (ahead: number) => (forecaster: number) => number): void;
  /** Weights of some forecasters at a lead, summing to 1, and 0 for the others; overwritten by the next call. */
  weigh(lead: number, among: readonly number[]): Float64Array;
  /** Some begin anew. Until more is known their errors are a third above those of another one, and all errors follow fast. */
  begin(forecasters: readonly number[], like: (forecaster: number) => number): void;
}

/** Forecasts of one lead that wait at once. */
const WAITING = 3;
/** Errors are means of about so many comparisons; of the first few, of these and some more. */
const MEMORY = 200;
const FIRST = 5;
/** What is not known yet is taken as so many times as far off as its like. */
const UNKNOWN = 4 / 3;
/** A weight is this power of the smallest error over the own one: a tenth more error, a seventh of the weight. */
const SHARPNESS = 20;
/** On z. Below it errors are alike. */
const NO_ERROR = 1e-6;
/** On z: fifty-fold on a log scale. An error counts no more than that. */
export const MOST_ERROR = 4;

/** @param leads - in steps, ascending */
export function startLeadErrors(leads: readonly number[], forecasters: number, saved?: Parameters): LeadErrors {
  const n = forecasters;
  const intervals = leads.map((lead) => Math.ceil(lead / WAITING));
  const places = leads.map((lead, i) => Math.ceil(lead / intervals[i]!));
  const firsts = places.map((_, i) => n * places.slice(0, i).reduce((sum, count) => sum + count, 0));
  const size = n * places.reduce((sum, count) => sum + count, 0);
  const errors = saved ? singlesIn(saved, 'errors') : new Float32Array(leads.length * n);
  const waiting = saved ? singlesIn(saved, 'waiting') : new Float32Array(size).fill(Number.NaN);
  // Steps so far, and the comparisons at each lead.
  const counts = saved ? arrayIn(saved, 'counts') : new Float64Array(1 + leads.length);
  const weights = new Float64Array(n);

  function compare(i: number, z: number, say: (forecaster: number) => number): void {
    const first = firsts[i]! + ((counts[0]! / intervals[i]!) % places[i]!) * n;
    if (!Number.isNaN(z - waiting[first]!)) counts[1 + i]! += 1;
    const rate = 1 / Math.min(MEMORY, counts[1 + i]! + FIRST);
    for (let j = 0; j < n; j++) {
      const error = Math.min(MOST_ERROR, Math.abs(z - waiting[first + j]!));
      if (!Number.isNaN(error)) errors[i * n + j]! += rate * (error - errors[i * n + j]!);
      waiting[first + j] = say(j);
    }
  }

  const errorOf = (i: number, j: number) => errors[i * n + j]! + NO_ERROR;

  return {
    observe(z, sayers) {
      for (let i = 0; i < leads.length; i++)
        if (counts[0]! % intervals[i]! === 0) compare(i, z, sayers(places[i]! * intervals[i]!));
      counts[0]! += 1;
    },
    weigh(i, among) {
      const least = among.reduce((error, j) => Math.min(error, errorOf(i, j)), MOST_ERROR);
      weights.fill(0);
      for (const j of among) weights[j] = (least / errorOf(i, j)) ** SHARPNESS;
      const sum = weights.reduce((total, weight) => total + weight, 0);
      for (const j of among) weights[j]! /= sum;
      return weights;
    },
    begin(some, like) {
      counts.fill(0, 1);
      for (const j of some) {
        for (let i = 0; i < leads.length; i++) errors[i * n + j] = UNKNOWN * errors[i * n + like(j)]!;
        for (let at = j; at < size; at += n) waiting[at] = Number.NaN;
      }
    },
    ...remembers({ errors, waiting, counts }),
  };
}
