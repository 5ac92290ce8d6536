/** The cases of a list as courses to follow. */
import { readTextFile } from '../../../src/cli/text-file.ts';
import { parseDuration } from '../../../src/config/durations.ts';
import type { ForecasterName } from '../../../src/domain/forecast.ts';
import { parseTrace } from '../../../src/simulate/parse-trace.ts';
import type { Case } from '../../proof/cases.ts';
import type { Course } from './follow.ts';

const WINDOW_MS = 28 * 86_400_000;
/** Deciles, the levels that capacity is planned with, and the ends of the central 90 % and 99 % bands. */
export const levels = [0.005, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999];

/** As they are typed: lists with commas, durations such as 15m. */
interface Typed {
  readonly ahead: string;
  readonly models: string;
  readonly candidates: string;
  readonly refit: string;
  /** Every step when absent. */
  readonly every?: string;
}

/** In milliseconds. @throws Error that says what was expected */
export function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`expected a duration such as 15m, got ${text}`);
  return ms;
}

/** @throws Error naming the file or the option that cannot be read */
export async function courseOf(one: Case, typed: Typed): Promise<Course> {
  const option = new Map(one.options);
  const answer = parseTrace(await readTextFile(one.path), option.get('column')!);
  if (answer.kind === 'bad') throw new Error(`${one.path}: ${answer.problem}`);
  const { trace: series } = answer;
  const { stepMs, startMs, values } = series;
  const until = option.get('score-until');
  const stepsOf = (text: string) => Math.max(1, Math.round(durationOf(text) / stepMs));
  return {
    name: one.name,
    series,
    from: Math.round(durationOf(option.get('warm-up')!) / stepMs),
    to: until ? Math.round((Number(until) * 1000 - startMs) / stepMs) : values.length,
    horizons: typed.ahead.split(',').map(stepsOf),
    levels,
    models: typed.models.split(',') as ForecasterName[],
    candidates: typed.candidates.split(',') as ForecasterName[],
    ...(typed.every && { originEvery: stepsOf(typed.every) }),
    refitSteps: Math.round(durationOf(typed.refit) / stepMs),
    windowSteps: Math.round(WINDOW_MS / stepMs),
  };
}
