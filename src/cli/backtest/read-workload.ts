/** The load of one workload, read from its Prometheus the way the daemon reads it. */
import { createLoadSource } from '../../adapters/prometheus/load-source.ts';
import type { LoadSource } from '../../domain/ports.ts';
import type { Settings } from '../../domain/settings.ts';
import { sinceFirstSample, type TimeSeries } from '../../domain/time-series.ts';
import { type WorkloadSpec, workloadKey } from '../../domain/workload.ts';
import { levelsFor } from '../../pipeline/levels.ts';
import type { Context } from '../context.ts';
import { refuse } from '../refuse.ts';
import { findSpec, settingsFrom } from '../workload/find-spec.ts';
import { readLoad } from '../workload/read-load.ts';
import { type Marked, readMarks } from '../workload/read-marks.ts';
import { createSeriesReader } from '../workload/series-reader.ts';
import type { Material } from './material.ts';
import type { BacktestSettings, WorkloadSource } from './settings.ts';

/** Scores look this far ahead at least: the lead of a slow start and the review behind it. */
const LEAST_HORIZON_MS = 15 * 60_000;

/** @throws Error when the configuration is bad, the workload has no load signal, or Prometheus gives nothing usable */
export async function readWorkloadMaterial(
  source: WorkloadSource,
  { levels, models }: BacktestSettings,
  nowMs: number,
  { stop, say }: Pick<Context, 'stop' | 'say'>,
): Promise<Material> {
  const settings = settingsFrom(source.from, source.ref);
  const spec = specFrom(settings, source, say);
  const prometheus = createLoadSource(settings.prometheus);
  try {
    const windowMs = source.sinceMs ?? settings.history.windowMs;
    const load = await readSeries(prometheus, settings, spec, signalsFor(spec, source), { nowMs, windowMs }, stop);
    for (const note of load.notes) say(`${note}\n`);
    const { stepMs } = settings;
    const horizonMs = Math.max(LEAST_HORIZON_MS, 2 * (spec.startUpMs ?? 0));
    return {
      source: `${workloadKey(spec.ref)} at ${new URL(settings.prometheus.url).host}`,
      series: [
        {
          id: workloadKey(spec.ref),
          series: load.series,
          style: { kind: 'iso', separator: 'T', zone: 'Z' },
          ...(load.marks && { marks: load.marks }),
        },
      ],
      horizonSteps: source.horizonSteps ?? Math.max(1, Math.ceil(horizonMs / stepMs)),
      seasonLengths: source.seasonLengths ?? spec.seasonsMs.map((season) => Math.round(season / stepMs)),
      levels: levels ?? levelsFor(spec.violationShare),
      candidates: models ?? settings.forecast.candidates,
      fitTimeoutMs: settings.forecast.fitTimeoutMs,
      ...(spec.clock && { clock: spec.clock }),
    };
  } finally {
    prometheus.close();
  }
}

function specFrom(settings: Settings, { ref, from }: WorkloadSource, say: Context['say']): WorkloadSpec {
  const found = findSpec(settings, ref);
  if (found.kind === 'unknown') {
    const file = 'url' in from ? from.url : from.configPath;
    return refuse(file, [`--workload: expected one of ${found.expected}, found "${workloadKey(ref)}"`]);
  }
  if (found.unread !== undefined) say(`${found.unread}\n`);
  return found.spec;
}

/** The load that capacity would go by: requests where a configuration observes them or, without one, they are found; else CPU. */
function signalsFor({ signals }: WorkloadSpec, { from }: WorkloadSource): readonly ('requests' | 'cpu')[] {
  if ('url' in from) return ['requests', 'cpu'];
  return signals.requests ? ['requests'] : ['cpu'];
}

async function readSeries(
  prometheus: LoadSource,
  settings: Settings,
  spec: WorkloadSpec,
  signals: readonly ('requests' | 'cpu')[],
  window: { readonly nowMs: number; readonly windowMs: number },
  signal: AbortSignal,
): Promise<Marked & { readonly series: TimeSeries }> {
  const reader = createSeriesReader(prometheus, settings, spec.ref, window, signal);
  try {
    for (const name of signals) {
      const load = await readLoad(reader, spec, name);
      if (!load) continue;
      // Prometheus may hold less than was asked for.
      const series = sinceFirstSample(load.series);
      return { series, ...(await readMarks(reader, spec, series)) };
    }
    return refuse(workloadKey(spec.ref), reader.troubles());
  } finally {
    reader.end();
  }
}
