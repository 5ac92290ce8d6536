/** The daemon: two clocks, reload, probes, and an end within the grace period with nothing half-written. */
import { setTimeout as sleep } from 'node:timers/promises';
import packageJson from '../../package.json' with { type: 'json' };
import { serve } from '../adapters/http/server.ts';
import { type LoadResult, loadSettings } from '../config/load.ts';
import { describeProblems } from '../config/problems.ts';
import { watchSettings } from '../config/watch.ts';
import type { Settings } from '../domain/settings.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { type Health, healthPage, readyPage } from './health.ts';
import { refitAll } from './refit.ts';
import { type RefitClock, startRefitClock } from './refit-clock.ts';
import { createSession, type Session } from './session.ts';
import { keepHeapSmall } from './small-heap.ts';

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
  /** The process is to end. */
  readonly stop: AbortSignal;
  running: Running;
}

/** A daemon before its first session. */
type Shell = Omit<Daemon, 'running'>;

function withMode(settings: Settings, mode: Settings['mode'] | undefined): Settings {
  return mode ? { ...settings, mode } : settings;
}

async function begin(settings: Settings, { log, metrics, options, stop }: Shell): Promise<Running> {
  const session = await createSession(settings, { log, metrics, now: options.now, stop, keep: true });
  try {
    await session.open();
  } catch (error) {
    await session.close();
    throw error;
  }
  const { world, loop } = session;
  const stopFits = new AbortController();
  const clock = startRefitClock(world, settings.forecast, () => refitAll(world, loop, stopFits.signal));
  return { session, clock, stop: stopFits };
}

/** Ends what `begin` started. History is not saved here: at a reload the successor has read it already. */
async function end({ session, clock, stop }: Running): Promise<void> {
  stop.abort();
  await clock.stop();
  await session.close();
}

function inForce({ health, metrics, log, options }: Shell, settings: Settings): void {
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
async function reload(daemon: Daemon, loaded: LoadResult): Promise<void> {
  const { options, log, metrics, health } = daemon;
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
  daemon.running = await begin(settings, daemon);
  await end(old);
  inForce(daemon, settings);
}

/** Not awaited: the loop goes on with the reactive floor while models are fitted. */
function fitInBackground({ running, log }: Daemon): void {
  running.session.fitDue(running.stop.signal).catch((error: unknown) => log.warn('fit failed', { error }));
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
    fitInBackground(daemon);
  } catch (error) {
    if (daemon.stop.aborted) return; // given up, not failed
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

/** The newest reading of the configuration that has not taken effect, and what wakes the loop for it. */
interface Inbox {
  pending?: LoadResult;
  wake: AbortController;
}

async function takePending(daemon: Daemon, inbox: Inbox): Promise<void> {
  const { pending } = inbox;
  if (!pending) return;
  delete inbox.pending;
  inbox.wake = new AbortController();
  await reload(daemon, pending).catch((error: unknown) => {
    daemon.metrics.config_reload_success.set(0);
    daemon.log.error('the new configuration could not be taken; the old one stays', { error });
  });
}

async function loopUntil(daemon: Daemon, inbox: Inbox): Promise<void> {
  const { stop } = daemon;
  while (!stop.aborted) {
    await takePending(daemon, inbox);
    await oneRound(daemon);
    await untilNext(daemon.running.session.loop.settings.loopMs, daemon.options.now(), [stop, inbox.wake.signal]);
  }
}

function pages({ health, metrics, options }: Shell) {
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
  keepHeapSmall();
  const inbox: Inbox = { wake: new AbortController() };
  const watch = watchSettings(options.configPath, (result) => {
    inbox.pending = result;
    inbox.wake.abort();
  });
  try {
    onHangUp(watch.reload);
    await startAndLoop(options, stop, inbox);
    return 0;
  } finally {
    watch.stop();
  }
}

async function startAndLoop(options: DaemonOptions, stop: AbortSignal, inbox: Inbox): Promise<void> {
  const loaded = loadSettings(options.configPath);
  if (loaded.kind === 'invalid') throw new Error(describeProblems(options.configPath, loaded.problems));
  const settings = withMode(loaded.settings, options.mode);
  const shell: Shell = {
    options,
    stop,
    log: createLogger(settings.log),
    metrics: createMetrics(),
    health: newHealth(options, settings),
  };
  showFromTheStart(shell.metrics);
  const http = await serve(settings.http.host, settings.http.port, pages(shell));
  try {
    const running = await begin(settings, shell);
    inForce(shell, settings);
    shell.log.info(`probes and metrics on port ${http.port}`);
    await live({ ...shell, running }, inbox);
  } finally {
    await http.close();
  }
}

/** A counter that is born at 1 hides its first failure from `increase()`. */
function showFromTheStart(metrics: Metrics): void {
  metrics.build_info.set({ version: packageJson.version }, 1);
  for (const result of ['ok', 'failed']) {
    metrics.loops_total.inc({ result }, 0);
    metrics.fits_total.inc({ result }, 0);
  }
  for (const result of ['answered', 'failed']) metrics.prometheus_queries_total.inc({ result }, 0);
}

function newHealth({ configPath, now }: DaemonOptions, { loopMs, mode }: Settings): Health {
  const startedMs = now();
  return {
    startedMs,
    loopMs,
    mode,
    workloads: 0,
    config: { path: configPath, inForceSince: new Date(startedMs).toISOString() },
  };
}

async function live(daemon: Daemon, inbox: Inbox): Promise<void> {
  try {
    await loopUntil(daemon, inbox);
  } finally {
    daemon.log.info('stopping');
    await daemon.running.session.saveHistory();
    await end(daemon.running);
  }
}
