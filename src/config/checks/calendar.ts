/** Events and freezes: moments that exist, in order. */
import { formatDuration } from '../durations.ts';
import { parseMoment } from '../local-time.ts';
import { formatFound, type Path } from '../problems.ts';
import { type Check, type CheckProblem, named } from './check.ts';
import { allSpans, eventSpans, momentOf, type SpanDraft } from './spans.ts';

/** A list of the defaults is looked at once for each level that takes it over. */
export function once(problems: readonly CheckProblem[]): readonly CheckProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ path }) => {
    const key = JSON.stringify(path);
    return !seen.has(key) && seen.add(key);
  });
}

function skipped(text: string | undefined, timeZone: string | undefined, path: Path): readonly CheckProblem[] {
  if (text === undefined || timeZone === undefined || parseMoment(text, timeZone).kind !== 'skipped') return [];
  const expected = `a time that the clock shows in ${timeZone} (summer time skips this one)`;
  return [{ path, expected, found: formatFound(text) }];
}

export const momentsExist: Check = (config) =>
  once([
    ...allSpans(config).flatMap(({ path, start, end, timeZone }) => [
      ...skipped(start, timeZone, [...path, 'start']),
      ...skipped(end, timeZone, [...path, 'end']),
    ]),
    ...eventSpans(config).flatMap(({ path, repeat, timeZone }) =>
      skipped(repeat?.until, timeZone, [...path, 'repeat', 'until']),
    ),
  ]);

/** Length in milliseconds when both ends are known. */
export function lengthMs({ start, end, timeZone }: SpanDraft): number | undefined {
  const [from, to] = [momentOf(start, timeZone), momentOf(end, timeZone)];
  return from === undefined || to === undefined ? undefined : to - from;
}

export const endsAfterStart: Check = (config) =>
  once(
    allSpans(config).flatMap((span) => {
      const ms = lengthMs(span);
      if (ms === undefined || ms > 0) return [];
      const expected = `a time after ${named('start', span.start!)}`;
      return [{ path: [...span.path, 'end'], expected, found: formatFound(span.end) }];
    }),
  );

export const eventsDoNotOverlapThemselves: Check = (config) =>
  once(
    eventSpans(config).flatMap((span) => {
      const ms = lengthMs(span);
      if (ms === undefined || span.every === undefined || span.every >= ms) return [];
      const expected = `at least the length of the event (${formatDuration(ms)})`;
      return [{ path: [...span.path, 'every'], expected, found: formatFound(formatDuration(span.every)) }];
    }),
  );
