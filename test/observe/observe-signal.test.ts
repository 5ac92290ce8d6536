import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LoadAnswer } from '../../src/domain/ports.ts';
import { type QualityState, qualityActions } from '../../src/domain/quality.ts';
import { endMs, type TimeSeries } from '../../src/domain/time-series.ts';
import type { ObserveContext } from '../../src/observe/observe-signal.ts';
import { observeSignal } from '../../src/observe/observe-signal.ts';
import {
  answered,
  CATALOGUE,
  CHECKOUT,
  catalogue,
  checkout,
  context,
  DAY,
  END,
  HOUR,
  MINUTE,
  NOW,
  samples,
  steady,
} from './fixtures.ts';

const failure: LoadAnswer = { kind: 'failed', message: 'template "istio" at http://p: found HTTP 502', queries: 3 };
const both = answered([samples(checkout, [9, 9, 9]), samples(catalogue, [5, 5, 5])]);
const knownBoth = new Map([
  [CHECKOUT, steady(9)],
  [CATALOGUE, steady(5)],
]);
const none = Number.NaN;

function holes(series: TimeSeries, from: number, to: number): TimeSeries {
  return { ...series, values: series.values.map((value, i) => (i >= from && i < to ? NaN : value)) };
}

interface Case {
  readonly answer: LoadAnswer;
  readonly more?: Partial<ObserveContext>;
  readonly state: QualityState;
  readonly message: RegExp;
}

/** What becomes of the checkout; a map from a sentence to what was answered and what follows. */
const cases: { readonly [sentence: string]: Case } = {
  'a whole answer on 3 days of history is ok': {
    answer: both,
    state: 'ok',
    message: /^newest sample of 2026-10-20T09:12:00Z, 0 % of the last 3 d missing$/,
  },
  'a failed query is unavailable, with its message': {
    answer: failure,
    state: 'unavailable',
    message:
      /^the query failed, what is known ends at 2026-10-20T09:12:00Z\. template "istio" at http:\/\/p: found HTTP 502$/,
  },
  'a failed query without history is unavailable': {
    answer: failure,
    more: { known: new Map() },
    state: 'unavailable',
    message: /nothing is known from before/,
  },
  'no series for a workload that never had one is empty, not zero': {
    answer: answered([samples(catalogue, [5])]),
    more: { known: new Map([[CATALOGUE, steady(5)]]) },
    state: 'empty',
    message:
      /^expected one series with ns="shop" and app="checkout" from template "istio", found none among 1: unknown, not zero$/,
  },
  'an answer without any series is empty for a workload that has history': {
    answer: answered([]),
    state: 'empty',
    message: /found none among 0/,
  },
  'a series of the right labels with no sample in the range is empty': {
    answer: answered([samples(checkout, [9], END + HOUR)]),
    more: { known: new Map() },
    state: 'empty',
    message: /found none/,
  },
  'NaN as the newest sample is not a number': {
    answer: answered([samples(checkout, [9, 9, none])]),
    state: 'not-a-number',
    message: /^expected a number as the newest sample, found NaN at 2026-10-20T09:12:00Z$/,
  },
  '-Infinity as the newest sample is not a number': {
    answer: answered([samples(checkout, [9, 9, Number.NEGATIVE_INFINITY])]),
    state: 'not-a-number',
    message: /found -Infinity/,
  },
  'NaN before a good newest sample is a hole like any other': {
    answer: answered([samples(checkout, [9, none, 9])]),
    state: 'ok',
    message: /newest sample/,
  },
  'a newest sample of 8 minutes ago is stale': {
    answer: answered([samples(catalogue, [5])]),
    more: { known: new Map([[CHECKOUT, holes(steady(9), 3 * 1440 - 8, 3 * 1440)]]) },
    state: 'stale',
    message: /^the newest sample is 8\.3 min old, limit 5 min$/,
  },
  'only negative rates are no usable sample': {
    answer: answered([samples(checkout, [-1, -2])]),
    more: { known: new Map() },
    state: 'stale',
    message: /^expected a usable sample, found none among 2$/,
  },
  'a history of 100 minutes is insufficient': {
    answer: answered([samples(checkout, Array(100).fill(9))]),
    more: { known: new Map() },
    state: 'insufficient-history',
    message: /^expected at least 2 d of history, found 1\.7 h$/,
  },
  'a history of 100 minutes suffices where the limit says so': {
    answer: answered([samples(checkout, Array(100).fill(9))]),
    more: { known: new Map(), limits: { maxGapShare: 0.2, staleAfterMs: 5 * MINUTE, minHistoryMs: HOUR } },
    state: 'ok',
    message: /of the last 1\.7 h missing$/,
  },
  'warnings make an answer partial': {
    answer: answered([samples(checkout, [9])], ['receive replica-1: timeout']),
    state: 'partial',
    message: /^the answer came with warnings: receive replica-1: timeout$/,
  },
  'missing from an answer that has others is partial at first': {
    answer: answered([samples(catalogue, [5])]),
    state: 'partial',
    message: /^shop\/Deployment\/checkout is missing from an answer with 1 series, though it was in earlier ones$/,
  },
  'two series for one workload are partial': {
    answer: answered([samples(checkout, [9]), samples(checkout, [4])]),
    state: 'partial',
    message: /^expected one series, found 2; the largest value of each step is used/,
  },
  'a fall from 9 to 0.5 while another workload vanished is partial': {
    answer: answered([samples(checkout, [9, 9, 0.5])]),
    state: 'partial',
    message:
      /^the load fell from 9 to 0\.5 while the answer lacks shop\/Deployment\/catalogue: rather a failing scrape than less demand$/,
  },
  'a fall from 9 to 0.5 in a whole answer is demand': {
    answer: answered([samples(checkout, [9, 9, 0.5]), samples(catalogue, [5])]),
    state: 'ok',
    message: /newest sample/,
  },
  'a fall from 9 to 1.5 is no collapse, whatever else is missing': {
    answer: answered([samples(checkout, [9, 9, 1.5])]),
    state: 'ok',
    message: /newest sample/,
  },
  '2 of the last 6 hours missing is gappy though it is 3 % of the window': {
    answer: both,
    more: { known: new Map([[CHECKOUT, holes(steady(9), 3 * 1440 - 180, 3 * 1440 - 60)]]) },
    state: 'gappy',
    message: /^33 % of the last 6 h is missing, limit 20 %$/,
  },
  'a third of the window missing is gappy though the last day is whole': {
    answer: both,
    more: { known: new Map([[CHECKOUT, holes(steady(9), 1000, 2440)]]) },
    state: 'gappy',
    message: /^33 % of the last 3 d is missing, limit 20 %$/,
  },
};

