import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide, negotiable, propose } from '../../src/decide/decide.ts';
import { proposing, settling } from '../../src/decide/policies.ts';
import type { Situation } from '../../src/decide/policy.ts';
import { largestWanted, rememberWanted } from '../../src/decide/wanted.ts';
import type { Decision, DecisionMemory, RequestsChange } from '../../src/domain/plan.ts';
import type { Reason } from '../../src/domain/reasons.ts';
import { given, minute, nowMs, owned, quality, settings, situation, spec, state } from './situations.ts';

const why: readonly Reason[] = [{ code: 'forecast-peak', message: 'the test wants it' }];

/** Both halves, with the budget giving what is asked for. */
function run(
  input: Situation,
  needed: number | undefined,
): { readonly decision: Decision; readonly memory: DecisionMemory } {
  return decide({ situation: input, proposal: propose(input, needed), why });
}

function target(decision: Decision): number {
  return decision.kind === 'scale' ? decision.to : decision.from;
}

function codes({ reasons }: Decision): readonly string[] {
  return reasons.map(({ code }) => code);
}

describe('decide', () => {
  it('scales from 10 to 14 with the reason it was given', () => {
    const { decision } = run(situation(), 14);
    assert.ok(decision.kind === 'scale');
    assert.deepEqual([decision.from, decision.to], [10, 14]);
    assert.deepEqual(decision.reasons, why);
  });

  it('holds when the number is what stands', () => {
    assert.equal(run(situation(), 10).decision.kind, 'hold');
  });

  it('traces every policy in order, with the number it was given', () => {
    const { decision } = run(situation(), 200);
    assert.deepEqual(
      decision.trace.map(({ policy }) => policy),
      [...proposing, ...settling].map(({ name }) => name),
    );
    assert.deepEqual(
      decision.trace.slice(0, 5).map(({ replicasBefore }) => replicasBefore),
      [200, 100, 100, 100, 40],
    );
    assert.deepEqual(codes(decision), ['forecast-peak', 'above-max', 'step-size']);
  });

  it('keeps what stands when the need is not known', () => {
    assert.equal(run(situation(), undefined).decision.kind, 'hold');
  });

  it('still raises to the minimum when the need is not known: 2 to 5', () => {
    const { decision } = run(situation({ state: state(2), from: 2, spec: spec({ minReplicas: 5 }) }), undefined);
    assert.equal(target(decision), 5);
  });

  it('does not shrink on missing data even when the budget says 4', () => {
    const input = situation({ quality: [quality('unavailable')], allocation: given(4, 10) });
    const { decision } = run(input, 8);
    assert.equal(target(decision), 10);
    assert.deepEqual(codes(decision), ['forecast-peak', 'budget', 'missing-data']);
  });

  it('rises on missing data, but not in a freeze', () => {
    const stale = situation({ quality: [quality('stale')] });
    assert.equal(target(run(stale, 14).decision), 14);
    const freeze = [{ name: 'sale', startMs: nowMs - 1, endMs: nowMs + 1 }];
    assert.equal(target(run({ ...stale, settings: { ...settings, freeze } }, 14).decision), 10);
  });

  it('starts from the floor of the HPA: 4 to 7 while 10 run', () => {
    const { decision } = run(situation({ state: state(10, { hpa: owned(4) }), from: 4 }), 7);
    assert.ok(decision.kind === 'scale');
    assert.deepEqual([decision.from, decision.to], [4, 7]);
  });

  it('does not fall in a lull of 4 min, and falls after 5', () => {
    let memory: DecisionMemory = { wanted: [] };
    const desired: number[] = [];
    let from = 10;
    [10, 6, 6, 6, 6, 10, 6, 6, 6, 6, 6, 6].forEach((needed, i) => {
      const input = situation({ nowMs: nowMs + i * minute, memory, from, state: state(from) });
      const round = run(input, needed);
      memory = round.memory;
      from = target(round.decision);
      desired.push(from);
    });
    assert.deepEqual(desired, [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 6, 6]);
  });

  it('remembers when it last went up and down', () => {
    assert.equal(run(situation(), 14).memory.lastUpMs, nowMs);
    assert.equal(run(situation(), 6).memory.lastDownMs, nowMs);
    assert.equal(run(situation(), 10).memory.lastUpMs, undefined);
  });

  it('does not apply requests to a paused workload', () => {
    const reason: Reason = { code: 'requests-recommended', message: 'smaller' };
    const requests: RequestsChange = { mode: 'apply', containers: [], reason };
    const modeIn = (input: Situation) =>
      decide({ situation: input, proposal: propose(input, 10), why, requests }).decision.requests?.mode;
    assert.equal(modeIn(situation()), 'apply');
    assert.equal(modeIn(situation({ state: state(10, { paused: true }) })), 'recommend');
  });
});

