import assert from 'node:assert/strict';
import { type Book, newEntry } from '../../src/app/book.ts';
import { learnDueEvents } from '../../src/app/event-uplifts.ts';
import type { LoopState, World } from '../../src/app/world.ts';
import type { CalendarEvent } from '../../src/domain/calendar.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import { day, history, hour, minute, nowMs, refOf, specOf, tenEach } from '../pipeline/facts.ts';

/** Every seventh day from 08:00 to 09:00; the last one was three hours ago. */
const sale: CalendarEvent = {
  name: 'sale',
  type: 'flash-sale',
  startMs: nowMs - 4 * hour - 28 * day,
  endMs: nowMs - 3 * hour - 28 * day,
  repeat: { kind: 'span', everyMs: 7 * day },
};
const wasOn = (age: number) => {
  const since = (((nowMs - (age + 1) * minute - sale.startMs) % (7 * day)) + 7 * day) % (7 * day);
  return since < hour;
};

function worldAt(ms: { now: number }): World & { readonly said: string[] } {
  const said: string[] = [];
  const log = { info: (message: string) => said.push(message) };
  return { now: () => ms.now, log, said } as unknown as World & { readonly said: string[] };
}

function loopOf(calendars: { readonly [name: string]: readonly CalendarEvent[] }): LoopState {
  const book: Book = new Map();
  for (const [name, events] of Object.entries(calendars)) {
    const signals = { requests: { name: 'q', query: 'q', namespaceLabel: 'n', nameLabel: 'w', scale: 1 } };
    const entry = newEntry(specOf(name, { events, signals }));
    entry.capacity = tenEach;
    entry.series.set(
      'requests',
      history(21 * 1440, (age) => (wasOn(age) ? 300 : 100)),
    );
    book.set(workloadKey(refOf(name)), entry);
  }
  return { book, settings: {} } as unknown as LoopState;
}

const entryOf = (loop: LoopState, name: string) => loop.book.get(workloadKey(refOf(name)))!;

describe('learnDueEvents', () => {
  it('learns the uplift of 3 from the three sales in the history, and says so', async () => {
    const [world, loop] = [worldAt({ now: nowMs }), loopOf({ web: [sale] })];
    await learnDueEvents(world, loop);
    const { mean, occurrences, source } = entryOf(loop, 'web').uplifts!['sale']!;
    assert.deepEqual([source, occurrences], ['learned', 3]);
    assert.ok(Math.abs(Math.exp(mean) - 3) < 0.1, `${Math.exp(mean)}`);
    assert.equal(world.said.length, 1);
    assert.match(world.said[0]!, /^event "sale": load × 3\.00 on average, learned from 3 occurrences$/);
  });

  it('tells the type from one workload to the next', async () => {
    const spring: CalendarEvent = {
      name: 'spring',
      type: 'flash-sale',
      startMs: nowMs + day,
      endMs: nowMs + day + hour,
    };
    const loop = loopOf({ web: [sale], guide: [spring] });
    await learnDueEvents(worldAt({ now: nowMs }), loop);
    const { source, occurrences } = entryOf(loop, 'guide').uplifts!['spring']!;
    assert.deepEqual([source, occurrences], ['type', 3]);
  });

  it('looks again after an hour, or at once where a calendar is new', async () => {
    const time = { now: nowMs };
    const [world, loop] = [worldAt(time), loopOf({ web: [sale] })];
    await learnDueEvents(world, loop);
    const first = entryOf(loop, 'web').uplifts;
    time.now += 59 * minute;
    await learnDueEvents(world, loop);
    assert.equal(entryOf(loop, 'web').uplifts, first);
    time.now += minute;
    await learnDueEvents(world, loop);
    assert.notEqual(entryOf(loop, 'web').uplifts, first);
    delete entryOf(loop, 'web').uplifts;
    await learnDueEvents(world, loop);
    assert.ok(entryOf(loop, 'web').uplifts);
    assert.equal(world.said.length, 2, 'said again only after it was forgotten');
  });

  it('keeps what the history no longer has: a sale of last year counts with the three', async () => {
    const loop = loopOf({ web: [sale] });
    const startMs = nowMs - 365 * day;
    const entry = entryOf(loop, 'web');
    entry.seen = [{ name: 'sale', type: 'flash-sale', startMs, endMs: startMs + hour, mean: 1, parts: [1], after: [] }];
    await learnDueEvents(worldAt({ now: nowMs }), loop);
    assert.equal(entry.uplifts!['sale']!.occurrences, 4);
    assert.equal(entry.seen.length, 4);
  });

  it('is done at once without any event', async () => {
    const loop = loopOf({ web: [] });
    await learnDueEvents(worldAt({ now: nowMs }), loop);
    assert.deepEqual(entryOf(loop, 'web').uplifts, {});
    assert.deepEqual(entryOf(loop, 'web').seen, []);
  });
});
