import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runToEnd, startSimulation } from '../../src/simulate/engine.ts';
import { defaultHpa, hpa } from '../../src/simulate/policies/hpa.ts';
import { recentMax } from '../../src/simulate/policies/recent-max.ts';
import { staticPeak } from '../../src/simulate/policies/static.ts';
import { type CausalPolicy, eachWorkload } from '../../src/simulate/policy.ts';
import { fixed, minuteMs, rowsOf, run, timetableOf, workloadOf } from './scenario.ts';

/** Wants the numbers of a list, row by row. */
function scripted(name: string, numbers: readonly number[]): CausalPolicy {
  return eachWorkload(
    name,
    () =>
      (_view, { row }) =>
        numbers[row]!,
  );
}

const reactive = eachWorkload('reactive', (card) => (view) => {
  const rate = view.rates[view.known - 1];
  return rate === undefined || Number.isNaN(rate) ? view.desired : card.need(rate);
});

const rateLists = fc.array(fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constant(Number.NaN)), {
  minLength: 8,
  maxLength: 60,
});

describe('simulation engine', () => {
  it('starts with what the first row needs, in service: 35 req/s at 10 per replica are 4', async () => {
    const simulation = await run({ rates: [35, 5, 5] }, [scripted('s', [9, 9, 9])]);
    assert.deepEqual(rowsOf(simulation), { desired: [4, 9, 9], ready: [4, 4, 4] });
  });

  it('shows the marks of a recorded trace only as far as its load', async () => {
    const seen: (readonly string[])[] = [];
    const watching = eachWorkload('watching', () => (view) => {
      seen.push([...view.marks!]);
      return 1;
    });
    const scenario = { rates: [5, 5, 5, 5] };
    const marks = ['ok', 'censored', 'excluded', 'ok'] as const;
    await runToEnd(startSimulation([{ ...workloadOf(scenario), marks }], timetableOf(scenario), [watching], 1));
    assert.deepEqual(seen, [['ok'], ['ok', 'censored'], ['ok', 'censored', 'excluded']]);
  });

  it('starts with 1 when the first row is blank', async () => {
    const simulation = await run({ rates: [Number.NaN, 5, 5] }, [scripted('s', [7, 1, 1])]);
    assert.equal(rowsOf(simulation).desired[0], 1);
  });

  it('serves with a replica 2 min after it was asked for, and lets the youngest go at once', async () => {
    const wanted = [1, 3, 3, 3, 2, 5, 2, 2, 4, 4, 4];
    const simulation = await run({ rates: wanted.map(() => 1) }, [scripted('s', wanted)]);
    assert.deepEqual(rowsOf(simulation).ready, [1, 1, 1, 3, 2, 2, 2, 2, 2, 2, 4]);
  });

  it('rounds a start-up of 90 s up to the second minute row', async () => {
    const wanted = [1, 2, 2, 2];
    const startUp = { kind: 'fixed', ms: 90_000 } as const;
    const simulation = await run({ rates: wanted.map(() => 1), startUp }, [scripted('s', wanted)]);
    assert.deepEqual(rowsOf(simulation).ready, [1, 1, 1, 2]);
  });

  it('serves at once without start-up', async () => {
    const wanted = [1, 4, 2, 3];
    const simulation = await run({ rates: wanted.map(() => 1), startUp: fixed(0) }, [scripted('s', wanted)]);
    assert.deepEqual(rowsOf(simulation).ready, wanted);
  });

  it('decides four times a minute with --decide-every 15s and still shows only whole minutes', async () => {
    const known: number[] = [];
    const watcher = eachWorkload('w', () => (view) => known.push(view.known) && 1);
    await run({ rates: [1, 1, 1], decideMs: 15_000 }, [watcher]);
    assert.deepEqual(known, [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  });

  it('hands out a record in which the future has not been written: 3 known rates, then only NaN', async () => {
    let seen: number[] = [];
    const watcher = eachWorkload('w', () => (view, { row }) => {
      if (row === 3) seen = [...view.rates];
      return 1;
    });
    await run({ rates: [11, 12, 13, 14, 15] }, [watcher]);
    assert.deepEqual(seen.slice(0, 3), [11, 12, 13]);
    assert.ok(seen.slice(3).every(Number.isNaN));
  });

  it('keeps the start-up draws apart from what a policy asks, and gives every policy the same ones', async () => {
    const wanted = [1, 6, 6, 6, 6, 6, 6, 6, 6, 6];
    const startUp = { kind: 'drawn', p50Ms: 2 * minuteMs, p99Ms: 5 * minuteMs } as const;
    const scenario = { rates: wanted.map(() => 1), startUp };
    const simulation = await run(scenario, [scripted('a', wanted), scripted('b', wanted)], 7);
    assert.deepEqual(rowsOf(simulation, 0), rowsOf(simulation, 1));
    assert.equal(rowsOf(simulation).ready.at(-1), 6);
    const other = await run(scenario, [scripted('a', wanted)], 8);
    assert.notDeepEqual(rowsOf(simulation).ready, rowsOf(other).ready);
  });

  it('cancels replicas that are starting before those in service', async () => {
    const startUp = { kind: 'drawn', p50Ms: 3 * minuteMs, p99Ms: 3 * minuteMs } as const;
    const simulation = await run({ rates: [30, 1, 1, 1, 1, 1], startUp }, [scripted('s', [3, 6, 4, 4, 4, 2])]);
    assert.deepEqual(rowsOf(simulation).ready, [3, 3, 3, 3, 4, 2]);
  });

  it('refuses a policy that wants 0 or half a replica', async () => {
    await assert.rejects(run({ rates: [1, 1, 1] }, [scripted('bad', [1, 0.5, 1])]), /policy bad wants 0.5 replicas/);
  });

  it('awaits a policy that prepares, and stops between rows when aborted', async () => {
    const prepared: number[] = [];
    const slow: CausalPolicy = {
      kind: 'causal',
      name: 'slow',
      start: () => ({
        prepare: ({ row }) => (row % 2 === 0 ? Promise.resolve().then(() => void prepared.push(row)) : undefined),
        decide: () => [1],
      }),
    };
    await run({ rates: [1, 1, 1, 1] }, [slow]);
    assert.deepEqual(prepared, [0, 2]);
    const stop = new AbortController();
    const scenario = { rates: [1, 1, 1, 1] };
    const simulation = startSimulation([workloadOf(scenario)], timetableOf(scenario), [slow], 1);
    const ended = runToEnd(simulation, { signal: stop.signal, onRow: () => void stop.abort(new Error('enough')) });
    await assert.rejects(ended, /enough/);
    assert.equal(simulation.rowsDone(), 1);
  });

  it('lets others run when it is asked to pause, and stops inside what a policy prepares', async () => {
    const stop = new AbortController();
    const pieces: number[] = [];
    const thorough: CausalPolicy = {
      kind: 'causal',
      name: 'thorough',
      start: () => ({
        prepare: async ({ row }, pause) => {
          for (let piece = 0; piece < 3; piece++) {
            await pause?.();
            pieces.push(10 * row + piece);
            if (pieces.length === 5) stop.abort(new Error('enough'));
          }
        },
        decide: () => [1],
      }),
    };
    const scenario = { rates: [1, 1, 1, 1] };
    const simulation = startSimulation([workloadOf(scenario)], timetableOf(scenario), [thorough, thorough], 1);
    let pauses = 0;
    const pause = () => Promise.resolve().then(() => void pauses++);
    await assert.rejects(runToEnd(simulation, { signal: stop.signal, pause }), /enough/);
    assert.deepEqual(pieces, [0, 1, 2, 0, 1], 'the second policy of row 0 did not come to its third piece');
    assert.equal(pauses, 6);
    assert.equal(simulation.rowsDone(), 0);
  });
});

describe('simulation engine, properties', () => {
  it('has in service the least number desired over [t − start-up, t], whatever is asked for', async () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(numbers, fc.integer({ min: 0, max: 6 }), async (wanted, lead) => {
        const simulation = await run(
          { rates: wanted.map(() => 10), startUp: fixed(Math.min(lead, wanted.length - 1)) },
          [scripted('s', wanted)],
        );
        const { desired, ready } = rowsOf(simulation);
        const k = Math.min(lead, wanted.length - 1);
        const before = Array.from({ length: k }, () => 1);
        const all = [...before, ...desired];
        assert.deepEqual(
          ready,
          desired.map((_, i) => Math.min(...all.slice(i, i + k + 1))),
        );
      }),
    );
  });

  it('gives drawn start-ups that are all alike the same rows as a fixed one', async () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 6, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(numbers, async (wanted) => {
        const rates = wanted.map(() => 10);
        const drawn = { kind: 'drawn', p50Ms: 3 * minuteMs, p99Ms: 3 * minuteMs } as const;
        const a = await run({ rates, startUp: fixed(3) }, [scripted('s', wanted)]);
        const b = await run({ rates, startUp: drawn }, [scripted('s', wanted)]);
        assert.deepEqual(rowsOf(a), rowsOf(b));
      }),
    );
  });

  it('changes no earlier decision when the trace is replaced by noise from row t on', async () => {
    const policies = [reactive, staticPeak, recentMax('r', 10 * minuteMs), hpa('h', { ...defaultHpa, target: 0.6 })];
    await fc.assert(
      fc.asyncProperty(rateLists, rateLists, fc.nat(), async (rates, noise, at) => {
        const cut = at % rates.length;
        const other = rates.map((rate, i) => (i < cut ? rate : noise[i % noise.length]!));
        // What the first row needs is the one thing known beforehand.
        other[0] = rates[0]!;
        const [a, b] = await Promise.all([run({ rates }, policies), run({ rates: other }, policies)]);
        for (const i of policies.keys())
          assert.deepEqual(rowsOf(a, i).desired.slice(0, cut + 1), rowsOf(b, i).desired.slice(0, cut + 1));
      }),
    );
  });

  it('gives a policy the same rows alone and in company', async () => {
    const h = hpa('h', { ...defaultHpa, target: 0.5 });
    await fc.assert(
      fc.asyncProperty(rateLists, async (rates) => {
        const [alone, together] = await Promise.all([run({ rates }, [h]), run({ rates }, [staticPeak, reactive, h])]);
        assert.deepEqual(rowsOf(alone, 0), rowsOf(together, 2));
      }),
    );
  });
});
