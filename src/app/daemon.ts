/** The daemon: two clocks, reload, probes, and an end within the grace period with nothing half-written. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpServer, serve } from '../adapters/http/server.ts';
import { describeProblems } from '../config/describe.ts';
import { loadSettings } from '../config/load.ts';
import { watchConfig } from '../config/watch.ts';
import type { Settings } from '../domain/settings.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { compose } from './compose.ts';
import { type Health, healthPage, readyPage } from './health.ts';
import { type RefitClock, startRefitClock } from './refit.ts';
import { createSession, type Session } from './session.ts';

export interface DaemonOptions {
  readonly configPath: string;
  /** From the command line; wins over the file, also after a reload. */
  readonly mode?: Settings['mode'];
  readonly now: () => number;
}

interface Running {
  readonly session: Session;
  readonly clock: RefitClock;
  /** Ends the fits in progress of this configuration. */
  readonly stop: AbortController;
}

interface Daemon {
  readonly options: DaemonOptions;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  running: Running;
}

function withMode(settings: Settings, mode: Settings['mode'] | undefined): Settings {
  return mode ? { ...settings, mode } : settings;
}

async function begin(settings: Settings, log: Logger, metrics: Metrics, now: () => number): Promise<Running> {
  const session = createSession(await compose(settings, { log, metrics, now }), settings, true);
  await session.open();
  const stop = new AbortController();
  // Not awaited: the loop starts on the reactive floor while the models are fitted.
  session.fitMissing(stop.signal).catch((error: unknown) => log.warn('first fit failed', { error }));
  return { session, clock: startRefitClock(session.world, session.loop, stop.signal), stop };
}

/** Ends what `begin` started. History is not saved here: at a reload the successor has read it already. */
async function end({ session, clock, stop }: Running): Promise<void> {
  stop.abort();
  await clock.stop();
  await session.close();
}

function inForce({ health, metrics, log, options }: Omit<Daemon, 'running'>, settings: Settings): void {
  const nowMs = options.now();
  health.mode = settings.mode;
  health.loopMs = settings.loopMs;
  health.config = { path: options.configPath, inForceSince: new Date(nowMs).toISOString() };
  metrics.config_reload_success.set(1);
  metrics.config_reload_timestamp_seconds.set(nowMs / 1000);
  for (const mode of ['dry-run', 'act'] as const) metrics.mode.set({ mode }, mode === settings.mode ? 1 : 0);
  log.info(`configuration in force: ${options.configPath}`, { mode: settings.mode });
}

/** Takes a changed configuration; a bad one changes nothing and is said in log, metric and health page. */
async function reload(daemon: Daemon): Promise<void> {
  const { options, log, metrics, health } = daemon;
  const loaded = await loadSettings(options.configPath);
  if (loaded.kind === 'invalid') {
    const rejected = describeProblems(options.configPath, loaded.problems, health.config.inForceSince);
    health.config = { ...health.config, rejected };
    metrics.config_reload_success.set(0);
    log.error(rejected);
    return;
  }
  const settings = withMode(loaded.settings, options.mode);
  log.configure(settings.log);
  const old = daemon.running;
  await old.session.saveHistory();
  daemon.running = await begin(settings, log, metrics, options.now);
  await end(old);
  inForce(daemon, settings);
}

async function oneRound(daemon: Daemon): Promise<void> {
  const { metrics, health, log, options } = daemon;
  const finished = metrics.loop_duration_seconds.startTimer();
  try {
    await daemon.running.session.round();
    metrics.loops_total.inc({ result: 'ok' });
    metrics.last_loop_timestamp_seconds.set(options.now() / 1000);
    health.lastSuccessMs = options.now();
    delete health.lastError;
  } catch (error) {
    metrics.loops_total.inc({ result: 'failed' });
    health.lastError = error instanceof Error ? error.message : String(error);
    log.error('round failed; nothing was changed', { error });
  } finally {
    finished();
    health.lastAttemptMs = options.now();
    health.workloads = daemon.running.session.loop.book.size;
  }
}

/** Sleeps until the next multiple of the period, or until woken by a reload or the end. */
async function untilNext(periodMs: number, nowMs: number, signals: readonly AbortSignal[]): Promise<void> {
  const pauseMs = periodMs - (nowMs % periodMs);
  await sleep(pauseMs, undefined, { signal: AbortSignal.any([...signals]) }).catch(() => undefined);
}

async function loopUntil(daemon: Daemon, stop: AbortSignal, changes: { wake: AbortController }): Promise<void> {
  while (!stop.aborted) {
    if (changes.wake.signal.aborted) {
      changes.wake = new AbortController();
      await reload(daemon).catch((error: unknown) => daemon.log.error('reload failed', { error }));
    }
    await oneRound(daemon);
    await untilNext(daemon.running.session.loop.settings.loopMs, daemon.options.now(), [stop, changes.wake.signal]);
  }
}

function pages({ health, metrics, options }: Omit<Daemon, 'running'>) {
  return {
    '/healthz': () => healthPage(health, options.now()),
    '/readyz': () => readyPage(health, options.now()),
    '/metrics': async () => ({
      status: 200,
      contentType: metrics.registry.contentType,
      body: await metrics.registry.metrics(),
    }),
  };
}

/**
 * Runs until `stop`. A bad configuration or an address in use rejects before anything was changed.
 *
 * @returns the exit code
 */
export async function runDaemon(
  options: DaemonOptions,
  stop: AbortSignal,
  onHangUp: (reload: () => void) => void,
): Promise<number> {
  const loaded = await loadSettings(options.configPath);
  if (loaded.kind === 'invalid') throw new Error(describeProblems(options.configPath, loaded.problems));
  const settings = withMode(loaded.settings, options.mode);
  const log = createLogger(settings.log);
  const metrics = createMetrics();
  const health: Health = {
    startedMs: options.now(),
    loopMs: settings.loopMs,
    mode: settings.mode,
    workloads: 0,
    config: { path: options.configPath, inForceSince: new Date(options.now()).toISOString() },
  };
  const shell = { options, log, metrics, health };
  const http = await serve(settings.http.host, settings.http.port, pages(shell));
  try {
    const daemon: Daemon = { ...shell, running: await begin(settings, log, metrics, options.now) };
    inForce(shell, settings);
    await live(daemon, stop, onHangUp, http);
    return 0;
  } finally {
    await http.close();
  }
}

async function live(
  daemon: Daemon,
  stop: AbortSignal,
  onHangUp: (reload: () => void) => void,
  http: HttpServer,
): Promise<void> {
  const changes = { wake: new AbortController() };
  const wake = () => changes.wake.abort();
  onHangUp(wake);
  const watcher = watchConfig(daemon.options.configPath, wake);
  daemon.log.info(`probes and metrics on port ${http.port}`);
  try {
    await loopUntil(daemon, stop, changes);
  } finally {
    watcher.close();
    daemon.log.info('stopping');
    await daemon.running.session.saveHistory();
    await end(daemon.running);
  }
}
