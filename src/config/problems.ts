/** One thing that is wrong with the configuration, in the words of its author. */
export interface Problem {
  /** Where, as in `workloads[2].replicas.min`; `file` for the file as a whole. */
  readonly path: string;
  /** 1-based; absent when there is no file, as with annotations. */
  readonly line?: number;
  /** Completes "expected …". */
  readonly expected: string;
  /** Completes "got …"; never a secret. */
  readonly found: string;
  /** Completes "(did you mean …?)". */
  readonly meant?: string;
}

/** A way into the configuration: names of settings and positions in lists. */
export type Path = readonly (string | number)[];

/** `['workloads', 2, 'replicas', 'min']` → `workloads[2].replicas.min`; `file` for the empty path, `""` for an empty key. */
export function formatPath(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part || '""'}`)).join('');
  return text === '' ? 'file' : text.replace(/^\./, '');
}

const LONGEST_VALUE = 60;

/** A value from the file for "got …": texts in quotes, long ones cut, numbers as YAML has them, structures by their name only. */
export function formatFound(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' && !Number.isFinite(value)) return notFinite(value);
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE - 1)}…` : value);
}

function notFinite(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  return value > 0 ? '.inf' : '-.inf';
}

function describeProblem(problem: Problem): string {
  const where = problem.line === undefined ? problem.path : `${problem.path} (line ${problem.line})`;
  const hint = problem.meant === undefined ? '' : ` (did you mean "${problem.meant}"?)`;
  return `  ${where}: expected ${problem.expected}, got ${problem.found}${hint}`;
}

/**
 * All problems of a file as one message: how many, what happens now, then one line each.
 *
 * @param keeping - when the configuration that stays in force was loaded, for example `09:12:00Z`; absent when none is
 */
export function describeProblems(path: string, problems: readonly Problem[], keeping?: string): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const now =
    keeping === undefined ? 'Nothing changed.' : `Nothing changed; still running the config loaded ${keeping}.`;
  return [`${path}: ${count}. ${now}`, ...problems.map(describeProblem)].join('\n');
}
