/** Workload settings in the words of the domain. */
import type { CalendarEvent, Repeat } from '../domain/calendar.ts';
import { type SignalName, signalNames, type WorkloadSpec } from '../domain/workload.ts';
import { holidayEvents } from './holidays.ts';
import type { Fields } from './levels.ts';
import { parseMoment } from './local-time.ts';
import { bindQuantile, findTemplate, NO_SIGNAL, type Templates } from './templates.ts';
import { wallClockOf } from './wall-clock.ts';
import type { WorkloadFields } from './workload-schema.ts';

/** Settings of a workload whichever one it is. */
export type SpecFields = Omit<WorkloadSpec, 'ref'>;

function momentMs(text: string, timeZone: string): number {
  const moment = parseMoment(text, timeZone);
  if (moment.kind !== 'moment') throw new Error(`unchecked moment: ${text}`);
  return moment.ms;
}

type EventFields = NonNullable<WorkloadFields['events']>[number];

/** A date alone means all of that day. */
function lastMs(until: string, timeZone: string): number {
  return momentMs(until.trim().length === 10 ? `${until.trim()}T23:59:59` : until, timeZone);
}

function repeatOf({ repeat, every }: EventFields, timeZone: string): Repeat | undefined {
  if (every !== undefined) return { kind: 'span', everyMs: every };
  if (repeat === undefined) return undefined;
  const { every: unit, until, count, ...rest } = repeat;
  return {
    ...rest,
    kind: 'rule',
    unit,
    clock: wallClockOf(timeZone),
    ...(count !== undefined && { count }),
    ...(until !== undefined && { untilMs: lastMs(until, timeZone) }),
  };
}

function eventOf(event: EventFields, zoneOfWorkload: string): CalendarEvent {
  const timeZone = event.timeZone ?? zoneOfWorkload;
  const repeat = repeatOf(event, timeZone);
  return {
    name: event.name,
    type: event.type,
    startMs: momentMs(event.start, timeZone),
    endMs: momentMs(event.end, timeZone),
    ...(event.uplift !== undefined && { uplift: event.uplift }),
    ...(repeat && { repeat }),
  };
}

function calendarOf({ events, holidays }: WorkloadFields, timeZone: string): readonly CalendarEvent[] {
  return [
    ...given(events, 'events').map((event) => eventOf(event, timeZone)),
    ...given(holidays, 'holidays').flatMap((wish) => holidayEvents(wish, wish.timeZone ?? timeZone)),
  ];
}

/** Templates of the signals that are on, the latency at the quantile of the objective. */
function signalsOf(
  fields: WorkloadFields,
  objective: WorkloadSpec['objective'],
  own: Templates,
): WorkloadSpec['signals'] {
  const template = (signal: SignalName) => {
    const name = fields.signals?.[signal];
    if (name === undefined || name === NO_SIGNAL) return [];
    const found = findTemplate(signal, name, own);
    if (!found) throw new Error(`unchecked template: ${name}`);
    return [[signal, bindQuantile(found, objective)] as const];
  };
  return Object.fromEntries(signalNames.flatMap(template));
}

function given<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`unchecked setting: ${name}`);
  return value;
}

/**
 * @param draft - fields of all levels merged, with the defaults in it
 * @param fileZone - for workloads without a zone of their own
 * @throws Error when the fields were not checked before (our bug)
 */
export function specFields(draft: Fields, own: Templates, fileZone: string): SpecFields {
  const fields = draft as WorkloadFields;
  const timeZone = fields.timeZone ?? fileZone;
  const objective = given(fields.objective, 'objective');
  return {
    objective,
    minReplicas: given(fields.replicas?.min, 'replicas.min'),
    maxReplicas: given(fields.replicas?.max, 'replicas.max'),
    priority: given(fields.priority, 'priority'),
    costWeight: given(fields.costWeight, 'costWeight'),
    pool: given(fields.pool, 'pool'),
    violationShare: given(fields.violationShare, 'violationShare'),
    ...(fields.startUp === undefined ? {} : { startUpMs: fields.startUp }),
    ...(fields.perReplica === undefined ? {} : { perReplicaRps: fields.perReplica }),
    hpaMode: given(fields.hpaMode, 'hpaMode'),
    requestsMode: given(fields.requestsMode, 'requestsMode'),
    events: calendarOf(fields, timeZone),
    ...(timeZone === 'UTC' ? {} : { clock: wallClockOf(timeZone) }),
    signals: signalsOf(fields, objective, own),
    seasonsMs: given(fields.seasons, 'seasons'),
  };
}
