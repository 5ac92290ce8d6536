/** Events and freezes: moments that exist, in order. */

import { formatDuration } from '../durations.ts';
import { allLevels } from '../levels.ts';
import { parseMoment } from '../local-time.ts';
import { formatFound, type Path } from '../problems.ts';
import { type Check, type CheckProblem, named } from './check.ts';

interface Span {
  readonly path: Path;
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly timeZone: string | undefined;
  readonly every?: number | undefined;
}

function spansOf(config: Parameters<Check>[0]): readonly Span[] {
  const freezes = (config.decide?.freeze ?? []).map((freeze, i) => ({
    path: ['decide', 'freeze', i],
    span: freeze,
    zone: undefined,
  }));
  const events = allLevels(config).flatMap(({ layers: [{ path, fields }] }) =>
    (fields.events ?? []).map((event, i) => ({ path: [...path, 'events', i], span: event, zone: event?.timeZone })),
  );
  return [...freezes, ...events].flatMap(({ path, span, zone }) =>
    span ? [{ ...span, path, start: span.start, end: span.end, timeZone: zone ?? config.timeZone }] : [],
  );
}

function skipped(span: Span, side: 'start' | 'end'): readonly CheckProblem[] {
  const text = span[side];
  if (text === undefined || span.timeZone === undefined || parseMoment(text, span.timeZone).kind !== 'skipped')
    return [];
  const expected = `a time that the clock shows in ${span.timeZone} (summer time skips this one)`;
  return [{ path: [...span.path, side], expected, found: formatFound(text) }];
}

export const momentsExist: Check = (config) =>
  spansOf(config).flatMap((span) => [...skipped(span, 'start'), ...skipped(span, 'end')]);

/** Length in milliseconds when both ends are known. */
function lengthMs({ start, end, timeZone }: Span): number | undefined {
  if (start === undefined || end === undefined || timeZone === undefined) return undefined;
  const [from, to] = [parseMoment(start, timeZone), parseMoment(end, timeZone)];
  return from.kind === 'moment' && to.kind === 'moment' ? to.ms - from.ms : undefined;
}

export const endsAfterStart: Check = (config) =>
  spansOf(config).flatMap((span) => {
    const ms = lengthMs(span);
    if (ms === undefined || ms > 0) return [];
    return [
      {
        path: [...span.path, 'end'],
        expected: `a time after ${named('start', span.start!)}`,
        found: formatFound(span.end),
      },
    ];
  });

export const eventsDoNotOverlapThemselves: Check = (config) =>
  spansOf(config).flatMap((span) => {
    const ms = lengthMs(span);
    if (ms === undefined || span.every === undefined || span.every >= ms) return [];
    const expected = `at least the length of the event (${formatDuration(ms)})`;
    return [{ path: [...span.path, 'every'], expected, found: formatFound(formatDuration(span.every)) }];
  });
