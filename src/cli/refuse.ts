const MOST_PROBLEMS = 50;

/** Ends a command that cannot start: all problems at once, each on a line, before anything was written. */
export function refuse(what: string, problems: readonly string[]): never {
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => `  ${problem}`);
  const hidden = problems.length - shown.length;
  if (hidden > 0) shown.push(`  and ${hidden} more`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  throw new Error(`${what}: ${count}. Nothing was written.\n${shown.join('\n')}`);
}
