/** A batch without threads: the same pieces, one after the other. */
import type { Frame } from '../../../src/forecast/batch/expert.ts';
import { type BatchForecast, forecastGroup, type Subject } from '../../../src/forecast/batch/forecast-group.ts';
import type { LongRun } from '../../../src/forecast/batch/long-run.ts';
import type { Said } from '../../../src/forecast/batch/member.ts';
import { chooseOrigins } from '../../../src/forecast/batch/origins.ts';
import { prepare } from '../../../src/forecast/batch/prepare.ts';
import { type GroupData, runTask } from '../../../src/forecast/batch/tasks.ts';
import type { GlobalNetworks } from '../../../src/forecast/global/networks.ts';

export function groupOf(series: readonly ArrayLike<number>[], frame: Frame, seed = 1): GroupData {
  const pasts = series.map((values) => prepare(Float64Array.from(values), frame.seasons).past);
  const ends: number[] = [];
  for (const { values } of pasts) ends.push((ends.at(-1) ?? 0) + values.length);
  const values = new Float64Array(ends.at(-1) ?? 0);
  const filled = new Uint8Array(values.length);
  for (const [i, past] of pasts.entries()) {
    values.set(past.values, ends[i - 1] ?? 0);
    if (past.filled) filled.set(past.filled, ends[i - 1] ?? 0);
  }
  return { values, filled, ends, origins: pasts.map((past) => chooseOrigins(past.values.length, frame)), frame, seed };
}

export interface PartSettings {
  readonly levels?: readonly number[];
  /** Pooled members that take part; none by default. */
  readonly pooled?: readonly string[];
  readonly prior?: GlobalNetworks;
}

export function forecastPart(
  series: readonly ArrayLike<number>[],
  frame: Frame,
  { levels = [0.025, 0.1, 0.5, 0.9, 0.975], pooled = [], prior }: PartSettings = {},
): BatchForecast[] {
  const data = { ...groupOf(series, frame), ...(prior && { prior }) };
  const local = runTask({ kind: 'local', from: 0, to: series.length }, data);
  const more = pooled.map((member) => runTask({ kind: 'pooled', member }, data));
  const subjects = series.map((values, i): Subject => {
    const said: Said[] = [local, ...more].flatMap((answer) => answer[i]!.said);
    const longRun: LongRun = local[i]!.longRun!;
    const prepared = prepare(Float64Array.from(values), frame.seasons);
    return { prepared, origins: data.origins[i]!, said, longRun };
  });
  return forecastGroup(subjects, frame, levels);
}
