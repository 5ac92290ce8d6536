/** From the command line of `simulate` to what the engine takes, with every problem at once. */
import { parseDuration } from '../../config/durations.ts';
import { objectiveForms, parseObjective } from '../../config/objectives.ts';
import type { Objective, WorkloadRef } from '../../domain/workload.ts';
import type { Prices } from '../../simulate/prices.ts';
import type { StartUp } from '../../simulate/start-up.ts';
import {
  addressForm,
  parseWebAddress,
  parseWorkloadRef,
  type Whereabouts,
  workloadForms,
} from '../workload/find-spec.ts';

/** As commander hands them over: text. */
export interface SimulateOptions {
  readonly trace?: string;
  readonly column?: string;
  readonly config: string;
  readonly prometheus?: string;
  readonly workload?: string;
  readonly since?: string;
  readonly perReplica?: string;
  readonly startUp?: string;
  readonly decideEvery?: string;
  readonly warmUp?: string;
  readonly policies?: string;
  readonly frontier?: boolean;
  readonly price?: string;
  readonly priceChange?: string;
  readonly seed: string;
  readonly refitEvery: string;
  readonly scalePeak?: string;
  readonly objective?: string;
  readonly scoreUntil?: string;
  readonly output?: string;
  readonly decisions?: string;
  readonly html?: string;
  readonly format: string;
}

export interface FileSource {
  readonly kind: 'file';
  readonly path: string;
  readonly column: string;
}

/** A workload whose load, capacity and start-up are read from its own metrics. */
export interface WorkloadSource {
  readonly kind: 'workload';
  readonly from: Whereabouts;
  readonly ref: WorkloadRef;
  readonly sinceMs?: number;
}

export interface SimulateSettings {
  readonly source: FileSource | WorkloadSource;
  /** Always there with a file. */
  readonly perReplica?: number;
  /** Always there with a file. */
  readonly startUp?: StartUp;
  /** The step of the trace when absent. */
  readonly decideMs?: number;
  /** Half of the trace when absent. */
  readonly warmUpMs?: number;
  readonly seed: number;
  readonly refitEveryMs: number;
  readonly scalePeak?: number;
  readonly objective?: Objective;
  readonly scoreUntilMs?: number;
  readonly prices?: Prices;
}

/** Collects problems while values are read; a value that is wrong reads as undefined. */
interface Reader {
  readonly problems: string[];
  read<T>(option: string, text: string, expected: string, parse: (text: string) => T | undefined): T | undefined;
}

function createReader(): Reader {
  const problems: string[] = [];
  return {
    problems,
    read(option, text, expected, parse) {
      const value = parse(text);
      if (value === undefined) problems.push(`--${option}: expected ${expected}, got "${text}"`);
      return value;
    },
  };
}

/** @throws Error with all problems, one a line */
export function readSettings(options: SimulateOptions): SimulateSettings {
  const reader = createReader();
  const source = readSource(options, reader);
  const settings = {
    refitEveryMs: reader.read('refit-every', options.refitEvery, 'a duration such as 1d', parseDuration)!,
    seed: reader.read('seed', options.seed, 'a whole number', wholeNumber)!,
    ...optional('perReplica', options.perReplica, (text) =>
      reader.read('per-replica', text, 'a rate per second above 0', positive),
    ),
    ...optional('startUp', options.startUp, (text) => reader.read('start-up', text, startUpForms, parseStartUp)),
    ...optional('warmUpMs', options.warmUp, (text) =>
      reader.read('warm-up', text, 'a duration such as 14d', parseDuration),
    ),
    ...optional('decideMs', options.decideEvery, (text) =>
      reader.read('decide-every', text, 'a duration such as 60s', parseDuration),
    ),
    ...optional('scalePeak', options.scalePeak, (text) =>
      reader.read('scale-peak', text, 'a rate per second above 0', positive),
    ),
    ...optional('objective', options.objective, (text) =>
      reader.read('objective', text, objectiveForms, parseObjective),
    ),
    ...optional('scoreUntilMs', options.scoreUntil, (text) => reader.read('score-until', text, 'unix seconds', unixMs)),
    ...readPrices(options, reader),
  };
  if (reader.problems.length > 0 || source === undefined) throw new Error(describe(reader.problems));
  return { source, ...settings };
}

