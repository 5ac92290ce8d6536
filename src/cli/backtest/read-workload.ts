/** The load of one workload of the configuration, read from its Prometheus the way the daemon reads it. */
import { createLoadSource } from '../../adapters/prometheus/load-source.ts';
import { loadSettings } from '../../config/load.ts';
import { describeProblems } from '../../config/problems.ts';
import type { LoadSource } from '../../domain/ports.ts';
import type { Quality } from '../../domain/quality.ts';
import type { Settings } from '../../domain/settings.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import { type SignalName, type WorkloadRef, type WorkloadSpec, workloadKey } from '../../domain/workload.ts';
import { observeSignal } from '../../observe/observe-signal.ts';
import { readRange } from '../../observe/read-range.ts';
import { levelsFor } from '../../pipeline/levels.ts';
import { refuse } from '../refuse.ts';
import type { Material } from './material.ts';
import type { BacktestSettings, WorkloadSource } from './settings.ts';

/** Scores look this far ahead at least: the lead of a slow start and the review behind it. */
const LEAST_HORIZON_MS = 15 * 60_000;

/** @throws Error when the configuration is bad, the workload has no load signal, or Prometheus gives nothing usable */
export async function readWorkloadMaterial(
  source: WorkloadSource,
  { levels, models }: BacktestSettings,
  nowMs: number,
  signal: AbortSignal,
): Promise<Material> {
  const loaded = loadSettings(source.configPath);
  if (loaded.kind === 'invalid') throw new Error(describeProblems(source.configPath, loaded.problems));
  const { settings } = loaded;
  const spec = specOf(settings, source);
  const prometheus = createLoadSource(settings.prometheus);
  try {
    const windowMs = source.sinceMs ?? settings.history.windowMs;
    const series = await readLoad(prometheus, settings, spec, { nowMs, windowMs }, signal);
    const { stepMs } = settings;
    const horizonMs = Math.max(LEAST_HORIZON_MS, 2 * (spec.startUpMs ?? 0));
    return {
      source: `${workloadKey(spec.ref)} at ${new URL(settings.prometheus.url).host}`,
      series: [{ id: workloadKey(spec.ref), series, style: { kind: 'iso', separator: 'T', zone: 'Z' } }],
      horizonSteps: source.horizonSteps ?? Math.max(1, Math.ceil(horizonMs / stepMs)),
      seasonLengths: source.seasonLengths ?? spec.seasonsMs.map((season) => Math.round(season / stepMs)),
      levels: levels ?? levelsFor(spec.violationShare),
      candidates: models ?? settings.forecast.candidates,
      fitTimeoutMs: settings.forecast.fitTimeoutMs,
    };
  } finally {
    prometheus.close();
  }
}

/** A workload that is not in the file is one that discovery would find: it has the defaults of its namespace. */
function specOf({ workloads, discovery }: Settings, { ref, configPath }: WorkloadSource): WorkloadSpec {
  const named = workloads.find((spec) => workloadKey(spec.ref) === workloadKey(ref));
  if (named) return named;
  if (discovery) return { ...(discovery.byNamespace[ref.namespace] ?? discovery.defaults), ref };
  const known = workloads.map((spec) => workloadKey(spec.ref)).join(', ') || 'no workload';
  return refuse(configPath, [`--workload: expected one of ${known}, found "${workloadKey(ref)}"`]);
}

async function readLoad(
  prometheus: LoadSource,
  settings: Settings,
  spec: WorkloadSpec,
  window: { readonly nowMs: number; readonly windowMs: number },
  signal: AbortSignal,
): Promise<TimeSeries> {
  const name = loadSignal(spec);
  const { ref } = spec;
  const template = spec.signals[name]!;
  const { nowMs, windowMs } = window;
  const { stepMs, history: limits } = settings;
  const range = readRange([undefined], nowMs, windowMs, stepMs);
  const answer = await prometheus.read(template, [ref], { ...range, stepMs }, signal);
  const context = { signal: name, template, workloads: [ref], known: new Map(), nowMs, stepMs, windowMs, limits };
  const { series, quality } = observeSignal(answer, context).get(workloadKey(ref))!;
  if (!series?.values.some(Number.isFinite)) return refuseQuality(ref, quality);
  return withoutBlankStart(series);
}

/** Requests where they are observed, else CPU: the load that capacity would go by. */
function loadSignal(spec: WorkloadSpec): SignalName {
  const name = (['requests', 'cpu'] as const).find((signal) => spec.signals[signal]);
  return name ?? refuse(workloadKey(spec.ref), ['expected a template for requests or cpu in signals, found neither']);
}

function refuseQuality(ref: WorkloadRef, { signal, state, message }: Quality): never {
  return refuse(workloadKey(ref), [`signal ${signal} is ${state}: ${message}`]);
}

/** Prometheus may hold less than was asked for. */
function withoutBlankStart({ startMs, stepMs, values }: TimeSeries): TimeSeries {
  const first = values.findIndex(Number.isFinite);
  return { startMs: startMs + first * stepMs, stepMs, values: values.slice(first) };
}
