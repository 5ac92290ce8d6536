import assert from 'node:assert/strict';
import { parseObjective } from '../../src/config/objectives.ts';
import type { Objective } from '../../src/domain/workload.ts';

describe('parseObjective', () => {
  const readable: readonly (readonly [string, Objective])[] = [
    ['p95 latency 250ms', { kind: 'latency', quantile: 0.95, seconds: 0.25 }],
    ['latency p99.9 1s', { kind: 'latency', quantile: 0.999, seconds: 1 }],
    ['wait p95 100ms', { kind: 'wait', quantile: 0.95, seconds: 0.1 }],
    ['p50 wait 2s', { kind: 'wait', quantile: 0.5, seconds: 2 }],
    ['utilisation 70%', { kind: 'utilisation', share: 0.7 }],
    ['utilization 0.65', { kind: 'utilisation', share: 0.65 }],
    ['  utilisation   100% ', { kind: 'utilisation', share: 1 }],
  ];
  for (const [text, objective] of readable) {
    it(`reads "${text}"`, () => assert.deepEqual(parseObjective(text), objective));
  }

  const refused = [
    'p95 latency 250', // no unit
    'p100 latency 1s', // nothing keeps every request
    'p0 latency 1s',
    'p95 latency 0s',
    'utilisation 70', // 7000 %
    'utilisation 0%',
    'latency 250ms', // of which quantile?
    'p95 latency < 250ms',
    '',
  ];
  for (const text of refused) {
    it(`does not guess at "${text}"`, () => assert.equal(parseObjective(text), undefined));
  }
});
