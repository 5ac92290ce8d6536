/**
 * A workload as its own metrics show it: its load, what a replica of it serves, and how long one takes to start. Read the
 * way the daemon reads, through the templates of the configuration or, with nothing but an address, the presets.
 */
import { createLoadSource } from '../../adapters/prometheus/load-source.ts';
import { learnCapacity } from '../../capacity/learn-capacity.ts';
import type { CapacityModel } from '../../domain/capacity.ts';
import type { Settings } from '../../domain/settings.ts';
import { sinceFirstSample, type TimeSeries } from '../../domain/time-series.ts';
import { type WorkloadSpec, workloadKey } from '../../domain/workload.ts';
import { type FoundSpec, findSpec, settingsFrom } from '../workload/find-spec.ts';
import { type NamedSeries, readLoad } from '../workload/read-load.ts';
import { readMarks } from '../workload/read-marks.ts';
import { createSeriesReader, type SeriesReader } from '../workload/series-reader.ts';
import { largest } from './largest.ts';
import type { Material } from './material.ts';
import { readCpuRequest, readReadyReplicas, readStartUp } from './pod-metrics.ts';
import { describe, type SimulateSettings, type WorkloadSource } from './settings.ts';

/** @throws Error that says what the metrics do not hold and which option says it instead */
export async function readWorkloadMaterial(
  source: WorkloadSource,
  options: SimulateSettings,
  nowMs: number,
  signal: AbortSignal,
): Promise<Material> {
  const settings = settingsFrom(source.from, source.ref);
  const found = specFrom(settings, source);
  const spec = { ...found.spec, ...(options.objective && { objective: options.objective }) };
  const prometheus = createLoadSource(settings.prometheus);
  try {
    const windowMs = source.sinceMs ?? settings.history.windowMs;
    const reader = createSeriesReader(prometheus, settings, spec.ref, { nowMs, windowMs }, signal);
    try {
      const material = await materialOf(reader, spec, options, new URL(settings.prometheus.url).host);
      return found.unread === undefined
        ? material
        : { ...material, notes: [...material.notes, ['settings', found.unread]] };
    } finally {
      reader.end();
    }
  } finally {
    prometheus.close();
  }
}

function specFrom(settings: Settings, { ref, from }: WorkloadSource): Extract<FoundSpec, { kind: 'found' }> {
  const found = findSpec(settings, ref);
  if (found.kind === 'found') return found;
  const file = 'url' in from ? from.url : from.configPath;
  throw new Error(describe([`--workload: expected one of ${found.expected} in ${file}, got "${workloadKey(ref)}"`]));
}

async function materialOf(
  reader: SeriesReader,
  spec: WorkloadSpec,
  options: SimulateSettings,
  host: string,
): Promise<Material> {
  const requests = await readLoad(reader, spec, 'requests');
  const capacity = await readCapacity(reader, spec, options, requests?.series);
  const startUp = options.startUp ? undefined : await readStartUp(reader, spec);
  const load = capacity.model.driver === 'requests' ? requests : capacity.cpu;
  const problems = [
    ...(load ? [] : [`${workloadKey(spec.ref)}: ${reader.troubles().join('; ') || 'no load was found'}`]),
    ...(capacity.model.source === 'none'
      ? ['--per-replica: the metrics do not say what a replica serves (no CPU requests beside the load); give it']
      : []),
    ...(options.startUp || startUp
      ? []
      : [
          '--start-up: expected kube_pod_created and kube_pod_status_ready_time of at least 3 pods, found fewer; give it',
        ]),
  ];
  if (problems.length > 0 || !load) throw new Error(describe(problems));
  const { perReplica, objective, driver } = capacity.model;
  // Prometheus may hold less than was asked for.
  const trace = sinceFirstSample(load.series);
  const { marks, notes } = await readMarks(reader, spec, trace);
  return {
    source: `${workloadKey(spec.ref)} at ${host}`,
    trace: scaled(trace, options.scalePeak),
    ...(marks && { marks }),
    unit: driver === 'requests' ? 'requests per second' : 'CPU millicores',
    perReplica,
    objective,
    startUp: options.startUp ?? startUp!.startUp,
    notes: [
      ['load', `template ${load.template}`],
      ['capacity', capacityWords(capacity.model)],
      ['start-up', startUp?.words ?? 'as given'],
      ...notes.map((note) => ['demand', note] as const),
    ],
  };
}

interface FoundCapacity {
  readonly model: CapacityModel;
  readonly cpu: NamedSeries | undefined;
}

/** What a replica serves: as given, else as the daemon would learn it. */
async function readCapacity(
  reader: SeriesReader,
  spec: WorkloadSpec,
  { perReplica }: SimulateSettings,
  requests: TimeSeries | undefined,
): Promise<FoundCapacity> {
  const given = perReplica ?? spec.perReplicaRps;
  const known = { ...spec, ...(given !== undefined && { perReplicaRps: given }) };
  if (given !== undefined && requests) {
    return { model: learnCapacity({ spec: known, series: { requests }, containers: [] }), cpu: undefined };
  }
  const cpu = await readLoad(reader, spec, 'cpu');
  const latency = spec.signals.latency && (await reader.series('latency', spec.signals.latency));
  const replicas = await readReadyReplicas(reader, spec.ref.kind);
  const cpuRequestMillicores = await readCpuRequest(reader, spec.ref);
  const series = {
    ...(requests && { requests }),
    ...(cpu && { cpu: cpu.series }),
    ...(latency && { latency }),
  };
  const ready = replicas?.values.findLast(Number.isFinite);
  const model = learnCapacity({
    spec,
    series,
    ...(replicas && { replicas }),
    containers: cpuRequestMillicores === undefined ? [] : [{ name: 'all', cpuRequestMillicores }],
    ...(ready !== undefined && { readyReplicas: ready }),
  });
  return { model, cpu };
}

function capacityWords({ source, perReplica, interval: [low, high], samples, driver }: CapacityModel): string {
  const amount = (value: number) => String(Number(value.toPrecision(3)));
  const unit = driver === 'requests' ? 'requests/s' : 'millicores';
  switch (source) {
    case 'configured':
      return `${amount(perReplica)} ${unit} a replica, as configured`;
    case 'cpu-per-request':
      return `${amount(perReplica)} ${unit} a replica (90 % interval ${amount(low)} to ${amount(high)}), from CPU per request over ${samples} minutes`;
    case 'latency-against-load':
      return `${amount(perReplica)} ${unit} a replica, the largest load at which the latency held over ${samples} minutes`;
    case 'cpu-request':
      return `${amount(perReplica)} ${unit} a replica, its CPU request`;
    case 'none':
      return 'not known';
  }
}

function scaled(series: TimeSeries, peak: number | undefined): TimeSeries {
  if (peak === undefined) return series;
  const most = largest(series.values);
  if (most === 0) throw new Error(describe(['--scale-peak: the workload had no load that could be scaled']));
  return { ...series, values: series.values.map((value) => (value * peak) / most) };
}
