import type { TimeSeries } from '../domain/time-series.ts';

/** Replicas needed in each step of a trace; 0 where it is blank and so needs nothing. */
export function neededByStep(trace: TimeSeries, need: (rate: number) => number): Uint32Array {
  const needed = new Uint32Array(trace.values.length);
  for (let i = 0; i < needed.length; i++) {
    const rate = trace.values[i]!;
    if (!Number.isNaN(rate)) needed[i] = need(rate);
  }
  return needed;
}
