/** From the command line of `simulate` to what the engine takes, with every problem at once. */
import { parseDuration } from '../../config/durations.ts';
import { objectiveForms, parseObjective } from '../../config/objectives.ts';
import type { Objective } from '../../domain/workload.ts';
import type { StartUp } from '../../simulate/start-up.ts';

/** As commander hands them over: text. */
export interface SimulateOptions {
  readonly trace: string;
  readonly column: string;
  readonly perReplica: string;
  readonly startUp: string;
  readonly decideEvery?: string;
  readonly warmUp: string;
  readonly policies: string;
  readonly seed: string;
  readonly refitEvery: string;
  readonly scalePeak?: string;
  readonly objective?: string;
  readonly scoreUntil?: string;
  readonly output?: string;
  readonly decisions?: string;
  readonly format: string;
}

export interface SimulateSettings {
  readonly perReplica: number;
  readonly startUp: StartUp;
  /** The step of the trace when absent. */
  readonly decideMs?: number;
  readonly warmUpMs: number;
  readonly seed: number;
  readonly refitEveryMs: number;
  readonly scalePeak?: number;
  readonly objective?: Objective;
  readonly scoreUntilMs?: number;
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
  const settings = {
    perReplica: reader.read('per-replica', options.perReplica, 'a rate per second above 0', positive)!,
    startUp: reader.read('start-up', options.startUp, startUpForms, parseStartUp)!,
    warmUpMs: reader.read('warm-up', options.warmUp, 'a duration such as 14d', parseDuration)!,
    refitEveryMs: reader.read('refit-every', options.refitEvery, 'a duration such as 1d', parseDuration)!,
    seed: reader.read('seed', options.seed, 'a whole number', wholeNumber)!,
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
  };
  if (reader.problems.length > 0) throw new Error(describe(reader.problems));
  return settings;
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
