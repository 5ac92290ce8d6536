/** What the probes and the health page say. */
import { type Page, statusPage } from '../adapters/http/server.ts';

export interface Health {
  startedMs: number;
  loopMs: number;
  /** End of the last round, good or bad: the process makes progress. */
  lastAttemptMs?: number;
  lastSuccessMs?: number;
  lastError?: string;
  mode: string;
  workloads: number;
  config: { readonly path: string; readonly inForceSince: string; readonly rejected?: string };
}

/** Alive while rounds end, whatever their result: a restart would not bring Prometheus back. */
const ALIVE_WITHIN_LOOPS = 10;
/** Ready while rounds succeed. */
const READY_WITHIN_LOOPS = 5;
const STARTING_MS = 5 * 60_000;

function detail(health: Health): object {
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    mode: health.mode,
    workloads: health.workloads,
    lastRound: iso(health.lastAttemptMs),
    lastGoodRound: iso(health.lastSuccessMs),
    lastError: health.lastError ?? null,
    config: health.config,
  };
}

export function healthPage(health: Health, nowMs: number): Page {
  const since = nowMs - (health.lastAttemptMs ?? health.startedMs);
  const alive = since <= Math.max(ALIVE_WITHIN_LOOPS * health.loopMs, STARTING_MS);
  return statusPage(alive, { status: alive ? 'alive' : 'stuck', ...detail(health) });
}

export function readyPage(health: Health, nowMs: number): Page {
  const ready =
    health.lastSuccessMs !== undefined && nowMs - health.lastSuccessMs <= READY_WITHIN_LOOPS * health.loopMs;
  return statusPage(ready, { status: ready ? 'ready' : 'not ready', ...detail(health) });
}
