import { presets } from '../../config/presets.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import type { SignalName, SignalTemplate, WorkloadSpec } from '../../domain/workload.ts';
import type { SeriesReader } from './series-reader.ts';

export interface NamedSeries {
  readonly series: TimeSeries;
  readonly template: string;
}

/** A signal by the template of the configuration; without one, by the first preset that knows the workload. */
export async function readLoad(
  reader: SeriesReader,
  spec: WorkloadSpec,
  signal: Extract<SignalName, 'requests' | 'cpu'>,
): Promise<NamedSeries | undefined> {
  const own = spec.signals[signal];
  const templates: readonly SignalTemplate[] = own ? [own] : presets[signal];
  for (const template of templates) {
    const series = await reader.series(signal, template);
    if (series) return { series, template: template.name };
  }
  return undefined;
}
