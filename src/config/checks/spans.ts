/** Everything in the file that has a start and an end: events and freezes, with the zone that they stand in. */

import { allLevels, type Level } from '../levels.ts';
import { parseMoment } from '../local-time.ts';
import type { Path } from '../problems.ts';
import type { Draft } from '../read-shape.ts';
import type { WorkloadFields } from '../workload-schema.ts';
import type { Check } from './check.ts';

type Config = Parameters<Check>[0];
type EventDraft = Draft<NonNullable<WorkloadFields['events']>[number]>;

export interface SpanDraft {
  readonly path: Path;
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly timeZone: string | undefined;
}

export interface EventSpan extends SpanDraft {
  readonly every: number | undefined;
  readonly repeat: EventDraft['repeat'];
}

/** The layer that a list of a level comes from. A workload may stand in another zone than the defaults that it takes it from. */
export function itemsOf<K extends 'events' | 'holidays'>(level: Level, key: K) {
  const layer = level.layers.find(({ fields }) => fields[key] !== undefined);
  type Item = NonNullable<NonNullable<Level['fields'][K]>[number]>;
  return ((layer?.fields[key] ?? []) as readonly (Item | undefined)[]).flatMap((item, i) =>
    item ? [{ item, path: [...layer!.path, key, i] as Path }] : [],
  );
}

export function eventSpans(config: Config): readonly EventSpan[] {
  return allLevels(config).flatMap((level) =>
    itemsOf(level, 'events').map(({ item, path }) => ({
      path,
      start: item.start,
      end: item.end,
      every: item.every,
      repeat: item.repeat,
      timeZone: item.timeZone ?? level.fields.timeZone ?? config.timeZone,
    })),
  );
}

export function allSpans(config: Config): readonly SpanDraft[] {
  const freezes = (config.decide?.freeze ?? []).flatMap((freeze, i) =>
    freeze ? [{ path: ['decide', 'freeze', i], start: freeze.start, end: freeze.end, timeZone: config.timeZone }] : [],
  );
  return [...freezes, ...eventSpans(config)];
}

/** undefined when it is not known, or is no moment. */
export function momentOf(text: string | undefined, timeZone: string | undefined): number | undefined {
  if (text === undefined || timeZone === undefined) return undefined;
  const moment = parseMoment(text, timeZone);
  return moment.kind === 'moment' ? moment.ms : undefined;
}
