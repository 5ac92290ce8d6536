/** One round outside the daemon: for `run --once`, `plan` and `explain`. */
import { loadSettings } from '../config/load.ts';
import { describeProblems } from '../config/problems.ts';
import type { Settings } from '../domain/settings.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import type { RoundResult } from './round.ts';
import { createSession } from './session.ts';

export interface OnceOptions {
  readonly configPath: string;
  readonly mode?: Settings['mode'];
  /** false: decide only, whatever the mode. */
  readonly actuate: boolean;
  /** `settings`: as the configuration says; else at this level. */
  readonly log: 'settings' | 'warn';
  readonly now: () => number;
}

export interface OnceResult extends RoundResult {
  readonly settings: Settings;
}

/**
 * Back-fills what is missing, fits what has no model, and goes through one round.
 *
 * @throws Error that lists every problem of a bad configuration, or says that it was stopped before it decided
 */
export async function runOnce(options: OnceOptions, stop: AbortSignal): Promise<OnceResult> {
  const loaded = loadSettings(options.configPath);
  if (loaded.kind === 'invalid') throw new Error(describeProblems(options.configPath, loaded.problems));
  const mode = options.actuate ? (options.mode ?? loaded.settings.mode) : 'dry-run';
  const settings = { ...loaded.settings, mode };
  const log = createLogger(options.log === 'settings' ? settings.log : { ...settings.log, level: options.log });
  const surroundings = { log, metrics: createMetrics(), now: options.now, stop, keep: options.actuate };
  const session = await createSession(settings, surroundings);
  try {
    await session.open();
    await session.readAhead();
    await session.fitDue(stop);
    const result = await session.round();
    await session.saveHistory();
    return { ...result, settings };
  } finally {
    await session.close();
  }
}
