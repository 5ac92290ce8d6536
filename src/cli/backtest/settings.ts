/** The options of `backtest`, checked together so that all problems are told at once. */
import { parseDuration } from '../../config/durations.ts';
import { type ForecasterName, forecasterNames } from '../../domain/forecast.ts';
import type { WorkloadRef } from '../../domain/workload.ts';
import type { OriginWishes } from '../../evaluate/origins.ts';
import { MOST_SEASON } from '../forecast/settings.ts';
import {
  addressForm,
  parseWebAddress,
  parseWorkloadRef,
  type Whereabouts,
  workloadForms,
} from '../workload/find-spec.ts';

/** As commander hands them over: text. */
export interface BacktestOptions {
  readonly input?: string;
  readonly horizon?: string;
  readonly seasonLength?: string;
  readonly levels?: string;
  readonly models?: string;
  readonly origins?: string;
  readonly stride?: string;
  readonly refitEvery?: string;
  readonly seed: string;
  readonly config: string;
  readonly prometheus?: string;
  readonly workload?: string;
  readonly since?: string;
  readonly output: 'table' | 'json';
  readonly html?: string;
}

export interface BacktestSettings {
  readonly source: FileSource | WorkloadSource;
  readonly wishes: OriginWishes;
  readonly seed: number;
  /** What the options leave open is taken from the source. */
  readonly levels?: readonly number[];
  readonly models?: readonly ForecasterName[];
}

export interface FileSource {
  readonly kind: 'file';
  readonly path: string;
  readonly horizonSteps: number;
  readonly seasonLengths: readonly number[];
}

export interface WorkloadSource {
  readonly kind: 'workload';
  readonly from: Whereabouts;
  readonly ref: WorkloadRef;
  readonly sinceMs?: number;
  readonly horizonSteps?: number;
  readonly seasonLengths?: readonly number[];
}

export type SettingsAnswer =
  | { readonly kind: 'read'; readonly settings: BacktestSettings }
  | { readonly kind: 'bad'; readonly problems: readonly string[] };

const MOST_HORIZON = 10_000;
const MOST_ORIGINS = 2_000;
const LARGEST = Number.MAX_SAFE_INTEGER;

type Reader = <T>(
  option: string,
  text: string | undefined,
  expected: string,
  parse: (text: string) => T | undefined,
) => T | undefined;

export function readSettings(options: BacktestOptions): SettingsAnswer {
  const problems: string[] = [];
  const read: Reader = (option, text, expected, parse) => {
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) problems.push(`--${option}: expected ${expected}, found "${text}"`);
    return value;
  };
  const count = (option: string, text: string | undefined, most: number, least = 1) =>
    read(
      option,
      text,
      `a whole number ${most === LARGEST ? `of at least ${least}` : `from ${least} to ${most}`}`,
      (t) => wholeNumber(t, least, most),
    );
  const wishes = defined({
    count: count('origins', options.origins, MOST_ORIGINS),
    stride: count('stride', options.stride, LARGEST),
    refitEvery: count('refit-every', options.refitEvery, LARGEST),
  });
  const shape = defined({
    horizonSteps: count('horizon', options.horizon, MOST_HORIZON),
    seasonLengths: read(
      'season-length',
      options.seasonLength,
      `whole numbers of steps up to ${MOST_SEASON} such as 24,168`,
      seasons,
    ),
  });
  const own = defined({
    levels: read('levels', options.levels, 'different numbers between 0 and 1 such as 0.5,0.9,0.99', levelList),
    models: read('models', options.models, `names out of ${forecasterNames.join(', ')}`, modelList),
  });
  const source = sourceOf(options, shape, read, problems);
  const seed = count('seed', options.seed, 2 ** 31 - 1, 0);
  if (problems.length > 0 || !source || seed === undefined) return { kind: 'bad', problems };
  return { kind: 'read', settings: { source, wishes, seed, ...own } };
}

function sourceOf(
  options: BacktestOptions,
  shape: { readonly horizonSteps?: number; readonly seasonLengths?: readonly number[] },
  read: Reader,
  problems: string[],
): FileSource | WorkloadSource | undefined {
  const { input: path, workload } = options;
  if ((path === undefined) === (workload === undefined)) {
    const found = path === undefined ? 'neither' : 'both';
    problems.push(`expected either --input FILE or --workload NAMESPACE/NAME, found ${found}`);
    return undefined;
  }
  if (workload !== undefined) {
    const ref = read('workload', workload, workloadForms, parseWorkloadRef);
    const sinceMs = read('since', options.since, 'a duration such as 30d', (text) => parseDuration(text) || undefined);
    const url = read('prometheus', options.prometheus, addressForm, parseWebAddress);
    const from = url === undefined ? { configPath: options.config } : { url };
    return ref && { kind: 'workload', from, ref, ...shape, ...defined({ sinceMs }) };
  }
  for (const option of ['since', 'prometheus'] as const)
    if (options[option] !== undefined) problems.push(`--${option}: expected only with --workload, found with --input`);
  for (const option of ['horizon', 'seasonLength'] as const) {
    const name = option === 'horizon' ? 'horizon' : 'season-length';
    if (options[option] === undefined) problems.push(`--${name}: expected with --input, found nothing`);
  }
  const { horizonSteps, seasonLengths } = shape;
  return path !== undefined && horizonSteps && seasonLengths
    ? { kind: 'file', path, horizonSteps, seasonLengths }
    : undefined;
}

/** The properties that have a value. */
function defined<T extends object>(values: T): { [key in keyof T]?: NonNullable<T[key]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [key in keyof T]?: NonNullable<T[key]>;
  };
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
}

/** All of a comma-separated list, or undefined when one of them is wrong or there twice. */
function listOf<T>(text: string, parse: (text: string) => T | undefined): T[] | undefined {
  const items = text.split(',').map((item) => parse(item.trim()));
  const good = items.filter((item): item is T & {} => item !== undefined);
  return good.length === items.length && new Set(good).size === items.length ? good : undefined;
}

function seasons(text: string): number[] | undefined {
  return listOf(text, (item) => wholeNumber(item, 1, MOST_SEASON))?.sort((a, b) => a - b);
}

function levelList(text: string): number[] | undefined {
  return listOf(text, (item) => {
    const level = item === '' ? Number.NaN : Number(item);
    return level > 0 && level < 1 ? level : undefined;
  })?.sort((a, b) => a - b);
}

function modelList(text: string): ForecasterName[] | undefined {
  return listOf(text, (item) => forecasterNames.find((name) => name === item));
}
