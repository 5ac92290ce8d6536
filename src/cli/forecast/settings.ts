/** The options of `forecast`, checked together so that all problems are told at once. */

export interface ForecastOptions {
  readonly input?: string;
  readonly horizon?: string;
  readonly seasonLength?: string;
  readonly levels: string;
  readonly seed: string;
  readonly prior?: boolean;
  readonly output?: string;
}

export interface BatchSettings {
  /** Path of the table. */
  readonly input: string;
  readonly horizonSteps: number;
  readonly seasonLengths: readonly number[];
  /** As typed, in the order typed; they name the columns. */
  readonly levels: readonly { readonly text: string; readonly level: number }[];
  readonly seed: number;
  /** Whether the shipped networks take part. */
  readonly prior: boolean;
}

export type SettingsAnswer =
  | { readonly kind: 'read'; readonly settings: BatchSettings }
  | { readonly kind: 'bad'; readonly problems: readonly string[] };

const MOST_HORIZON = 100_000;
/** Fourteen months of seconds. A season takes memory for each of its steps, however short the history is. */
export const MOST_SEASON = 10_000_000;

export function readSettings(options: ForecastOptions): SettingsAnswer {
  const problems: string[] = [];
  const input = needed('--input', 'the path of a table', options.input, problems);
  const horizon = needed('--horizon', 'a number of steps', options.horizon, problems);
  const seasons = needed('--season-length', 'numbers of steps such as 24,168', options.seasonLength, problems);
  const horizonSteps = wholeNumber('--horizon', horizon ?? '1', 1, MOST_HORIZON, problems);
  const seasonLengths = split(seasons ?? '1').map((text) =>
    wholeNumber('--season-length', text, 1, MOST_SEASON, problems),
  );
  const levels = split(options.levels).map((text) => ({ text, level: levelOf(text, problems) }));
  if (new Set(levels.map(({ level }) => level)).size < levels.length) {
    problems.push(`--levels: expected each level once, found "${options.levels}"`);
  }
  const seed = wholeNumber('--seed', options.seed, 0, 2 ** 31 - 1, problems);
  if (problems.length > 0 || input === undefined) return { kind: 'bad', problems };
  const ascending = [...new Set(seasonLengths)].sort((a, b) => a - b);
  return {
    kind: 'read',
    settings: { input, horizonSteps, seasonLengths: ascending, levels, seed, prior: options.prior === true },
  };
}

function needed(option: string, expected: string, text: string | undefined, problems: string[]): string | undefined {
  if (text === undefined || text === '') problems.push(`${option}: expected ${expected}, found nothing`);
  return text === '' ? undefined : text;
}

function split(list: string): string[] {
  return list.split(',').map((text) => text.trim());
}

function wholeNumber(option: string, text: string, least: number, most: number, problems: string[]): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    problems.push(`${option}: expected a whole number from ${least} to ${most}, found "${text}"`);
  }
  return value;
}

function levelOf(text: string, problems: string[]): number {
  const level = text === '' ? Number.NaN : Number(text);
  if (!(level > 0 && level < 1)) problems.push(`--levels: expected numbers between 0 and 1, found "${text}"`);
  return level;
}
