import assert from 'node:assert/strict';
import { donorOf } from '../../src/config/donors.ts';
import { parseSettings } from '../../src/config/load.ts';

const near = { namespace: 'shop', kind: 'StatefulSet' } as const;

describe('donorOf', () => {
  for (const [text, namespace, kind, name] of [
    ['checkout', 'shop', 'StatefulSet', 'checkout'],
    ['payments/checkout', 'payments', 'StatefulSet', 'checkout'],
    ['payments/Deployment/checkout', 'payments', 'Deployment', 'checkout'],
  ] as const) {
    it(`reads ${text} at a StatefulSet of shop as ${namespace}/${kind}/${name}`, () => {
      assert.deepEqual(donorOf(text, near), { namespace, kind, name });
    });
  }
});

describe('like', () => {
  const file = (workload: string) => `
prometheus: { url: "http://prometheus:9090" }
defaults: { replicas: { max: 20 } }
workloads:
  - { namespace: shop, name: blue }
  - { namespace: shop, name: green${workload} }
`;

  it('becomes a reference to the other workload, and is absent where nothing is said', () => {
    const [declared, silent] = [', like: blue', ''].map((more) => {
      const result = parseSettings(file(more), 'test');
      assert.ok(result.kind === 'loaded');
      return result.settings.workloads[1]!;
    });
    assert.deepEqual(declared!.like, { namespace: 'shop', kind: 'Deployment', name: 'blue' });
    assert.ok(!('like' in silent!));
  });

  it('is of one workload: neither defaults nor a namespace have it', () => {
    for (const level of ['defaults: { like: blue, replicas: { max: 20 } }', 'namespaces: { shop: { like: blue } }']) {
      const text = level.startsWith('defaults') ? file('').replace(/defaults: .*/, level) : `${file('')}${level}\n`;
      const result = parseSettings(text, 'test');
      assert.ok(result.kind === 'invalid');
      assert.deepEqual([result.problems.length, result.problems[0]!.path.endsWith('.like')], [1, true]);
    }
  });
});
