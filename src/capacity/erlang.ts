/**
 * M/M/c: Poisson arrivals at `rate` per second, c servers of `mu` per second each, one queue.
 *
 * Erlang B by its recursion, C from B: stable for any load, no factorials (Kleinrock, Queueing Systems I (1975),
 * ch. 3). Least servers at mu = 25/s for a wait of at most 100 ms at p95, R = rate / mu:
 *
 *     R   0.5   1   2   4   8   16   32   64   128
 *     c   2     2   3   5   10  18   34   66   130
 *
 * One utilisation target is wrong at both ends of that table, hence the queue.
 */

/** Steps from B(c−1) to B(c), the share of arrivals that c servers without a queue would turn away. */
function nextBlocking(blocking: number, offered: number, servers: number): number {
  return (offered * blocking) / (servers + offered * blocking);
}

function erlangB(servers: number, offered: number): number {
  let blocking = 1;
  for (let c = 1; c <= servers; c++) blocking = nextBlocking(blocking, offered, c);
  return blocking;
}

/** P(wait > 0) from B(c); only for a stable queue, `offered` < `servers`. */
function waitShare(blocking: number, offered: number, servers: number): number {
  return blocking / (1 - (offered / servers) * (1 - blocking));
}

/** A tail of M/M/c from the share that waits: P(something > seconds). */
type Tail = (waiting: number, spare: number, mu: number, seconds: number) => number;

/** Waiting time: those that wait do so for an exponential time with rate `spare` = c·mu − rate. */
const waitingTail: Tail = (waiting, spare, _mu, seconds) => waiting * Math.exp(-spare * seconds);

/**
 * Response time, wait plus an exponential service. The sum of Exp(spare) and Exp(mu) exceeds t with
 * e^{−mu·t} + mu·(e^{−mu·t} − e^{−spare·t}) / (spare − mu); its limit for spare → mu is taken by expm1.
 */
const responseTail: Tail = (waiting, spare, mu, seconds) => {
  const served = Math.exp(-mu * seconds);
  const apart = (spare - mu) * seconds;
  const between =
    Math.abs(apart) < 1e-9
      ? seconds * served
      : Math.abs(apart) < 1
        ? (served * -Math.expm1(-apart)) / (spare - mu)
        : (served - Math.exp(-spare * seconds)) / (spare - mu);
  return served + waiting * mu * between;
};

function tailOf(tail: Tail, servers: number, rate: number, mu: number, seconds: number): number {
  if (rate >= servers * mu) return 1;
  const offered = rate / mu;
  return tail(waitShare(erlangB(servers, offered), offered, servers), servers * mu - rate, mu, seconds);
}

/** P(wait > seconds) in M/M/c; 1 when the queue is not stable. Rises with `rate`, falls with `servers`. */
export function waitTail(servers: number, rate: number, mu: number, seconds: number): number {
  return tailOf(waitingTail, servers, rate, mu, seconds);
}

/** P(wait + service > seconds) in M/M/c; 1 when the queue is not stable. Never below e^{−mu·seconds}. */
export function sojournTail(servers: number, rate: number, mu: number, seconds: number): number {
  return tailOf(responseTail, servers, rate, mu, seconds);
}

/** Continues the recursion from the first stable count until the tail fits: O(result), about 1 µs for 200 servers. */
function leastServers(tail: Tail, rate: number, mu: number, seconds: number, miss: number): number {
  const offered = rate / mu;
  let servers = Math.floor(offered) + 1;
  let blocking = erlangB(servers, offered);
  for (;;) {
    const spare = servers * mu - rate;
    if (spare > 0 && tail(waitShare(blocking, offered, servers), spare, mu, seconds) <= miss) return servers;
    servers++;
    blocking = nextBlocking(blocking, offered, servers);
  }
}

/** The least c ≥ 1 for which M/M/c is stable and P(wait > seconds) ≤ 1 − quantile; `quantile` in (0, 1). */
export function serversForWait(rate: number, mu: number, seconds: number, quantile: number): number {
  return leastServers(waitingTail, rate, mu, seconds, 1 - quantile);
}

/**
 * The least c ≥ 1 for which P(wait + service > seconds) ≤ 1 − quantile.
 *
 * Where the service alone already breaks that, no number of servers reaches it. Servers can then only keep the
 * queue out of it, so the answer is the one for the wait.
 */
export function serversForResponse(rate: number, mu: number, seconds: number, quantile: number): number {
  const reachable = Math.exp(-mu * seconds) < 1 - quantile;
  return leastServers(reachable ? responseTail : waitingTail, rate, mu, seconds, 1 - quantile);
}
