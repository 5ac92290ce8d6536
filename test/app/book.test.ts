import assert from 'node:assert/strict';
import { type Book, type Entry, loadOf, newEntry, updateBook } from '../../src/app/book.ts';
import { follow } from '../../src/app/follow.ts';
import { isRemembered, recall } from '../../src/app/memory.ts';
import { isUnlearned } from '../../src/app/round.ts';
import { sourceOf } from '../../src/app/source.ts';
import type { CapacityModel } from '../../src/domain/capacity.ts';
import type { FittedSeries } from '../../src/domain/forecast.ts';
import type { SignalTemplate, WorkloadSpec } from '../../src/domain/workload.ts';
import { spec as anySpec, state as anyState } from '../decide/situations.ts';

const stepMs = 60_000;
const template = (query: string, name = 'mine'): SignalTemplate => ({
  name,
  query,
  namespaceLabel: 'namespace',
  nameLabel: 'app',
  scale: 1,
});
const istio = template('istio');
const series = { startMs: 0, stepMs, values: Float64Array.from({ length: 200 }, (_, i) => 10 + (i % 7)) };
const capacity: CapacityModel = {
  driver: 'requests',
  perReplica: 10,
  interval: [10, 10],
  objective: { kind: 'utilisation', share: 0.7 },
  source: 'configured',
  samples: 0,
};
const spec: WorkloadSpec = { ...anySpec(), signals: { requests: istio, cpu: template('cpu') } };

/** A workload about which everything is known. */
function known(): { readonly book: Book; readonly entry: Entry } {
  const book: Book = new Map();
  updateBook(book, [spec]);
  const [entry] = [...book.values()] as [Entry];
  entry.series.set('requests', series).set('cpu', series);
  entry.capacity = capacity;
  entry.fitted = fittedFrom(sourceOf('requests', istio));
  return { book, entry };
}

function fittedFrom(source: string, step = stepMs): FittedSeries {
  const models = { 'seasonal-naive': { kind: 'seasonal-naive', parameters: {} } } as const;
  const acting = 'seasonal-naive';
  return { trainedThroughMs: 0, source, stepMs: step, seed: 1, acting, verdict: '', scores: [], models };
}

describe('updateBook', () => {
  it('keeps everything of a workload whose settings are equal, also when they were read anew', () => {
    const { book, entry } = known();
    assert.deepEqual(updateBook(book, [structuredClone(spec)]), []);
    assert.equal(entry.capacity, capacity);
    assert.equal(entry.series.size, 2);
  });

  it('learns the capacity anew for another objective, without a wait for the next refit', () => {
    const { book, entry } = known();
    updateBook(book, [{ ...spec, objective: { kind: 'utilisation', share: 0.5 } }]);
    assert.equal(entry.capacity, undefined);
    assert.equal(entry.series.size, 2);
  });

  it('forgets what was said of a donor that is replaced, so that the new one has its turn', () => {
    const { book, entry } = known();
    entry.saidOfDonor = 'nothing is borrowed from shop/Deployment/chekout: it has no samples of requests';
    updateBook(book, [structuredClone(spec)]);
    assert.ok(entry.saidOfDonor);
    updateBook(book, [{ ...spec, like: { ...spec.ref, name: 'checkout' } }]);
    assert.equal(entry.saidOfDonor, undefined);
  });

  it('forgets the series of a query that was replaced, and only that one', () => {
    const { book, entry } = known();
    updateBook(book, [{ ...spec, signals: { ...spec.signals, requests: template('nginx') } }]);
    assert.deepEqual([...entry.series.keys()], ['cpu']);
  });

  it('forgets the verdict on a signal that is not observed any more: it would hold for ever', () => {
    const { book, entry } = known();
    const repairs = { resets: 0, duplicates: 0, infinities: 0 };
    entry.quality.set('cpu', { signal: 'cpu', state: 'empty', action: 'hold', message: '', missingShare: 1, repairs });
    updateBook(book, [{ ...spec, signals: { requests: istio } }]);
    assert.equal(entry.quality.size, 0);
  });

  it('returns the entries that are new, and forgets those that are gone', () => {
    const { book } = known();
    const other = { ...spec, ref: { ...spec.ref, name: 'guide' } };
    assert.deepEqual(
      updateBook(book, [other]).map((entry) => entry.spec.ref.name),
      ['guide'],
    );
    assert.equal(book.size, 1);
  });
});

describe('loadOf', () => {
  it('is the series of the driver of the capacity model, else requests before CPU', () => {
    const { entry } = known();
    const sourceIs = (signal: 'requests' | 'cpu') =>
      assert.equal(loadOf(entry)?.source, sourceOf(signal, spec.signals[signal]!));
    sourceIs('requests');
    entry.capacity = { ...capacity, driver: 'cpu' };
    sourceIs('cpu');
    delete entry.capacity;
    sourceIs('requests');
    entry.series.delete('requests');
    sourceIs('cpu');
    entry.series.clear();
    assert.equal(loadOf(entry), undefined);
  });
});

