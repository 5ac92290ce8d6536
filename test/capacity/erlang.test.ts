import assert from 'node:assert/strict';
import fc from 'fast-check';
import { serversForResponse, serversForWait, sojournTail, waitTail } from '../../src/capacity/erlang.ts';

/** P(wait > t) from the textbook sum Σ a^k/k!, in logarithms; shares nothing with the recursion under test. */
function waitTailBySum(servers: number, rate: number, mu: number, seconds: number): number {
  const load = rate / mu;
  if (rate >= servers * mu) return 1;
  const logTerm = (k: number) => {
    let log = k * Math.log(load);
    for (let i = 2; i <= k; i++) log -= Math.log(i);
    return log;
  };
  const busy = Math.exp(logTerm(servers)) / (1 - load / servers);
  let free = 0;
  for (let k = 0; k < servers; k++) free += Math.exp(logTerm(k));
  return (busy / (busy + free)) * Math.exp(-(servers * mu - rate) * seconds);
}

/** P(wait + service > t) by integrating over the waiting time with the trapezium rule. */
function sojournTailByIntegral(servers: number, rate: number, mu: number, seconds: number): number {
  const steps = 20_000;
  const wait = (t: number) => waitTailBySum(servers, rate, mu, t);
  let tail = (1 - wait(0)) * Math.exp(-mu * seconds) + wait(seconds);
  for (let i = 0; i < steps; i++) {
    const [from, to] = [(i * seconds) / steps, ((i + 1) * seconds) / steps];
    tail += (wait(from) - wait(to)) * Math.exp(-mu * (seconds - (from + to) / 2));
  }
  return tail;
}

describe('serversForWait', () => {
  const table = [
    [0.5, 2],
    [1, 2],
    [2, 3],
    [4, 5],
    [8, 10],
    [16, 18],
    [32, 34],
    [64, 66],
    [128, 130],
  ] as const;
  for (const [offered, servers] of table) {
    it(`needs ${servers} servers for ${offered} busy ones at wait p95 ≤ 100 ms and 40 ms of service`, () => {
      assert.equal(serversForWait(offered * 25, 25, 0.1, 0.95), servers);
    });
  }

  it('is the least count whose tail fits, by the textbook sum, at 500 random loads', () => {
    const cases = fc.record({
      rate: fc.double({ min: 0.01, max: 2000, noNaN: true }),
      mu: fc.double({ min: 10, max: 100, noNaN: true }),
      seconds: fc.double({ min: 0, max: 1, noNaN: true }),
      quantile: fc.double({ min: 0.5, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ rate, mu, seconds, quantile }) => {
        const servers = serversForWait(rate, mu, seconds, quantile);
        assert.ok(waitTailBySum(servers, rate, mu, seconds) <= (1 - quantile) * (1 + 1e-9));
        if (servers > 1) assert.ok(waitTailBySum(servers - 1, rate, mu, seconds) >= (1 - quantile) * (1 - 1e-9));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('needs 3 servers where 2 would be exactly busy', () => {
    assert.equal(serversForWait(50, 25, 1000, 0.95), 3);
  });

  it('answers a load of 10,000 busy servers without overflow', () => {
    const servers = serversForWait(250_000, 25, 0.1, 0.95);
    assert.ok(servers > 10_000 && servers < 10_010, `${servers}`);
  });
});

describe('waitTail', () => {
  it('is ρ·e^{−(μ−λ)t} for one server', () => {
    assert.ok(Math.abs(waitTail(1, 6, 10, 0.2) - 0.6 * Math.exp(-0.8)) < 1e-15);
  });

  it('is 1 for a queue that is not stable', () => {
    assert.equal(waitTail(2, 50, 25, 1), 1);
  });
});

describe('sojournTail', () => {
  it('is e^{−(μ−λ)t} for one server', () => {
    assert.ok(Math.abs(sojournTail(1, 6, 10, 0.2) - Math.exp(-0.8)) < 1e-12);
  });

  it('agrees with the integral over the waiting time to 1e-6, also where both rates are equal', () => {
    for (const [servers, rate] of [
      [2, 5],
      [2, 10], // spare rate 10 = mu: the limit
      [3, 25],
      [10, 95],
    ] as const) {
      const exact = sojournTail(servers, rate, 10, 0.3);
      assert.ok(Math.abs(exact - sojournTailByIntegral(servers, rate, 10, 0.3)) < 1e-6, `c=${servers}, rate=${rate}`);
    }
  });

  it('runs through the limit without a jump', () => {
    const near = (rate: number) => sojournTail(2, rate, 10, 0.3);
    assert.ok(Math.abs(near(10) - near(10 + 1e-7)) < 1e-7);
    assert.ok(Math.abs(near(10) - near(10 - 1e-11)) < 1e-10);
  });
});

describe('serversForResponse', () => {
  it('is the least count whose response time fits', () => {
    const servers = serversForResponse(95, 10, 0.5, 0.95);
    assert.ok(sojournTail(servers, 95, 10, 0.5) <= 0.05 + 1e-15);
    assert.ok(sojournTail(servers - 1, 95, 10, 0.5) > 0.05);
  });

  it('keeps the wait within the objective when the service alone breaks it: p95 of 100 ms of service is 300 ms', () => {
    assert.equal(serversForResponse(95, 10, 0.2, 0.95), serversForWait(95, 10, 0.2, 0.95));
  });
});