describe('observeSignal › quality', () => {
  for (const [sentence, { answer, more, state, message }] of Object.entries(cases)) {
    it(sentence, () => {
      const { quality } = observeSignal(answer, context({ known: knownBoth, ...more })).get(CHECKOUT)!;
      assert.equal(quality.state, state, quality.message);
      assert.match(quality.message, message);
      assert.equal(quality.action, qualityActions[state]);
      assert.equal(quality.signal, 'requests');
    });
  }

  it('has a case for each of the 8 states', () => {
    const seen = new Set(Object.values(cases).map((one) => one.state));
    assert.deepEqual([...seen].sort(), Object.keys(qualityActions).sort());
  });

  it('counts resets, duplicates and infinities of the answer', () => {
    const raw = samples(checkout, [-1, Number.POSITIVE_INFINITY, 9]);
    const twice = { ...raw, timesMs: [...raw.timesMs, END], values: [...raw.values, 8] };
    const { quality, series } = observeSignal(answered([twice]), context()).get(CHECKOUT)!;
    assert.deepEqual(quality.repairs, { resets: 1, duplicates: 1, infinities: 1 });
    assert.equal(series?.values.at(-1), 8);
  });

  it('says when the newest sample was and what share is missing', () => {
    const { quality } = observeSignal(both, context({ known: new Map([[CHECKOUT, holes(steady(9), 0, 1440)]]) })).get(
      CHECKOUT,
    )!;
    assert.equal(quality.lastSampleMs, END);
    assert.equal(quality.missingShare, 0);
  });
});

