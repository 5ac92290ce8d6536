/** Learns on the slow clock what the events of the calendar do to each workload, and keeps it. */
import { setImmediate } from 'node:timers/promises';
import type { Uplifts } from '../domain/calendar.ts';
import { knownBy } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import { learnUplifts } from '../pipeline/calendar/learn-uplifts.ts';
import { seeOccurrences } from '../pipeline/calendar/see-occurrences.ts';
import { rememberSeen } from '../pipeline/calendar/seen-memory.ts';
import { type Entry, loadOf } from './book.ts';
import type { LoopState, World } from './world.ts';

/** An event that has just ended is known this much later at the latest. */
const EVERY_MS = 3_600_000;

function look(entry: Entry, nowMs: number): void {
  const { spec, seen } = entry;
  const load = loadOf(entry);
  if (!load || spec.events.length === 0) return;
  const now = seeOccurrences(knownBy(load.series, nowMs), spec.events, spec.clock, seen);
  entry.seen = rememberSeen(seen, now, nowMs);
}

function say({ log }: World, entry: Entry, uplifts: Uplifts): void {
  for (const [event, { mean, source, occurrences }] of Object.entries(uplifts)) {
    if (source !== 'learned' || entry.uplifts?.[event]?.occurrences === occurrences) continue;
    const factor = Math.exp(mean).toPrecision(3);
    const workload = workloadKey(entry.spec.ref);
    log.info(`event "${event}": load × ${factor} on average, learned from ${occurrences} occurrences`, { workload });
  }
}

/**
 * Looks at all workloads, because each learns from the others too, when it is time or a calendar is new. The loop goes on
 * between two of them: at the first start there are weeks of history to look at.
 */
export async function learnDueEvents(world: World, loop: LoopState): Promise<void> {
  const nowMs = world.now();
  const isNew = [...loop.book.values()].some(({ spec, uplifts }) => spec.events.length > 0 && !uplifts);
  if (!isNew && nowMs - (loop.eventsLearnedMs ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
  loop.eventsLearnedMs = nowMs;
  for (const entry of loop.book.values()) {
    look(entry, nowMs);
    await setImmediate();
  }
  const entries = [...loop.book.values()];
  const learned = learnUplifts(entries.map(({ spec, seen }) => ({ events: spec.events, seen })));
  entries.forEach((entry, i) => {
    say(world, entry, learned[i]!);
    entry.uplifts = learned[i]!;
  });
}
