/** Spans that must fit each other. */
import { formatDuration } from '../durations.ts';
import { allLevels } from '../levels.ts';
import { formatFound, formatPath, type Path } from '../problems.ts';
import { type Check, type CheckProblem, named } from './check.ts';

/** A lease that ends before the next renewals is a floor that comes and goes with one slow round. */
const LOOPS_PER_LEASE = 3;
/** Right before a step ends the newest complete one is almost a step old, and its samples arrive late besides. */
const STEPS_UNTIL_STALE = 2;
/** A pattern seen once is not yet a pattern. */
const SEASONS_IN_WINDOW = 2;

interface Bound {
  readonly path: Path;
  readonly ms: number | undefined;
  readonly factor: number;
  readonly other: Path;
  readonly otherMs: number | undefined;
}

function atLeast({ path, ms, factor, other, otherMs }: Bound): readonly CheckProblem[] {
  if (ms === undefined || otherMs === undefined || ms >= factor * otherMs) return [];
  const bound = `${factor === 1 ? '' : `${factor} × `}${named(formatPath(other), formatDuration(otherMs))}`;
  return [{ path, expected: `at least ${bound}`, found: formatFound(formatDuration(ms)), about: [other] }];
}

export const leaseOutlivesLoops: Check = ({ kubernetes, loop }) =>
  atLeast({
    path: ['kubernetes', 'lease'],
    ms: kubernetes?.lease,
    factor: LOOPS_PER_LEASE,
    other: ['loop'],
    otherMs: loop,
  });

export const staleAfterSteps: Check = ({ history, step }) =>
  atLeast({
    path: ['history', 'staleAfter'],
    ms: history?.staleAfter,
    factor: STEPS_UNTIL_STALE,
    other: ['step'],
    otherMs: step,
  });

export const rateCoversStep: Check = ({ prometheus, step }) =>
  atLeast({
    path: ['prometheus', 'rateWindow'],
    ms: prometheus?.rateWindow,
    factor: 1,
    other: ['step'],
    otherMs: step,
  });

function multipleOf(path: Path, ms: number | undefined, stepMs: number | undefined): readonly CheckProblem[] {
  if (ms === undefined || stepMs === undefined || ms % stepMs === 0) return [];
  const expected = `a multiple of ${named('step', formatDuration(stepMs))}`;
  return [{ path, expected, found: formatFound(formatDuration(ms)), about: [['step']] }];
}

export const windowInSteps: Check = (config) => multipleOf(['history', 'window'], config.history?.window, config.step);

interface Seasons {
  readonly path: Path;
  readonly lengths: readonly (number | undefined)[];
}

/** The season lists of the file, where they stand. */
function seasonLists(config: Parameters<Check>[0]): readonly Seasons[] {
  return allLevels(config).flatMap(({ layers: [{ path, fields }] }) =>
    fields.seasons === undefined ? [] : [{ path: [...path, 'seasons'], lengths: fields.seasons }],
  );
}

function listProblems({ path, lengths }: Seasons): readonly CheckProblem[] {
  if (lengths.length === 0) return [{ path, expected: 'at least one season', found: 'an empty list' }];
  return lengths.flatMap((ms, i) => {
    const before = i === 0 ? undefined : lengths[i - 1];
    if (ms === undefined || before === undefined || ms > before) return [];
    const expected = `ascending lengths, so more than ${formatDuration(before)}`;
    return [{ path: [...path, i], expected, found: formatFound(formatDuration(ms)), about: [[...path, i - 1]] }];
  });
}

export const seasonsAscend: Check = (config) => seasonLists(config).flatMap(listProblems);

export const seasonsInSteps: Check = (config) =>
  seasonLists(config).flatMap(({ path, lengths }) =>
    lengths.flatMap((ms, i) => multipleOf([...path, i], ms, config.step)),
  );

export const windowHoldsSeasons: Check = (config) => {
  const seasons = seasonLists(config).flatMap(({ path, lengths }) =>
    lengths.flatMap((ms, i) => (ms === undefined ? [] : [{ other: [...path, i], otherMs: ms }])),
  );
  const longest = seasons.toSorted((a, b) => b.otherMs - a.otherMs)[0];
  if (!longest) return [];
  return atLeast({ path: ['history', 'window'], ms: config.history?.window, factor: SEASONS_IN_WINDOW, ...longest });
};

export const someCandidate: Check = ({ forecast }) =>
  forecast?.candidates?.length === 0
    ? [{ path: ['forecast', 'candidates'], expected: 'at least one model', found: 'an empty list' }]
    : [];
