import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type Book, newEntry } from '../../src/app/book.ts';
import { priorFor } from '../../src/app/fleet-prior.ts';
import type { FittedSeries } from '../../src/domain/forecast.ts';
import { uniform } from '../forecast/made-series.ts';
import { specOf } from '../pipeline/facts.ts';

const STEP_MS = 300_000;
const SEASONS = [288, 2016];

function fittedFor(isActing: boolean): FittedSeries {
  const parameters = {
    stepMs: STEP_MS,
    firstStep: 0,
    trainedThroughMs: 14 * 86_400_000,
    'state.gate': Float64Array.of(isActing ? 0 : 1),
    'state.aggregate.upper.0.moments': Float64Array.of(100, 0.5, 0.1),
  };
  const models = { aggregate: { kind: 'aggregate', parameters } } as const;
  return { trainedThroughMs: 0, stepMs: STEP_MS, seed: 1, acting: 'aggregate', verdict: '', scores: [], models };
}

function bookOf(count: number, isActing: boolean): Book {
  return new Map(
    Array.from({ length: count }, (_, i) => {
      const entry = newEntry(specOf(`w${i}`));
      entry.fitted = fittedFor(isActing);
      return [`w${i}`, entry] as const;
    }),
  );
}

function historyOf(days: number) {
  const draw = uniform(1);
  const values = Float64Array.from({ length: 288 * days }, () => (draw() < 0.8 ? 0 : 10));
  return { history: { startMs: 0, stepMs: STEP_MS, values }, seasonLengths: SEASONS };
}

describe('prior for a workload', () => {
  it('is that of all others that are followed: a credit of 1.5 and a tail from ten on which the aggregate acts', () => {
    const prior = priorFor(bookOf(10, true), newEntry(specOf('new')), historyOf(1))!;
    assert.equal(prior.credit, 1.5);
    assert.ok(prior.tail!.scale > 0);
    assert.equal(priorFor(bookOf(10, false), newEntry(specOf('new')), historyOf(1))!.credit, 1);
  });

  it('does not count the workload itself', () => {
    const book = bookOf(10, true);
    assert.equal(priorFor(book, book.get('w0')!, historyOf(1))!.credit, 1);
  });

  it('is not for one with more than three days of history, but its kind is noted for others', () => {
    const entry = newEntry(specOf('old'));
    assert.equal(priorFor(bookOf(10, true), entry, historyOf(4)), undefined);
    assert.equal(entry.kind, 'sparse');
  });

  it('is empty in an empty fleet', () => {
    assert.deepEqual(priorFor(new Map(), newEntry(specOf('new')), historyOf(1)), { credit: 1 });
  });
});
