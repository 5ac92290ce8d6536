import assert from 'node:assert/strict';
import { parsePolicies, policyHelp } from '../../../src/cli/simulate/policy-names.ts';
import type { ForescaleVariant } from '../../../src/simulate/policies/forescale.ts';

const made: { name: string; variant: ForescaleVariant }[] = [];

function parse(list: string) {
  made.length = 0;
  return parsePolicies(list, (name, variant) => {
    made.push({ name, variant });
    return { kind: 'causal', name, start: () => ({ decide: () => [] }) };
  });
}

describe('parsePolicies', () => {
  it('keeps names as typed, in their order', () => {
    const list =
      'forescale,forescale:0.001,forescale+hpa:0.7,hpa:0.50,static,recent-max:7d,recent-max:36h,clairvoyant:15m,oracle';
    const { policies, problems } = parse(list);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      policies.map(({ name }) => name),
      list.split(','),
    );
  });

  it('knows the methods of six other autoscalers, each with a share to aim at', () => {
    const words = ['reactive-quantile', 'schedule', 'holt-winters', 'fft-profile', 'hourly-profile', 'q-learning'];
    const list = words.flatMap((word) => [word, `${word}:0.01`]);
    const { policies, problems } = parse(list.join(','));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      policies.map(({ name }) => name),
      list,
    );
    for (const word of words) assert.ok(policyHelp().includes(`  ${word}[:P]`), word);
  });

  it('gives forescale its share, and the HPA under it its target and options', () => {
    parse('forescale,forescale:0.02,forescale+hpa:0.6:stabilization=10m');
    assert.deepEqual(made[0]!.variant, {});
    assert.deepEqual(made[1]!.variant, { violationShare: 0.02 });
    assert.equal(made[2]!.variant.hpa?.target, 0.6);
    assert.equal(made[2]!.variant.hpa?.stabilisationMs, 600_000);
  });

  it('reads every option of an HPA', () => {
    parse('forescale+hpa:0.6:metric=demand:tolerance=0.05:delay=30s:up-stabilization=1m:stabilization=0s');
    assert.deepEqual(made[0]!.variant.hpa, {
      target: 0.6,
      metric: 'demand',
      tolerance: 0.05,
      delayMs: 30_000,
      upStabilisationMs: 60_000,
      stabilisationMs: 0,
    });
  });

  for (const name of [
    '',
    'hpa:0',
    'hpa:1.5',
    'hpa:0.555',
    'hpa:x',
    'hpa:0.5:stabilization',
    'hpa:0.5:stabilization=5',
    'hpa:0.5:metric=cpu',
    'hpa:0.5:tolerance=2',
    'hpa:0.5:window=5m',
    'recent-max',
    'recent-max:0s',
    'recent-max:7d:1d',
    'clairvoyant:soon',
    'oracle:1',
    'forescale:0',
    'forescale:1',
    'forescale:0.1:0.2',
    'forescale+hpa',
    'schedule:2',
    'q-learning:0.1:0.2',
  ]) {
    it(`refuses "${name}" and says what it expected`, () => {
      const { policies, problems } = parse(name);
      assert.deepEqual(policies, []);
      assert.equal(problems.length, 1);
      assert.match(problems[0]!, /^--policies: ".*": expected /);
    });
  }

  it('guesses what was meant: forscale, HPA, recent_max', () => {
    const { problems } = parse('forscale,HPA:0.5,recent_max:7d');
    assert.deepEqual(
      problems.map((problem) => /did you mean "(.*)"/.exec(problem)?.[1]),
      ['forescale', 'hpa', 'recent-max'],
    );
  });

  it('has a line of help for every form', () => {
    for (const form of [
      'forescale[:P]',
      'forescale+hpa:T',
      'hpa:T[',
      'static',
      'recent-max:7d',
      'clairvoyant:15m',
      'oracle',
    ])
      assert.ok(policyHelp().includes(`  ${form}`), form);
  });
});
