import assert from 'node:assert/strict';
import { type CapacityInput, learnCapacity } from '../../src/capacity/learn-capacity.ts';
import { plannedPerReplica, replicasFor } from '../../src/capacity/replicas-for.ts';
import { createNoise, dailyLoad, minutes } from './generated-series.ts';

const twoDays = 2880;
const container = { name: 'app', cpuRequestMillicores: 1000, cpuLimitMillicores: 2000 };
const wait = { kind: 'wait', quantile: 0.95, seconds: 0.1 } as const;

/** 20 CPU-ms per request and 100m of idle CPU for each of 5 replicas. */
function observed(noise: number, more: Partial<CapacityInput> = {}): CapacityInput {
  const random = createNoise(1);
  return {
    spec: { objective: wait },
    containers: [container],
    readyReplicas: 5,
    series: {
      requests: minutes(twoDays, dailyLoad),
      cpu: minutes(twoDays, (i) => Math.max(0, 20 * dailyLoad(i) + 500 + noise * random())),
    },
    ...more,
  };
}

describe('learnCapacity › configured', () => {
  it('takes the configured 30 rps whatever was measured', () => {
    const model = learnCapacity(observed(0, { spec: { objective: wait, perReplicaRps: 30 } }));
    assert.deepEqual([model.source, model.perReplica, model.driver], ['configured', 30, 'requests']);
  });
});

describe('learnCapacity › CPU per request', () => {
  it('recovers 20 CPU-ms per request and 100m idle without noise: (1000 − 100) / 20 = 45 rps', () => {
    const model = learnCapacity(observed(0));
    assert.equal(model.source, 'cpu-per-request');
    assert.ok(Math.abs(model.cpuPerRequest! - 0.02) < 1e-9);
    assert.ok(Math.abs(model.idleMillicores! - 100) < 1e-6);
    assert.ok(Math.abs(model.perReplica - 45) < 1e-6);
  });

  it('covers the truth with its interval in at least 16 of 20 noisy series', () => {
    let covered = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const random = createNoise(seed * 7919);
      const cpu = minutes(twoDays, (i) => 20 * dailyLoad(i) + 500 + 400 * random());
      const [low, high] = learnCapacity(
        observed(0, { series: { requests: minutes(twoDays, dailyLoad), cpu } }),
      ).interval;
      if (low <= 45 && 45 <= high) covered++;
      assert.ok(high - low < 3, `interval ${low} to ${high}`);
    }
    assert.ok(covered >= 16, `${covered} of 20`);
  });

  it('covers the truth in at least 18 of 20 series whose noise lasts: correlation 0.97 from minute to minute', () => {
    let covered = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const random = createNoise(seed * 104729);
      let noise = 0;
      const cpu = minutes(twoDays, (i) => {
        noise = 0.97 * noise + 100 * random();
        return Math.max(0, 20 * dailyLoad(i) + 500 + noise);
      });
      const [low, high] = learnCapacity(
        observed(0, { series: { requests: minutes(twoDays, dailyLoad), cpu } }),
      ).interval;
      if (low <= 45 && 45 <= high) covered++;
    }
    assert.ok(covered >= 18, `${covered} of 20`);
  });

  it('plans with the lower end after 120 request-minutes and with the estimate after 2,880', () => {
    const early = learnCapacity(
      observed(0, {
        series: {
          requests: minutes(120, dailyLoad),
          cpu: minutes(120, (i) => 20 * dailyLoad(i) + 500 + (i % 3 === 0 ? 60 : -30)),
        },
      }),
    );
    assert.equal(early.samples, 120);
    assert.equal(plannedPerReplica(early), early.interval[0]);
    assert.ok(early.interval[0] < early.perReplica);
    const late = learnCapacity(observed(100));
    assert.equal(plannedPerReplica(late), late.perReplica);
  });

  it('follows a release that doubles the cost: four days later it is within 20 % of the new 40 ms', () => {
    const change = 4 * 1440;
    const requests = minutes(2 * change, dailyLoad);
    const cpu = minutes(2 * change, (i) => (i < change ? 20 : 40) * dailyLoad(i) + 500);
    const { cpuPerRequest } = learnCapacity(observed(0, { series: { requests, cpu } }));
    assert.ok(cpuPerRequest! > 0.032 && cpuPerRequest! < 0.042, `${cpuPerRequest}`);
  });

  it('puts all CPU down to the requests when replicas follow them one to one', () => {
    const replicas = minutes(twoDays, (i) => dailyLoad(i) / 10);
    const cpu = minutes(twoDays, (i) => 20 * dailyLoad(i) + 10 * dailyLoad(i));
    const model = learnCapacity(observed(0, { replicas, series: { requests: minutes(twoDays, dailyLoad), cpu } }));
    assert.ok(Math.abs(model.cpuPerRequest! - 0.03) < 1e-9);
    assert.equal(model.idleMillicores, 0);
  });

  it('learns idle CPU per replica from the history of replicas where that varies', () => {
    const replicas = minutes(twoDays, (i) => 3 + (Math.floor(i / 300) % 4));
    const cpu = minutes(twoDays, (i) => 20 * dailyLoad(i) + 80 * (3 + (Math.floor(i / 300) % 4)));
    const model = learnCapacity(observed(0, { replicas, series: { requests: minutes(twoDays, dailyLoad), cpu } }));
    assert.ok(Math.abs(model.idleMillicores! - 80) < 1e-6);
  });

  it('leaves room for idle CPU under a utilisation target: 0.7 of 5 CPUs hold 5·(700 − 100)/20 = 150 rps', () => {
    const model = learnCapacity(observed(0, { spec: { objective: { kind: 'utilisation', share: 0.7 } } }));
    assert.equal(replicasFor(model, 149.9), 5);
    assert.equal(replicasFor(model, 150.1), 6);
  });

  it('uses the limit where there is no request', () => {
    const { perReplica } = learnCapacity(observed(0, { containers: [{ name: 'app', cpuLimitMillicores: 2000 }] }));
    assert.ok(Math.abs(perReplica - 95) < 1e-6);
  });

  it('leaves out steps where one signal is missing', () => {
    const requests = minutes(twoDays, (i) => (i % 7 === 0 ? Number.NaN : dailyLoad(i)));
    const cpu = minutes(twoDays, (i) => (i % 5 === 0 ? Number.NaN : 20 * dailyLoad(i) + 500));
    const model = learnCapacity(observed(0, { series: { requests, cpu } }));
    assert.ok(Math.abs(model.cpuPerRequest! - 0.02) < 1e-9);
  });

  it('aligns series that start at different times', () => {
    const requests = minutes(twoDays, dailyLoad);
    const later = minutes(twoDays - 600, (i) => 20 * dailyLoad(i + 600) + 500);
    const cpu = { ...later, startMs: 600 * later.stepMs };
    const model = learnCapacity(observed(0, { series: { requests, cpu } }));
    assert.ok(Math.abs(model.cpuPerRequest! - 0.02) < 1e-9);
  });
});

