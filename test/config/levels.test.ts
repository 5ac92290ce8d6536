import assert from 'node:assert/strict';
import { allLevels, type ConfigDraft, mergeFields, namespaceLevel, workloadLevel } from '../../src/config/levels.ts';

describe('mergeFields', () => {
  it('merges replicas and signals setting by setting', () => {
    assert.deepEqual(
      mergeFields(
        { replicas: { min: 2, max: 20 }, signals: { cpu: 'cadvisor', requests: 'http' } },
        { replicas: { max: 40 }, signals: { requests: 'istio' } },
      ),
      { replicas: { min: 2, max: 40 }, signals: { cpu: 'cadvisor', requests: 'istio' } },
    );
  });

  it('replaces lists as a whole, an empty one too', () => {
    const far = { seasons: [1, 2], events: [{ name: 'sale', start: 'a', end: 'b' }] };
    const { seasons, events } = mergeFields(far, { seasons: [3], events: [] });
    assert.deepEqual([seasons, events], [[3], []]);
  });

  it('does not let what is undefined hide what is farther away', () => {
    const near = { priority: undefined, replicas: { min: undefined, max: 9 } };
    const { priority, replicas } = mergeFields({ priority: 5, replicas: { min: 2 } }, near);
    assert.deepEqual([priority, replicas], [5, { min: 2, max: 9 }]);
  });

  it('changes neither of the two', () => {
    const far = Object.freeze({ replicas: Object.freeze({ min: 2 }) });
    const near = Object.freeze({ replicas: Object.freeze({ max: 3 }) });
    assert.deepEqual(mergeFields(far, near).replicas, { min: 2, max: 3 });
  });
});

describe('levels of a file', () => {
  const config: ConfigDraft = {
    defaults: { priority: 1, pool: 'a' },
    namespaces: { shop: { priority: 2 }, broken: undefined },
    workloads: [{ namespace: 'shop', name: 'x', priority: 3 }, undefined, { namespace: 'web', name: 'y' }],
  };

  it('are the defaults, 2 namespaces and the 2 workloads that could be read, with their own positions', () => {
    assert.deepEqual(
      allLevels(config).map(({ layers: [{ path }] }) => path.join('.')),
      ['defaults', 'namespaces.shop', 'namespaces.broken', 'workloads.0', 'workloads.2'],
    );
  });

  it('run from the workload over its namespace to the defaults', () => {
    const { layers, fields } = workloadLevel(config, config.workloads![0]!, 0);
    assert.deepEqual(
      layers.map(({ path }) => path.join('.')),
      ['workloads.0', 'namespaces.shop', 'defaults'],
    );
    assert.deepEqual([fields.priority, fields.pool], [3, 'a']);
  });

  it('take the defaults for a namespace without settings, also for one called constructor', () => {
    for (const name of ['web', 'constructor', 'broken']) assert.equal(namespaceLevel(config, name).fields.priority, 1);
  });

  it('do not take the name of a workload for one of its settings', () => {
    const { fields } = workloadLevel(config, config.workloads![2]!, 2);
    assert.equal('name' in fields || 'namespace' in fields, false);
  });
});
