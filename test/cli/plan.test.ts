import assert from 'node:assert/strict';
import { parse } from 'yaml';
import type { OnceResult } from '../../src/app/once.ts';
import type { Context } from '../../src/cli/context.ts';
import { explanationText } from '../../src/cli/explain.ts';
import { type PlanFormat, planDocument, printPlan } from '../../src/cli/plan.ts';
import type { Outcome } from '../../src/domain/facts.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { owned, state } from '../decide/situations.ts';

const at = Date.UTC(2026, 10, 21, 9);
const web = { namespace: 'shop', kind: 'Deployment', name: 'web' } as const;
const guide = { namespace: 'shop', kind: 'StatefulSet', name: 'guide' } as const;
const cart = { namespace: 'shop', kind: 'Deployment', name: 'cart' } as const;
const startUp = { p50Ms: 60_000, p90Ms: 90_000, p99Ms: 120_000, samples: 3, source: 'measured' } as const;
const peak = { code: 'forecast-peak', message: '200 requests/s need 8 replicas' } as const;
const paused = { code: 'paused', message: 'forescale.dev/paused is set' } as const;
const forecast = {
  startMs: at,
  stepMs: 60_000,
  mean: Float64Array.of(100, 190),
  levels: [0.99],
  quantiles: [Float64Array.of(110, 200)],
  model: 'holt-winters',
};

const outcomes: readonly Outcome[] = [
  {
    decision: { kind: 'scale', ref: web, from: 2, to: 8, reasons: [peak], trace: [] },
    memory: { wanted: [] },
    explanation: { quality: [], startUp, forecast },
  },
  {
    decision: { kind: 'scale', ref: guide, from: 4, to: 3, reasons: [peak], trace: [] },
    memory: { wanted: [] },
    explanation: { quality: [], startUp },
  },
  {
    decision: { kind: 'hold', ref: cart, from: 5, reasons: [paused], trace: [] },
    memory: { wanted: [] },
    explanation: { quality: [], startUp },
  },
];

const pools: Plan['pools'] = [
  {
    pool: 'default',
    budget: { pool: 'default', cpuMillicores: 10_000, replicas: 20 },
    used: { cpuMillicores: 8_000, memoryBytes: 2 ** 31, replicas: 16 },
    left: { cpuMillicores: 2_000, replicas: 4 },
  },
];
const allocated: Plan = { kind: 'allocated', allocator: 'dp', objective: 1.25, gap: 0, allocations: [], pools };
const message = 'the minimum needs 21 of 20 replicas';
const infeasible: Plan = {
  kind: 'infeasible',
  allocator: 'greedy',
  reason: { code: 'infeasible-budget', message },
  allocations: [],
  pools,
};

function result(plan: Plan = allocated, all = outcomes): OnceResult {
  const states = new Map([
    ['shop/Deployment/web', { ...state(2), ref: web, hpa: owned(2) }],
    ['shop/StatefulSet/guide', { ...state(4), ref: guide }],
  ]);
  const round = { atMs: at, plan, outcomes: all };
  return { atMs: at, states, round, actuations: new Map(), settings: { mode: 'dry-run' } } as unknown as OnceResult;
}

function printed(format: PlanFormat, of = result()): string {
  let text = '';
  const context = { print: (more: string) => (text += more) } as unknown as Context;
  printPlan(context, format, of);
  return text;
}

