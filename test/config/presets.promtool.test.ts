/**
 * What the presets answer, asked of a real Prometheus engine (`promtool test rules`): the series below are shaped as
 * the exporters write them, and every expected number can be worked out by hand.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bindQuantile, presetTemplates } from '../../src/config/templates.ts';
import { findPrograms } from '../rig/programs.ts';
import {
  cadvisor,
  failingIngress,
  gauge,
  http,
  type Input,
  ingress,
  istio,
  owners,
  scheduler,
  statuses,
} from './exporter-series.ts';

const rig = findPrograms(process.env);
const promtool = rig.kind === 'found' ? rig.bin.promtool : undefined;
const suite = promtool === undefined ? describe.skip : describe;
const title = rig.kind === 'found' ? 'presets in promtool' : `presets in promtool (skipped: ${rig.reason})`;

const deployment = '{namespace="shop",owner_kind="Deployment",owner_name="web"}';
const statefulSet = '{namespace="shop",owner_kind="StatefulSet",owner_name="web"}';

interface Case {
  readonly preset: string;
  readonly input: readonly Input[];
  readonly answer: { readonly [labels: string]: number };
  readonly why: string;
}

const cases: readonly Case[] = [
  {
    preset: 'cadvisor-cpu',
    input: [...owners, ...cadvisor],
    answer: { [deployment]: 0.8125, [statefulSet]: 1 },
    why: '0.25 + 0.0625 + 0.5 cores over two ReplicaSets, apart from the StatefulSet of the same name',
  },
  {
    preset: 'cadvisor-memory',
    input: [...owners, ...cadvisor],
    answer: { [deployment]: 1500, [statefulSet]: 7 },
    why: '1000 + 500 bytes',
  },
  {
    preset: 'http-requests',
    input: [...owners, ...http],
    answer: { [deployment]: 15, [statefulSet]: 2 },
    why: '4 + 1 + 10 a second',
  },
  {
    preset: 'http-histogram-requests',
    input: [...owners, ...http],
    answer: { [deployment]: 30 },
    why: '20 + 10 a second',
  },
  {
    preset: 'http-latency',
    input: [...owners, ...http],
    answer: { [deployment]: 0.3 },
    why: 'half-way from 0.1 to 0.5 s',
  },
  { preset: 'http-by-app-requests', input: http, answer: { '{namespace="shop",app="guide"}': 6 }, why: '6 a second' },
  {
    preset: 'http-by-app-latency',
    input: http,
    answer: { '{namespace="shop",app="guide"}': 0.3 },
    why: 'half-way from 0.1 to 0.5 s',
  },
  {
    preset: 'ingress-nginx-requests',
    input: ingress,
    answer: { '{namespace="shop",service="web"}': 4, '{namespace="shop",service="guide"}': 5 },
    why: '3 + 1 with honor_labels, 5 without',
  },
  {
    preset: 'ingress-nginx-latency',
    input: ingress,
    answer: { '{namespace="shop",service="web"}': 0.3, '{namespace="shop",service="guide"}': 0.3 },
    why: 'half-way from 0.1 to 0.5 s',
  },
  {
    preset: 'istio-requests',
    input: istio,
    answer: { '{destination_workload_namespace="shop",destination_workload="web"}': 10 },
    why: '8 + 2 a second, told by the destination only',
  },
  {
    preset: 'istio-latency',
    input: istio,
    answer: { '{destination_workload_namespace="shop",destination_workload="web"}': 300 },
    why: '300 ms, which its scale makes 0.3 s',
  },
  {
    preset: 'ingress-nginx-errors',
    input: failingIngress,
    answer: {
      '{namespace="shop",service="web"}': 0.2,
      '{namespace="shop",service="guide"}': 0.5,
      '{namespace="shop",service="quiet"}': 0,
    },
    why: '1 of 5 with honor_labels, 5 of 10 without, none of none',
  },
  {
    preset: 'istio-errors',
    input: istio,
    answer: { '{destination_workload_namespace="shop",destination_workload="web"}': 0.2 },
    why: '2 of 10 a second',
  },
  {
    preset: 'http-errors',
    input: [...owners, ...http],
    answer: { [deployment]: 0.0667, [statefulSet]: 0 },
    why: '1 of 15 a second over two ReplicaSets, and a StatefulSet that never failed',
  },
  {
    preset: 'http-by-app-errors',
    input: statuses,
    answer: { '{namespace="shop",app="web"}': 0.02 },
    why: '2 of the 100 that have a status; without any status nothing is known, rather than no errors',
  },
  {
    preset: 'cadvisor-throttling',
    input: [...owners, ...scheduler],
    answer: { [deployment]: 0.3, [statefulSet]: 0 },
    why: '4 + 2 of 20 periods in the container that is held back most, none of none, and no answer without a limit',
  },
];

/** For the minutes in which a ReplicaSet and a pod are handed from one owner to another, both are there. */
const twoOwners: readonly Input[] = [
  ['kube_replicaset_owner{namespace="shop",replicaset="web-77f",owner_kind="Deployment",owner_name="guide"}', gauge(1)],
  ['kube_pod_owner{namespace="shop",pod="web-0",owner_kind="StatefulSet",owner_name="guide"}', gauge(1)],
];

function queryOf(preset: string): string {
  const { query } = bindQuantile(presetTemplates[preset]!, { kind: 'utilisation', share: 0.7 });
  return query.replaceAll('$namespaces', 'shop').replaceAll('$names', 'web|guide|quiet').replaceAll('$window', '2m');
}

/** YAML takes JSON, so the test file of promtool is written as that. Rounded, as extrapolation makes 14.999999999999996 of 15. */
function rulesTest(query: string, input: readonly Input[], answer: Case['answer']): string {
  const expr = `round(${query}, 0.0001)`;
  const exp_samples = Object.entries(answer).map(([labels, value]) => ({ labels, value }));
  const input_series = input.map(([series, values]) => ({ series, values }));
  const promql_expr_test = [{ expr, eval_time: '15m', exp_samples }];
  return JSON.stringify({ fuzzy_compare: true, tests: [{ interval: '30s', input_series, promql_expr_test }] });
}

suite(title, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-promtool-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('covers every preset', () => {
    assert.deepEqual(cases.map(({ preset }) => preset).toSorted(), Object.keys(presetTemplates).toSorted());
  });

  const assertAnswers = (query: string, input: readonly Input[], answer: Case['answer']) => {
    const file = join(folder, 'test.json');
    writeFileSync(file, rulesTest(query, input, answer));
    const { status, stdout, stderr } = spawnSync(promtool!, ['test', 'rules', file], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  };

  for (const { preset, input, answer, why } of cases) {
    it(`${preset} answers ${Object.values(answer).join(' and ')}: ${why}`, () => {
      assertAnswers(queryOf(preset), input, answer);
    });
  }

  it('counts 1.8125 cores once while a ReplicaSet and a pod have two owners, instead of failing for all', () => {
    assertAnswers(`sum(${queryOf('cadvisor-cpu')})`, [...owners, ...twoOwners, ...cadvisor], { '{}': 1.8125 });
  });
});