/** Where the load comes from: a file, or a workload of a Prometheus. */
function readSource(options: SimulateOptions, reader: Reader): FileSource | WorkloadSource | undefined {
  const { trace: path, workload, column, since, prometheus: url } = options;
  if ((path === undefined) === (workload === undefined)) {
    const found = path === undefined ? 'neither' : 'both';
    reader.problems.push(`expected either --trace FILE or --workload NAMESPACE/NAME, found ${found}`);
    return undefined;
  }
  if (workload !== undefined) return readWorkload(options, workload, reader);
  for (const [option, value] of Object.entries({ since, prometheus: url }))
    if (value !== undefined) reader.problems.push(`--${option}: expected only with --workload, found with --trace`);
  const needed = { column, 'per-replica': options.perReplica, 'start-up': options.startUp };
  for (const [option, value] of Object.entries(needed))
    if (value === undefined) reader.problems.push(`--${option}: expected with --trace, found nothing`);
  return { kind: 'file', path: path!, column: column ?? '' };
}

function readWorkload(options: SimulateOptions, text: string, reader: Reader): WorkloadSource | undefined {
  const ref = reader.read('workload', text, workloadForms, parseWorkloadRef);
  const since = optional('sinceMs', options.since, (span) =>
    reader.read('since', span, 'a duration such as 30d', positiveDuration),
  );
  if (options.column !== undefined) reader.problems.push('--column: expected only with --trace, found with --workload');
  const url = options.prometheus;
  if (url !== undefined) reader.read('prometheus', url, addressForm, parseWebAddress);
  const from = url === undefined ? { configPath: options.config } : { url };
  return ref && { kind: 'workload', from, ref, ...since };
}

/** A price of changes alone is one in replica-hours. */
function readPrices(options: SimulateOptions, reader: Reader): { readonly prices?: Prices } {
  const { price, priceChange } = options;
  if (price === undefined && priceChange === undefined) return {};
  const perReplicaHour = reader.read('price', price ?? '1', 'money per replica-hour, above 0', positive)!;
  const perChange = reader.read('price-change', priceChange ?? '0', 'money per replica started or stopped', amount)!;
  return { prices: { perReplicaHour, perChange } };
}

/** Problems of a command line, with what happens now. */
export function describe(problems: readonly string[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [`simulate: ${count}. Nothing was simulated or written.`, ...problems.map((problem) => `  ${problem}`)].join(
    '\n',
  );
}

function optional<K extends string, T>(
  key: K,
  text: string | undefined,
  read: (text: string) => T | undefined,
): { [key in K]?: T } {
  const value = text === undefined ? undefined : read(text);
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: T };
}

function positive(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) && value > 0 ? value : undefined;
}

function amount(text: string): number | undefined {
  return text.trim() !== '' && Number(text) === 0 ? 0 : positive(text);
}

function positiveDuration(text: string): number | undefined {
  const ms = parseDuration(text);
  return ms === 0 ? undefined : ms;
}

function wholeNumber(text: string): number | undefined {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}

function unixMs(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : undefined;
}

const startUpForms = 'a duration such as 120s, or its distribution as p50=60s,p99=180s';

function parseStartUp(text: string): StartUp | undefined {
  const ms = parseDuration(text);
  if (ms !== undefined) return { kind: 'fixed', ms };
  const match = /^p50=([^,]+),p99=([^,]+)$/.exec(text);
  const p50Ms = match === null ? undefined : parseDuration(match[1]!);
  const p99Ms = match === null ? undefined : parseDuration(match[2]!);
  if (p50Ms === undefined || p99Ms === undefined || p50Ms === 0 || p99Ms < p50Ms) return undefined;
  return { kind: 'drawn', p50Ms, p99Ms };
}
