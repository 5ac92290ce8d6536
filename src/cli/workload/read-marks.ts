import type { Mark } from '../../domain/forecast.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import { type SignalName, type WorkloadSpec, workloadKey } from '../../domain/workload.ts';
import { marksOf } from '../../forecast/preparation/marks.ts';
import { evidenceOf } from '../../pipeline/evidence.ts';
import type { SeriesReader } from './series-reader.ts';

/** Observed where the settings name a template, as in the daemon; no preset is tried. */
const SIGNALS = ['errors', 'throttling'] as const satisfies readonly SignalName[];

export interface Marked {
  /** As long as the load; absent when all of it is demand. */
  readonly marks?: readonly Mark[];
  /** What the marks go by and how many there are, or why there is nothing to go by, in words. */
  readonly notes: readonly string[];
}

/**
 * How each step of a load may be used, by the rules of the daemon. Replicas and limits are in the cluster, which is not
 * asked: what they would say is left out.
 */
export async function readMarks(reader: SeriesReader, spec: WorkloadSpec, load: TimeSeries): Promise<Marked> {
  const series: { [name in SignalName]?: TimeSeries } = {};
  const notes: string[] = [];
  for (const signal of SIGNALS) {
    const template = spec.signals[signal];
    if (!template) continue;
    const before = reader.troubles().length;
    const found = await reader.series(signal, template);
    if (found) series[signal] = found;
    else notes.push(`no step is doubted by ${signal}: ${reader.troubles().slice(before).join('; ')}`);
  }
  const marks = marksOf(evidenceOf(load, { spec, series, incidents: [] }));
  const words = wordsFor(marks, Object.keys(series));
  if (words === undefined) return { notes };
  return { marks, notes: [...notes, `${workloadKey(spec.ref)}: ${words}`] };
}

function wordsFor(marks: readonly Mark[], signals: readonly string[]): string | undefined {
  const count = (wanted: Mark) => marks.filter((mark) => mark === wanted).length;
  const [censored, excluded] = [count('censored'), count('excluded')];
  const parts = [
    ...(censored > 0 ? [`${censored} are learned as lower bounds (${signals.join(', ')})`] : []),
    ...(excluded > 0 ? [`${excluded} teach nothing (events, or the rate behind a gap)`] : []),
  ];
  return parts.length > 0 ? `of ${marks.length} steps ${parts.join(' and ')}` : undefined;
}
