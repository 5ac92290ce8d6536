/** Keeps the online forecasters level with their series. */
import type { FittedSeries } from '../domain/forecast.ts';
import { endMs, knownBy, type TimeSeries } from '../domain/time-series.ts';
import { markAt } from '../forecast/preparation/marks.ts';
import { startForecaster } from '../forecast/start.ts';
import { type Book, type Entry, evidenceFor, loadOf } from './book.ts';
import type { World } from './world.ts';

/** A forecaster that lags this many steps behind is started anew: cheaper than feeding it, and it sees late samples. */
const RESTART_AFTER_STEPS = 60;

function feed(entry: Entry, series: TimeSeries): void {
  const following = entry.following!;
  const first = Math.round((following.throughMs - series.startMs) / series.stepMs);
  const evidence = evidenceFor(entry, series);
  for (let i = first; i < series.values.length; i++) {
    const [value, mark] = [series.values[i]!, markAt(evidence, i)];
    following.forecaster.observe(value, mark);
    entry.given[Number.isNaN(value) ? 'missing' : mark] += 1;
  }
  following.throughMs = endMs(series);
}

function start(entry: Entry, fitted: FittedSeries, series: TimeSeries): void {
  const model = fitted.models[fitted.acting];
  if (!model) return;
  const evidence = evidenceFor(entry, series);
  const forecaster = startForecaster(model, series, (index) => markAt(evidence, index), fitted.fleet);
  entry.following = { forecaster, throughMs: endMs(series) };
}

/** A model of another source, or of another step, is of no use here: the next fit makes the right one. */
function dropForeign(entry: Entry, source: string, stepMs: number): void {
  const { fitted } = entry;
  if (!fitted || (fitted.source === source && fitted.stepMs === stepMs)) return;
  delete entry.fitted;
  delete entry.following;
  delete entry.fitBegunMs;
}

/** Lets the forecaster of a workload observe every step that is complete at `nowMs`. */
export function follow(entry: Entry, nowMs: number): void {
  const load = loadOf(entry);
  if (!load) return;
  dropForeign(entry, load.source, load.series.stepMs);
  if (!entry.fitted) return;
  const series = knownBy(load.series, nowMs);
  const behind = entry.following
    ? (endMs(series) - entry.following.throughMs) / series.stepMs
    : Number.POSITIVE_INFINITY;
  if (behind > RESTART_AFTER_STEPS || behind < 0) start(entry, entry.fitted, series);
  else feed(entry, series);
}

/**
 * Lets all forecasters observe. A model that cannot be put to work, as one of another layout, stops nobody else's round: it
 * is dropped with the reason, and the next fit makes the right one.
 */
export function followAll({ metrics, log }: Pick<World, 'metrics' | 'log'>, book: Book, nowMs: number): void {
  for (const [workload, entry] of book) {
    try {
      follow(entry, nowMs);
    } catch (error) {
      delete entry.fitted;
      delete entry.following;
      metrics.models_set_aside_total.inc();
      log.warn('model cannot be put to work; it is fitted anew', { workload, reason: 'model-damaged', error });
    }
  }
}
