/** The memory that many forecasters take in one process. */
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FittedModel, OnlineForecaster } from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { startForecaster } from '../../../src/forecast/start.ts';

/** A series with a model that was fitted on an older part of it. */
export interface Followed {
  readonly fitted: FittedModel;
  readonly history: TimeSeries;
}

/** Forecasters that stand on copies of their own: what one of them keeps of its model and history is counted as its own. */
export function startFleet(count: number, seriesAt: (i: number) => Followed): OnlineForecaster[] {
  return Array.from({ length: count }, (_, i) => {
    const { fitted, history } = structuredClone(seriesAt(i));
    return startForecaster(fitted, history);
  });
}

/** Bytes of all forecasters, and of what they share. */
export interface Memory {
  /** Of each: everything that is saved and restored; 0 where a model does not say. */
  readonly state: number;
  /** Of each: what is set free in the process when it goes; typed arrays of more than 64 bytes, and all other objects. */
  readonly buffers: number;
  readonly heap: number;
  /** Of all together: the rest of what has come with them, the machine code that was made for them included. */
  readonly shared: number;
}

export interface Used {
  readonly heap: number;
  readonly buffers: number;
}

/**
 * @param forecasters - at least 2; nobody else may hold them. One is left
 * @param before - what was in use before they were started
 */
export async function weigh(forecasters: OnlineForecaster[], before: Used): Promise<Memory> {
  const gone = forecasters.length - 1;
  let state = 0;
  // The one that is left comes last: it lies where all are worked on.
  for (let i = gone; i >= 0; i--) state = Math.max(state, forecasters[i]!.status?.().stateBytes ?? 0);
  const all = await used();
  forecasters.length = 1;
  const one = await used();
  const buffers = (all.buffers - one.buffers) / gone;
  const heap = (all.heap - one.heap) / gone;
  const together = all.buffers + all.heap - before.buffers - before.heap;
  return { state, buffers, heap, shared: together - (gone + 1) * (buffers + heap) };
}

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** After collecting what nobody holds. */
export async function used(): Promise<Used> {
  for (let i = 0; i < 4; i++) {
    // What a weak reference was asked for stays until then.
    await setImmediate();
    gc();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}
