import assert from 'node:assert/strict';
import { type RequestsInput, recommendRequests } from '../../src/capacity/recommend-requests.ts';
import type { HpaSituation } from '../../src/domain/cluster.ts';
import { minutes } from './generated-series.ts';

const MIB = 1024 ** 2;
const eightDays = 8 * 1440;

function input(more: Partial<RequestsInput> = {}, days = eightDays): RequestsInput {
  return {
    spec: { objective: { kind: 'wait', quantile: 0.95, seconds: 0.1 }, requestsMode: 'apply' },
    state: {
      containers: [{ name: 'app', cpuRequestMillicores: 1000, memoryRequestBytes: 1000 * MIB }],
      readyReplicas: 4,
      hpa: { kind: 'none' },
    },
    // one replica: 100m to 199m over the hour, 200 MiB with a peak of 300 MiB once a day
    series: {
      cpu: minutes(days, (i) => 4 * (100 + ((i % 60) / 60) * 100)),
      memory: minutes(days, (i) => 4 * MIB * (i % 1440 === 700 ? 300 : 200)),
    },
    ...more,
  };
}

function owned(cpuUtilisationTarget: number): HpaSituation {
  const hpa = {
    namespace: 'shop',
    name: 'web',
    minReplicas: 2,
    maxReplicas: 9,
    currentReplicas: 4,
    desiredReplicas: 4,
  };
  return { kind: 'owned', hpa: { ...hpa, cpuUtilisationTarget, resourceVersion: '1' } };
}

describe('recommendRequests', () => {
  it('recommends CPU p90 + 15 %: 1.15 · 190m = 217 to 219m, and memory of the daily peak + 15 %: 345 MiB', () => {
    const change = recommendRequests(input());
    const { to } = change!.containers[0]!;
    assert.ok(to.cpuMillicores >= 217 && to.cpuMillicores <= 219, `${to.cpuMillicores}`);
    assert.equal(to.memoryBytes, 345 * MIB);
    assert.equal(change!.mode, 'apply');
    assert.equal(change!.reason.code, 'requests-recommended');
    assert.match(change!.reason.message, /^app: CPU 1000m → 21\dm, memory 1000 MiB → 345 MiB$/);
  });

  it('restates the target of the HPA, so that 50 % of 1000m stays about 500m', () => {
    const change = recommendRequests(input({ state: { ...input().state, hpa: owned(0.5) } }))!;
    const { from, to } = change.cpuUtilisationTarget!;
    assert.equal(from, 0.5);
    assert.ok(Math.abs(to * change.containers[0]!.to.cpuMillicores - 500) < 2);
  });

  it('says nothing inside the band: 240m for a p90 of 218m after 8 days', () => {
    const containers = [{ name: 'app', cpuRequestMillicores: 240, memoryRequestBytes: 350 * MIB }];
    assert.equal(recommendRequests(input({ state: { ...input().state, containers } })), undefined);
  });

  it('is in no hurry to lower after two hours: 1000m stays', () => {
    assert.equal(recommendRequests(input({}, 120)), undefined);
  });

  it('raises after two hours what is clearly too little: 50m', () => {
    const containers = [{ name: 'app', cpuRequestMillicores: 50, memoryRequestBytes: 350 * MIB }];
    const change = recommendRequests(input({ state: { ...input().state, containers } }, 120));
    assert.ok(change!.containers[0]!.to.cpuMillicores > 200);
  });

  it('never lowers memory on a growing heap', () => {
    const memory = minutes(eightDays, (i) => 4 * MIB * (100 + (i / eightDays) * 200));
    const change = recommendRequests(input({ series: { ...input().series, memory } }))!;
    assert.equal(change.containers[0]!.to.memoryBytes, 1000 * MIB);
  });

  it('never goes below the present working set: 600 MiB', () => {
    const memory = minutes(eightDays, (i) => 4 * MIB * (i >= eightDays - 5 ? 600 : 200));
    const change = recommendRequests(input({ series: { ...input().series, memory } }))!;
    assert.ok(change.containers[0]!.to.memoryBytes >= 600 * MIB);
  });

  it('keeps within the limit of the container', () => {
    const containers = [
      { name: 'app', cpuRequestMillicores: 50, cpuLimitMillicores: 150, memoryRequestBytes: 350 * MIB },
    ];
    const change = recommendRequests(input({ state: { ...input().state, containers } }))!;
    assert.equal(change.containers[0]!.to.cpuMillicores, 150);
  });

  it('divides among containers by their requests: 3 to 1', () => {
    const containers = [
      { name: 'app', cpuRequestMillicores: 900, memoryRequestBytes: 600 * MIB },
      { name: 'proxy', cpuRequestMillicores: 300, memoryRequestBytes: 200 * MIB },
    ];
    const change = recommendRequests(input({ state: { ...input().state, containers } }))!;
    const [app, proxy] = change.containers;
    assert.ok(Math.abs(app!.to.cpuMillicores / proxy!.to.cpuMillicores - 3) < 0.05);
  });

  it('divides by the replicas there were, where that is known', () => {
    const replicas = minutes(eightDays, () => 8);
    const { to } = recommendRequests(input({ replicas }))!.containers[0]!;
    assert.ok(to.cpuMillicores >= 108 && to.cpuMillicores <= 110, `${to.cpuMillicores}`);
  });

  it('does not apply CPU under a utilisation objective, where it would chase itself, but recommends it', () => {
    const objective = { kind: 'utilisation', share: 0.7 } as const;
    const applied = recommendRequests(input({ spec: { objective, requestsMode: 'apply' } }))!;
    assert.equal(applied.containers[0]!.to.cpuMillicores, 1000);
    assert.ok(applied.containers[0]!.to.memoryBytes < 1000 * MIB);
    const shown = recommendRequests(input({ spec: { objective, requestsMode: 'recommend' } }))!;
    assert.ok(shown.containers[0]!.to.cpuMillicores < 300);
  });

  it('cannot say without usage, without ready replicas, and without requests to divide several containers by', () => {
    assert.equal(recommendRequests(input({ series: {} })), undefined);
    assert.equal(recommendRequests(input({ state: { ...input().state, readyReplicas: 0 } })), undefined);
    const containers = [{ name: 'app' }, { name: 'proxy' }];
    assert.equal(recommendRequests(input({ state: { ...input().state, containers } })), undefined);
  });

  it('fills in requests where a single container has none', () => {
    const change = recommendRequests(input({ state: { ...input().state, containers: [{ name: 'app' }] } }))!;
    assert.deepEqual(change.containers[0]!.from, {});
    assert.equal(change.containers[0]!.to.memoryBytes, 345 * MIB);
  });

  it('lets newer days count more: four days of 400m and 600 MiB are forgotten after four of 200m and 200 MiB', () => {
    const newer = (i: number) => i >= eightDays / 2;
    const cpu = minutes(eightDays, (i) => 4 * (newer(i) ? 200 : 400));
    const memory = minutes(eightDays, (i) => 4 * MIB * (newer(i) ? 200 : 600));
    const { to } = recommendRequests(input({ series: { cpu, memory } }))!.containers[0]!;
    assert.deepEqual(to, { cpuMillicores: 230, memoryBytes: 230 * MIB });
  });

  it('does not count missing samples as zero', () => {
    const cpu = minutes(eightDays, (i) => (i % 2 === 0 ? Number.NaN : 4 * 200));
    const { to } = recommendRequests(input({ series: { ...input().series, cpu } }))!.containers[0]!;
    assert.equal(to.cpuMillicores, 230);
  });
});
