import assert from 'node:assert/strict';
import { type Book, newEntry } from '../../src/app/book.ts';
import { noteIncidents } from '../../src/app/incidents.ts';
import type { LoopState } from '../../src/app/world.ts';
import type { WorkloadFacts } from '../../src/domain/facts.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import { history, hour, minute, nowMs, refOf, specOf, workload } from '../pipeline/facts.ts';

const names = ['shop', 'basket', 'guide'];

function loopOf(): LoopState {
  const book: Book = new Map(names.map((name) => [workloadKey(refOf(name)), newEntry(specOf(name))]));
  const settings = { stepMs: minute, history: { windowMs: 24 * hour } };
  return { book, settings } as unknown as LoopState;
}

/** All but the newest `low` steps at 100, those at 5. */
function facts(loop: LoopState, low: number, atMs: number): readonly WorkloadFacts[] {
  const series = history(60, (age) => (age < low ? 5 : 100));
  const shifted = { ...series, startMs: series.startMs + (atMs - nowMs) };
  return names.map((name) => {
    const { memory } = loop.book.get(workloadKey(refOf(name)))!;
    return workload({ series: { requests: shifted }, memory }, name);
  });
}

const incidentsOf = (loop: LoopState) => loop.book.get(workloadKey(refOf('shop')))!.incidents;

describe('noteIncidents', () => {
  it('begins with the step in which all loads collapsed together', () => {
    const loop = loopOf();
    noteIncidents(loop, facts(loop, 1, nowMs), nowMs);
    assert.deepEqual(incidentsOf(loop), [{ fromMs: nowMs - minute, untilMs: nowMs }]);
  });

  it('lasts as long as the memory of the round says that the load is lost, in one span', () => {
    const loop = loopOf();
    noteIncidents(loop, facts(loop, 1, nowMs), nowMs);
    for (const entry of loop.book.values())
      entry.memory = { ...entry.memory, lost: { sinceMs: nowMs, loadBefore: 100 } };
    noteIncidents(loop, facts(loop, 6, nowMs + 5 * minute), nowMs + 5 * minute);
    assert.deepEqual(incidentsOf(loop), [{ fromMs: nowMs - minute, untilMs: nowMs + 5 * minute }]);
    noteIncidents(loop, facts(loop, 0, nowMs + 6 * minute), nowMs + 6 * minute);
    assert.deepEqual(incidentsOf(loop), [{ fromMs: nowMs - minute, untilMs: nowMs + 5 * minute }]);
  });

  it('is forgotten with the history it lies in', () => {
    const loop = loopOf();
    const entry = loop.book.get(workloadKey(refOf('shop')))!;
    entry.incidents = [{ fromMs: nowMs - 26 * hour, untilMs: nowMs - 25 * hour }];
    noteIncidents(loop, facts(loop, 0, nowMs), nowMs);
    assert.deepEqual(entry.incidents, []);
  });

  it('notes nothing while the load is what it was', () => {
    const loop = loopOf();
    const before = incidentsOf(loop);
    noteIncidents(loop, facts(loop, 0, nowMs), nowMs);
    assert.equal(incidentsOf(loop), before);
  });
});