describe('plan', () => {
  it('has 2 changes and 1 hold in its JSON, each with from, reasons and plain numbers of the forecast', () => {
    const document = JSON.parse(printed('json'));
    assert.deepEqual(Object.keys(document), ['generatedAt', 'mode', 'changes', 'holds', 'budget', 'allocation']);
    assert.deepEqual([document.generatedAt, document.mode], ['2026-11-21T09:00:00.000Z', 'dry-run']);
    assert.deepEqual(document.changes[0], {
      workload: 'shop/Deployment/web',
      from: 2,
      to: 8,
      reasons: [peak],
      forecast: { ...forecast, mean: [100, 190], quantiles: [[110, 200]] },
    });
    assert.deepEqual(document.holds, [{ workload: 'shop/Deployment/cart', from: 5, reasons: [paused] }]);
    assert.deepEqual(document.budget[0].left, { cpuMillicores: 2_000, replicas: 4 });
  });

  it('says how the budget was divided: by which allocator with which objective, or why it cannot hold', () => {
    assert.deepEqual(planDocument(result()).allocation, {
      kind: 'allocated',
      allocator: 'dp',
      objective: 1.25,
      gap: 0,
    });
    assert.deepEqual(planDocument(result(infeasible)).allocation, {
      kind: 'infeasible',
      allocator: 'greedy',
      reason: { code: 'infeasible-budget', message },
    });
  });

  it('is the same document in YAML', () => {
    assert.deepEqual(parse(printed('yaml')), JSON.parse(printed('json')));
  });

  it('ends the table with what is left of the budget', () => {
    const lines = printed('table').trimEnd().split('\n');
    assert.equal(lines[0], '2 of 3 workloads would change (mode dry-run)');
    assert.deepEqual(lines.slice(-2), [
      'budget default: left 2 CPU of 10 CPU, 4 replicas of 20 replicas',
      'objective 1.25, 0 where all get what they want (dp)',
    ]);
    assert.equal(printed('table', result(infeasible)).trimEnd().split('\n').at(-1), `infeasible: ${message} (greedy)`);
  });

  it('says nothing of budgets where none limits anything', () => {
    const free = pools.map((pool) => ({ ...pool, budget: { pool: 'default' }, left: {} }));
    assert.doesNotMatch(printed('table', result({ ...allocated, pools: free })), /budget|objective/);
  });

  it('prints the floor of the HPA where there is one, and spec.replicas where there is none, as patches', () => {
    const [first, second] = printed('patch')
      .split('---\n')
      .slice(1)
      .map((text) => parse(text));
    assert.deepEqual([first.kind, first.spec], ['HorizontalPodAutoscaler', { minReplicas: 8 }]);
    assert.deepEqual([second.kind, second.metadata.name, second.spec], ['StatefulSet', 'guide', { replicas: 3 }]);
    assert.equal(printed('patch', result(allocated, outcomes.slice(2))), '');
  });
});

describe('explanationText', () => {
  const explained = { atMs: at, decision: outcomes[1]!.decision, explanation: { quality: [], startUp } };

  it('names the events that changed the forecast, their uplift and where it is known from', () => {
    const event = {
      name: 'sale',
      startMs: at,
      endMs: at + 3_600_000,
      uplift: 2.3,
      source: 'learned',
      occurrences: 4,
    } as const;
    const others = [
      { ...event, declared: 3 },
      { ...event, source: 'declared', uplift: 3, occurrences: 0, declared: 3 },
      { ...event, source: 'type', uplift: 0.5 },
    ] as const;
    const text = explanationText({
      ...explained,
      explanation: { ...explained.explanation, events: [event, ...others] },
      recent: [],
    });
    const [first, ...more] = text.split('\n').filter((line) => line.startsWith('  "sale"'));
    assert.equal(
      first,
      '  "sale" 2026-11-21T09:00:00.000Z to 2026-11-21T10:00:00.000Z: load × 2.30 at its height (learned, occurrences: 4)',
    );
    assert.deepEqual(
      more.map((line) => line.replace(/^.*: load/, 'load')),
      [
        'load × 2.30 at its height (learned, occurrences: 4, declared 3.00)',
        'load × 3.00 at its height (declared)',
        'load × 0.500 at its height (type, occurrences: 4)',
      ],
    );
    assert.doesNotMatch(explanationText({ ...explained, recent: [] }), /^events$/m);
  });

  it('ends with the changes before, from the journal', () => {
    const entry = {
      atMs: at - 60_000,
      ref: guide,
      from: 2,
      to: 4,
      reasons: [peak],
      outcome: 'applied',
      mode: 'act',
    } as const;
    const held = { ...entry, from: 4, outcome: 'conflict', reasons: [] } as const;
    const text = explanationText({ ...explained, recent: [entry, held] });
    assert.match(
      text,
      /recent changes\n {2}2026-11-21T08:59:00\.000Z 2 → 4 \(applied, forecast-peak\)\n {2}\S+ held at 4 \(conflict\)\n$/,
    );
    assert.match(explanationText({ ...explained, recent: [] }), /recent changes\n {2}none in the journal\n$/);
  });
});