const anySituation = fc
  .record({
    desired: fc.integer({ min: 1, max: 60 }),
    floor: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
    min: fc.integer({ min: 1, max: 20 }),
    span: fc.integer({ min: 0, max: 60 }),
    wanted: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
    faulty: fc.boolean(),
    rolling: fc.boolean(),
    allocated: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  })
  .map(({ desired, floor, min, span, wanted, faulty, rolling, allocated }) => {
    const hpa = floor === undefined ? ({ kind: 'none' } as const) : owned(floor);
    return situation({
      spec: spec({ minReplicas: min, maxReplicas: min + span }),
      state: state(desired, { hpa, rolloutInProgress: rolling }),
      from: floor ?? desired,
      memory: { wanted: wanted.map((replicas, i) => ({ atMs: nowMs - (4 - i) * minute, replicas })) },
      quality: faulty ? [quality('gappy')] : [],
      ...(allocated !== undefined && { allocation: given(allocated, 60) }),
    });
  });
const need = fc.integer({ min: 0, max: 80 });

describe('decide › properties', () => {
  it('leaves a reason whenever the number is not the one needed', () => {
    fc.assert(
      fc.property(anySituation, need, (input, needed) => {
        const { decision } = run(input, needed);
        if (target(decision) !== needed) assert.ok(decision.reasons.length > why.length);
      }),
      { numRuns: 1000, seed: 10 },
    );
  });

  it('says scale exactly when the number changes', () => {
    fc.assert(
      fc.property(anySituation, need, (input, needed) => {
        const { decision } = run(input, needed);
        if (decision.kind === 'scale') assert.notEqual(decision.to, decision.from);
      }),
      { seed: 11 },
    );
  });

  it('never shrinks on data that cannot be trusted, whatever else holds', () => {
    fc.assert(
      fc.property(anySituation, need, (input, needed) => {
        const { decision } = run({ ...input, quality: [quality('empty')] }, needed);
        assert.ok(target(decision) >= decision.from);
      }),
      { numRuns: 1000, seed: 12 },
    );
  });

  it('reaches a need within all limits at once, up to the step of a factor of 4', () => {
    fc.assert(
      fc.property(anySituation, need, ({ allocation: _, ...input }, needed) => {
        const { decision } = run(input, needed);
        const { maxReplicas } = input.spec;
        const reachable = Math.min(needed, maxReplicas, 50, 4 * Math.max(input.from, input.state!.desiredReplicas));
        assert.ok(target(decision) >= Math.min(reachable, needed), `${target(decision)} < ${reachable}`);
      }),
      { numRuns: 1000, seed: 13 },
    );
  });

  it('never leaves the range of limits upwards', () => {
    fc.assert(
      fc.property(anySituation, need, (input, needed) => {
        const { decision } = run(input, needed);
        assert.ok(target(decision) <= Math.max(input.spec.maxReplicas, decision.from));
      }),
      { seed: 14 },
    );
  });
});

describe('negotiable', () => {
  it('leaves a budget the range from the minimum to what is asked for', () => {
    const input = situation({ spec: spec({ minReplicas: 3 }) });
    assert.deepEqual(negotiable(input, propose(input, 14)), { least: 3, wanted: 14 });
  });

  it('leaves it only the rise where data is missing', () => {
    const input = situation({ quality: [quality('stale')] });
    assert.deepEqual(negotiable(input, propose(input, 14)), { least: 10, wanted: 14 });
  });

  it('leaves it nothing where the workload is paused', () => {
    const input = situation({ state: state(10, { paused: true }) });
    assert.deepEqual(negotiable(input, propose(input, 14)), { least: 10, wanted: 10 });
  });
});

describe('rememberWanted', () => {
  it('keeps the falling counts of the last 5 min, at most one per level', () => {
    const before = { wanted: [9, 7, 4].map((replicas, i) => ({ atMs: nowMs - (5 - i) * minute, replicas })) };
    const after = rememberWanted(before, nowMs, 5 * minute, 10, 5);
    assert.deepEqual(
      after.map(({ replicas }) => replicas),
      [7, 5],
    );
  });

  it('gives the same largest count as a memory of everything, at every minute of 500 random ones', () => {
    const sequence = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sequence, fc.integer({ min: 1, max: 10 }), (counts, holdMinutes) => {
        let memory: DecisionMemory = { wanted: [] };
        counts.forEach((replicas, i) => {
          const atMs = nowMs + i * minute;
          const recent = counts.slice(Math.max(0, i - holdMinutes + 1), i);
          const beforeAll = i < holdMinutes ? [20] : [];
          const expected = Math.max(0, ...recent, ...beforeAll);
          assert.equal(largestWanted(memory, atMs, holdMinutes * minute, 20), expected);
          memory = { wanted: rememberWanted(memory, atMs, holdMinutes * minute, 20, replicas) };
        });
      }),
      { numRuns: 500, seed: 15 },
    );
  });
});
