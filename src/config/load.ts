/**
 * Reads the configuration: file → YAML → shape → checks between settings → frozen settings.
 *
 * Every step goes on as far as it can, so that one run names everything that is wrong.
 */
import { readFileSync } from 'node:fs';
import type { Settings } from '../domain/settings.ts';
import { checks } from './checks/all.ts';
import type { CheckProblem } from './checks/check.ts';
import type { ConfigDraft } from './levels.ts';
import { formatPath, type Path, type Problem } from './problems.ts';
import { readShape, type ShapeProblem } from './read-shape.ts';
import { configSchema } from './schema.ts';
import { settingsOf } from './settings-of.ts';
import { readYaml } from './yaml-source.ts';

export type LoadResult =
  | { readonly kind: 'loaded'; readonly settings: Settings; readonly loadedFrom: string }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

function startsWith(path: Path, prefix: Path): boolean {
  return prefix.every((part, i) => path[i] === part);
}

/** What is wrong by itself says nothing about how it fits the rest. */
function stands(problem: CheckProblem, wrong: readonly ShapeProblem[]): boolean {
  return [problem.path, ...(problem.about ?? [])].every((path) => !wrong.some((other) => startsWith(path, other.path)));
}

function isGiven(value: unknown, path: Path): boolean {
  let item = value;
  for (const part of path)
    item = typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[part] : undefined;
  return item !== undefined;
}

function ofDefault(problem: CheckProblem, value: unknown): CheckProblem {
  const inFile = isGiven(value, problem.path) || problem.found === 'nothing' || problem.found === 'neither';
  return inFile ? problem : { ...problem, found: `${problem.found} (the default)` };
}

function checkTogether(draft: ConfigDraft, value: unknown, wrong: readonly ShapeProblem[]): readonly ShapeProblem[] {
  return checks
    .flatMap((check) => check(draft))
    .filter((problem) => stands(problem, wrong))
    .map((problem) => ofDefault(problem, value));
}

/** In the order of the file; what has no line comes last, in the order it was found. */
function byLine(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER));
}

/** @param loadedFrom - the name of the file, for messages */
export function parseSettings(text: string, loadedFrom: string): LoadResult {
  const source = readYaml(text);
  if (source.value === undefined) return { kind: 'invalid', problems: source.problems };
  const { draft, problems: wrong } = readShape(configSchema, source.value);
  const located = [...wrong, ...checkTogether(draft ?? {}, source.value, wrong)].map(
    ({ path, expected, found, meant }): Problem => {
      const line = source.lineOf(path);
      return {
        path: formatPath(path),
        expected,
        found,
        ...(line === undefined ? {} : { line }),
        ...(meant === undefined ? {} : { meant }),
      };
    },
  );
  const problems = byLine([...source.problems, ...located]);
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'loaded', settings: settingsOf(configSchema.parse(source.value)), loadedFrom };
}

function unreadable(found: string): LoadResult {
  return { kind: 'invalid', problems: [{ path: 'file', expected: 'a readable file of UTF-8 text', found }] };
}

/** The text of the file, or why there is none. */
export function readSource(
  path: string,
): { readonly kind: 'text'; readonly text: string } | { readonly kind: 'unreadable'; readonly found: string } {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return { kind: 'unreadable', found: 'no such file' };
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { kind: 'unreadable', found: 'bytes that are not UTF-8' };
    return { kind: 'unreadable', found: `an error: ${(error as Error).message}` };
  }
}

/** Reads and checks the file at `path`. Never throws for what a user can get wrong. */
export function loadSettings(path: string): LoadResult {
  const source = readSource(path);
  return source.kind === 'text' ? parseSettings(source.text, path) : unreadable(source.found);
}