describe('observeSignal › series', () => {
  it('back-fills 3 days in which the answer holds one', () => {
    const day = Array.from({ length: 1440 }, (_, i) => i);
    const { series } = observeSignal(answered([samples(checkout, day)]), context()).get(CHECKOUT)!;
    assert.equal(series?.startMs, END - 3 * DAY);
    assert.equal(endMs(series!), END);
    assert.deepEqual([...series!.values.subarray(-1440)], day);
    assert.ok(series!.values.subarray(0, 2 * 1440).every(Number.isNaN));
  });

  it('remembers that nothing was there, so that the next round asks for 1 h and not for 3 days', () => {
    const { series } = observeSignal(answered([]), context()).get(CHECKOUT)!;
    assert.equal(series?.values.length, 3 * 1440);
    assert.ok(series?.values.every(Number.isNaN));
  });

  it('lets nothing of the running step in', () => {
    const running = { ...samples(checkout, [9, 9]), timesMs: [END, NOW], values: [9, 1] };
    const { series } = observeSignal(answered([running]), context({ known: knownBoth })).get(CHECKOUT)!;
    assert.equal(endMs(series!), END);
    assert.equal(series!.values.at(-1), 9);
  });

  it('keeps the very series it knew when the query failed', () => {
    const seen = observeSignal(failure, context({ known: knownBoth }));
    assert.equal(seen.get(CHECKOUT)?.series, knownBoth.get(CHECKOUT));
    assert.equal(observeSignal(failure, context()).get(CHECKOUT)?.series, undefined);
  });

  it('moves the window on by 2 steps', () => {
    const nowMs = NOW + 2 * MINUTE;
    const { series } = observeSignal(
      answered([samples(checkout, [7, 8], END + 2 * MINUTE)]),
      context({ known: knownBoth, nowMs }),
    ).get(CHECKOUT)!;
    assert.equal(series!.values.length, 3 * 1440);
    assert.equal(endMs(series!), END + 2 * MINUTE);
    assert.deepEqual([...series!.values.subarray(-3)], [9, 7, 8]);
  });

  it('starts anew when the step of the configuration changed', () => {
    const { series } = observeSignal(both, context({ known: knownBoth, stepMs: 30_000 })).get(CHECKOUT)!;
    assert.equal(series?.stepMs, 30_000);
    assert.equal(series?.values.filter((value) => !Number.isNaN(value)).length, 3);
  });

  it('multiplies by the scale of the template', () => {
    const template = { ...context().template, scale: 1000 };
    const { series } = observeSignal(answered([samples(checkout, [0.25])]), context({ template })).get(CHECKOUT)!;
    assert.equal(series?.values.at(-1), 250);
  });

  it('has an entry for each workload, whatever the answer (property)', () => {
    const value = fc.double();
    const raw = fc.tuple(
      fc.constantFrom(checkout, catalogue),
      fc.array(fc.tuple(fc.integer({ min: -100, max: 5 }), value)),
    );
    const series = raw.map(([ref, list]) => ({
      labels: { ns: ref.namespace, app: ref.name },
      timesMs: list.map(([step]) => END + step * MINUTE),
      values: list.map(([, v]) => v),
    }));
    fc.assert(
      fc.property(fc.array(series, { maxLength: 4 }), fc.array(fc.string(), { maxLength: 1 }), (list, warnings) => {
        const seen = observeSignal(answered(list, warnings), context({ known: new Map([[CHECKOUT, steady(9)]]) }));
        assert.deepEqual([...seen.keys()], [CHECKOUT, CATALOGUE]);
        const kept = seen.get(CHECKOUT)!.series!;
        assert.ok(
          kept.values.every((v) => Number.isFinite(v) && v >= 0),
          'no value that was known got lost',
        );
      }),
    );
  });

  it('gives the same series when an answer arrives twice (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 10 }), (list) => {
        const once = observeSignal(answered([samples(checkout, list)]), context()).get(CHECKOUT)!.series!;
        const again = observeSignal(
          answered([samples(checkout, list)]),
          context({ known: new Map([[CHECKOUT, once]]) }),
        );
        assert.equal(again.get(CHECKOUT)!.series, once);
      }),
    );
  });
});
