/** The times at which everything is refitted. What node-cron has to say goes to our log, in words of our own. */
import cron from 'node-cron';
import type { ForecastSettings } from '../domain/settings.ts';
import type { World } from './world.ts';

export interface RefitClock {
  stop(): Promise<void>;
}

/** Why nothing was refitted at its time. */
const causes = {
  overlap: 'the refit before has not ended',
  missed: 'the process could not run at that time',
} as const;

/** Calls `refit` on the cron schedule of the settings. One that takes longer than the period is not overtaken by the next. */
export function startRefitClock(
  { log, metrics }: Pick<World, 'log' | 'metrics'>,
  { refitCron, timeZone }: Pick<ForecastSettings, 'refitCron' | 'timeZone'>,
  refit: () => Promise<void>,
): RefitClock {
  const say = (message: string) => log.debug(message, { stage: 'fit' });
  const task = cron.schedule(refitCron, refit, {
    timezone: timeZone,
    noOverlap: true,
    name: 'refit',
    logger: {
      info: say,
      debug: (message) => say(String(message)),
      // Says of an overlap what is said below.
      warn: say,
      error: (error) => log.error('the refit ended early; what acted before goes on', { stage: 'fit', error }),
    },
  });
  for (const cause of ['overlap', 'missed'] as const) {
    // A counter that is born at 1 hides its first increase.
    metrics.refits_skipped_total.inc({ cause }, 0);
    task.on(`execution:${cause}`, ({ date }) => {
      metrics.refits_skipped_total.inc({ cause });
      log.warn(`no refit at ${date.toISOString()}: ${causes[cause]}`, { stage: 'fit', cause });
    });
  }
  return {
    stop: async () => {
      await task.destroy();
    },
  };
}