describe('learnCapacity › what CPU cannot say', () => {
  const utilisation = { kind: 'utilisation', share: 0.6 } as const;

  it('counts CPU by the request where there are no requests per second', () => {
    const model = learnCapacity({
      spec: { objective: utilisation },
      containers: [container],
      series: { cpu: minutes(100, () => 300) },
    });
    assert.deepEqual([model.driver, model.perReplica, model.source], ['cpu', 1000, 'cpu-request']);
    assert.equal(replicasFor(model, 1300), 3);
  });

  it('counts CPU at a share of 0.7 where the objective is in seconds', () => {
    const model = learnCapacity({
      spec: { objective: wait },
      containers: [container],
      series: { cpu: minutes(100, () => 300) },
    });
    assert.deepEqual(model.objective, { kind: 'utilisation', share: 0.7 });
  });

  it('counts CPU while only 29 steps of requests were seen', () => {
    const series = { requests: minutes(29, dailyLoad), cpu: minutes(29, (i) => 20 * dailyLoad(i)) };
    assert.equal(learnCapacity(observed(0, { series })).driver, 'cpu');
  });

  it('counts CPU when it does not rise with the requests', () => {
    const random = createNoise(3);
    const series = { requests: minutes(twoDays, () => 1), cpu: minutes(twoDays, () => 800 * (1 + random())) };
    const noise = learnCapacity(observed(0, { series }));
    assert.ok(noise.driver === 'cpu' || noise.interval[0] > 0);
    const still = { requests: minutes(twoDays, dailyLoad), cpu: minutes(twoDays, () => 0) };
    assert.equal(learnCapacity(observed(0, { series: still })).driver, 'cpu');
  });

  it('says none without CPU request and limit', () => {
    const model = learnCapacity({
      spec: { objective: utilisation },
      containers: [{ name: 'app' }],
      series: { cpu: minutes(100, () => 300) },
    });
    assert.equal(model.source, 'none');
    assert.throws(() => replicasFor(model, 10), /capacity of one replica/);
  });

  it('says none without any series', () => {
    assert.equal(
      learnCapacity({ spec: { objective: utilisation }, containers: [container], series: {} }).source,
      'none',
    );
  });
});

describe('learnCapacity › latency against load', () => {
  const latencyP95 = { kind: 'latency', quantile: 0.95, seconds: 0.3 } as const;
  const replicas = minutes(twoDays, () => 5);

  /** Latency breaks above `limit` rps of one replica; loads of one replica run from 10 to 50. */
  function withLatency(limit: number, slow: (i: number) => boolean = () => false): CapacityInput {
    const latency = minutes(twoDays, (i) => (dailyLoad(i) / 5 > limit || slow(i) ? 0.5 : 0.1));
    const input = observed(0, { spec: { objective: latencyP95 }, replicas });
    return { ...input, series: { ...input.series, latency } };
  }

  it('finds the load of one replica at which p95 breaks: just under 40 rps', () => {
    const model = learnCapacity(withLatency(40));
    assert.equal(model.source, 'latency-against-load');
    assert.ok(model.perReplica > 39.5 && model.perReplica <= 40, `${model.perReplica}`);
  });

  it('is not misled by a slow dependency that broke 2 % of the steps at any load', () => {
    const random = createNoise(5);
    const { perReplica } = learnCapacity(withLatency(40, () => random() > 0.96));
    assert.ok(perReplica > 35 && perReplica <= 41, `${perReplica}`);
  });

  it('goes by CPU per request while latency never broke', () => {
    assert.equal(learnCapacity(withLatency(1000)).source, 'cpu-per-request');
  });

  it('stays at the largest load seen, 50 rps, where latency never broke and CPU is unknown', () => {
    const { series, ...input } = withLatency(1000);
    const model = learnCapacity({ ...input, series: { requests: series.requests!, latency: series.latency! } });
    assert.equal(model.source, 'latency-against-load');
    assert.ok(Math.abs(model.perReplica - 50) < 0.01);
  });

  it('goes by CPU per request without a history of replicas', () => {
    const { replicas: _, ...input } = withLatency(40);
    assert.equal(learnCapacity(input).source, 'cpu-per-request');
  });
});
