import type { LoadSource, RawSeries } from '../../domain/ports.ts';
import type { Settings } from '../../domain/settings.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import { type SignalName, type SignalTemplate, type WorkloadRef, workloadKey } from '../../domain/workload.ts';
import { observeSignal } from '../../observe/observe-signal.ts';
import { readRange } from '../../observe/read-range.ts';
import { startProgress } from '../progress.ts';

/** Reads of one workload over one span. */
export interface SeriesReader {
  readonly stepMs: number;
  /** The workload's series by a template; undefined when there is none with a usable sample. */
  series(signal: SignalName, template: SignalTemplate): Promise<TimeSeries | undefined>;
  /** All series that a query gives, unaligned, one sample every `stepMs`. Nothing when the query fails. */
  raw(query: string, stepMs: number): Promise<readonly RawSeries[]>;
  /** What went wrong so far, in words. */
  troubles(): readonly string[];
  /** Takes the progress off the screen. */
  end(): void;
}

/** About as many queries as one workload takes: the presets of its load, CPU, pods, replicas, errors, throttling. */
const MOST_READS = 14;

export function createSeriesReader(
  source: LoadSource,
  { stepMs, history: limits }: Settings,
  ref: WorkloadRef,
  { nowMs, windowMs }: { readonly nowMs: number; readonly windowMs: number },
  signal: AbortSignal,
): SeriesReader {
  const troubles: string[] = [];
  const progress = startProgress('reading', MOST_READS);
  let reads = 0;
  const read = async (template: SignalTemplate, everyMs: number) => {
    const range = readRange([undefined], nowMs, windowMs, everyMs);
    const answer = await source.read(template, [ref], { ...range, stepMs: everyMs }, signal);
    if (signal.aborted) throw new Error('stopped. Nothing was written.');
    reads += 1;
    progress.update(Math.min(reads, MOST_READS));
    return answer;
  };
  return {
    stepMs,
    async series(name, template) {
      const answer = await read(template, stepMs);
      const context = { signal: name, template, workloads: [ref], known: new Map(), nowMs, stepMs, windowMs, limits };
      const { series, quality } = observeSignal(answer, context).get(workloadKey(ref))!;
      if (series?.values.some(Number.isFinite)) return series;
      troubles.push(`signal ${name} by ${template.name} is ${quality.state}: ${quality.message}`);
      return undefined;
    },
    async raw(query, everyMs) {
      const template = { name: 'pods', query, namespaceLabel: 'namespace', nameLabel: 'pod', scale: 1 };
      const answer = await read(template, everyMs);
      if (answer.kind === 'answered') return answer.series;
      troubles.push(answer.message);
      return [];
    },
    troubles: () => troubles,
    end: () => progress.end(),
  };
}