describe('sourceOf', () => {
  it('depends on the question and the unit, not on the name of the template', () => {
    const source = sourceOf('requests', istio);
    assert.equal(sourceOf('requests', template('istio', 'other')), source);
    assert.notEqual(sourceOf('requests', template('nginx')), source);
    assert.notEqual(sourceOf('requests', { ...istio, scale: 1000 }), source);
    assert.notEqual(sourceOf('cpu', istio), source);
  });
});

describe('follow', () => {
  const nowMs = series.values.length * stepMs;

  for (const [what, fitted] of [
    ['another source', fittedFrom('cpu-0123456789ab')],
    ['no known source', { ...fittedFrom(''), source: undefined } as unknown as FittedSeries],
    ['a step of 30 s', fittedFrom(sourceOf('requests', istio), 30_000)],
  ] as const) {
    it(`uses no model of ${what}, and lets one be fitted at once`, () => {
      const { entry } = known();
      entry.fitted = fitted;
      entry.fitBegunMs = nowMs;
      follow(entry, nowMs);
      assert.deepEqual([entry.fitted, entry.following, entry.fitBegunMs], [undefined, undefined, undefined]);
    });
  }
});

describe('follow, step by step', () => {
  it('says of every new step how it may be used: CPU at 95 % of the limit of two replicas cuts the demand off', () => {
    const { entry } = known();
    const seen: unknown[] = [];
    const nowMs = series.values.length * stepMs;
    entry.fitted = fittedFrom(sourceOf('requests', istio));
    const forecaster = { model: 'fake', observe: (...of: unknown[]) => seen.push(of), forecast: () => assert.fail() };
    entry.following = { forecaster, throughMs: nowMs - 2 * stepMs };
    entry.cpuLimitMillicores = 500;
    entry.replicas = { ...series, values: series.values.map(() => 2) };
    entry.series.set('cpu', { ...series, values: series.values.map((_, i) => (i === 199 ? 960 : 940)) });
    follow(entry, nowMs);
    assert.deepEqual(seen, [
      [series.values[198], 'ok'],
      [series.values[199], 'censored'],
    ]);
    assert.deepEqual(entry.given, { ok: 1, censored: 1, excluded: 0, missing: 0 });
  });
});

describe('isUnlearned', () => {
  const state = { ...anyState(3), templateHash: 'new' };

  it('is true for another pod template, whose requests may be others', () => {
    const { entry } = known();
    entry.learnedFor = 'old';
    assert.equal(isUnlearned(entry, state), true);
    entry.learnedFor = 'new';
    assert.equal(isUnlearned(entry, state), false);
  });
});

describe('recall', () => {
  it('gives new entries the memory of the process before, and no other', () => {
    const memory = { wanted: [{ atMs: 5, replicas: 7 }] };
    const [mine, other] = [newEntry(spec), newEntry({ ...spec, ref: { ...spec.ref, name: 'guide' } })];
    recall([mine, other], { version: 1, memories: { 'shop/Deployment/web': memory }, explained: {} });
    assert.equal(mine.memory, memory);
    assert.deepEqual(other.memory, { wanted: [] });
  });

  it('gives them the incidents too, from documents that have any', () => {
    const span = { fromMs: 60_000, untilMs: 180_000 };
    const [mine, other] = [newEntry(spec), newEntry({ ...spec, ref: { ...spec.ref, name: 'guide' } })];
    const incidents = { 'shop/Deployment/web': [span] };
    recall([mine, other], { version: 1, memories: {}, explained: {}, incidents });
    assert.deepEqual([mine.incidents, other.incidents], [[span], []]);
  });

  it('gives them what was seen of their events, which may be of last year', () => {
    const mine = newEntry(spec);
    const seen = { name: 'sale', type: 'promotion', startMs: 0, endMs: 1, mean: 1, parts: [1], after: [] } as const;
    const document = { version: 1, memories: {}, explained: {}, seen: { 'shop/Deployment/web': [seen] } } as const;
    assert.equal(isRemembered(JSON.parse(JSON.stringify(document))), true);
    recall([mine], document);
    assert.deepEqual(mine.seen, [seen]);
  });

  it('takes no document that would fail in the middle of a round', () => {
    const whole = { version: 1, memories: { a: { wanted: [] } }, explained: {} };
    assert.equal(isRemembered(whole), true);
    for (const broken of [
      null,
      7,
      { ...whole, version: 2 },
      { ...whole, memories: null },
      { ...whole, memories: { a: {} } },
      { version: 1, memories: {} },
      { ...whole, incidents: { a: 7 } },
      { ...whole, seen: { a: 7 } },
      { ...whole, seen: { a: [{ name: 'sale', startMs: 0, endMs: 1, mean: null, parts: [], after: [] }] } },
    ])
      assert.equal(isRemembered(broken), false, JSON.stringify(broken));
  });
});
