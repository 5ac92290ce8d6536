/** Rules by which an event recurs: days that fit the rule, a start that is one of them, and one end. */
import type { DayChoice } from '../../domain/calendar.ts';
import { isChosen, nameChoice, nameDay } from '../days.ts';
import { formatDuration } from '../durations.ts';
import { wallMs } from '../local-time.ts';
import { formatFound, type Path } from '../problems.ts';
import { lengthMs, once } from './calendar.ts';
import { type Check, type CheckProblem, named } from './check.ts';
import { type EventSpan, eventSpans, momentOf } from './spans.ts';

const DAY_MS = 86_400_000;
/** The shortest that each unit can be, in days. */
const SHORTEST = { day: 1, week: 7, month: 28, year: 365 } as const;

type Repeat = NonNullable<EventSpan['repeat']>;

/** Problems of each rule of the file, each at most once. */
function ofRules(look: (repeat: Repeat, path: Path, span: EventSpan) => readonly CheckProblem[]): Check {
  return (config) =>
    once(eventSpans(config).flatMap((span) => (span.repeat ? look(span.repeat, [...span.path, 'repeat'], span) : [])));
}

function choicesOf({ days }: Repeat): readonly DayChoice[] {
  return (days ?? []).filter((day) => day !== undefined);
}

/** The day on the wall clock of the zone on which the event starts first. */
function startDay({ start, timeZone }: EventSpan): number | undefined {
  const ms = momentOf(start, timeZone);
  return ms === undefined ? undefined : Math.floor(wallMs(ms, timeZone!) / DAY_MS);
}

export const oneWayToRepeat: Check = ofRules((repeat, path, span) => [
  ...(span.every === undefined ? [] : [{ path, expected: 'either repeat or every', found: 'both' }]),
  ...(repeat.until === undefined || repeat.count === undefined
    ? []
    : [{ path: [...path, 'until'], expected: 'either until or count', found: 'both', about: [[...path, 'count']] }]),
]);

const fits = {
  day: { kinds: [], expected: 'no days where an event recurs every day' },
  week: { kinds: ['weekday'], expected: 'weekdays such as thursday where an event recurs every week' },
  month: {
    kinds: ['nth-weekday', 'day-of-month'],
    expected: 'days such as 15, last day or first monday where an event recurs every month',
  },
  year: {
    kinds: ['nth-weekday', 'day-of-month'],
    expected: 'days such as 15, last day or first monday where an event recurs every year',
  },
} as const;

export const daysFitUnit: Check = ofRules((repeat, path) => {
  const { every } = repeat;
  if (every === undefined) return [];
  const kinds: readonly string[] = fits[every].kinds;
  return (repeat.days ?? []).flatMap((day, i) =>
    day === undefined || kinds.includes(day.kind)
      ? []
      : [{ path: [...path, 'days', i], expected: fits[every].expected, found: formatFound(nameChoice(day)) }],
  );
});

/** Otherwise it would not be clear whether the first one takes place, and what a count counts. */
export const startsOnADay: Check = ofRules((repeat, path, span) => {
  const day = startDay(span);
  const choices = choicesOf(repeat);
  if (day === undefined || choices.length === 0 || choices.some((choice) => isChosen(choice, day))) return [];
  const found = `${choices.map((choice) => formatFound(nameChoice(choice))).join(', ')} without it`;
  const expected = `the day of ${named('start', nameDay(day))} among them`;
  return [{ path: [...path, 'days'], expected, found, about: [[...span.path, 'start']] }];
});

/** The choices of a rule, or the one that its first day stands for. */
function meantChoices(repeat: Repeat, first: number): readonly DayChoice[] {
  const choices = choicesOf(repeat);
  if (choices.length > 0 || repeat.every === undefined || repeat.every === 'day') return choices;
  const date = new Date(first * DAY_MS);
  if (repeat.every === 'week') return [{ kind: 'weekday', weekday: date.getUTCDay() }];
  return [{ kind: 'day-of-month', day: date.getUTCDate() }];
}

export const exceptionsHit: Check = ofRules((repeat, path, span) => {
  const first = startDay(span);
  if (first === undefined) return [];
  const choices = meantChoices(repeat, first);
  return (repeat.except ?? []).flatMap((day, i) => {
    const hits = day === undefined || (day >= first && (choices.length === 0 || choices.some((c) => isChosen(c, day))));
    if (hits) return [];
    return [{ path: [...path, 'except', i], expected: 'a day on which the event takes place', found: nameDay(day) }];
  });
});

export const endsAfterTheFirst: Check = ofRules((repeat, path, span) => {
  const [start, until] = [momentOf(span.start, span.timeZone), momentOf(repeat.until, span.timeZone)];
  if (start === undefined || until === undefined || until + DAY_MS > start) return [];
  const expected = `a time after ${named('start', span.start!)}`;
  return [{ path: [...path, 'until'], expected, found: formatFound(repeat.until) }];
});

/** Days between two occurrences, at least. */
function gapDays({ every, interval }: Repeat, choices: readonly DayChoice[]): number | undefined {
  if (every === undefined || interval === undefined) return undefined;
  if (choices.length < 2) return SHORTEST[every] * interval;
  const inWeek = choices.flatMap((choice) => (choice.kind === 'weekday' ? [(choice.weekday + 6) % 7] : []));
  if (every !== 'week') return 1;
  const sorted = [...new Set(inWeek)].sort((a, b) => a - b);
  const gaps = sorted.map((day, i) => (sorted[i + 1] ?? sorted[0]! + 7 * interval) - day);
  return Math.min(...gaps);
}

/** One that lasts a day may follow on itself, also where the clock goes forward; one that lasts longer may not. */
export const rulesDoNotOverlapThemselves: Check = ofRules((repeat, _, span) => {
  const ms = lengthMs(span);
  const days = gapDays(repeat, choicesOf(repeat));
  if (ms === undefined || days === undefined || ms <= days * DAY_MS) return [];
  const expected = `at most ${formatDuration(days * DAY_MS)} after start, when the event recurs`;
  return [{ path: [...span.path, 'end'], expected, found: formatFound(span.end) }];
});
