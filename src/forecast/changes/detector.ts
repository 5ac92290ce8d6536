/** All that watches one series for changes: online, of constant cost and state per sample. */

import type { Change } from '../../domain/change.ts';
import type { Mark } from '../../domain/forecast.ts';
import type { Past } from '../experts/past.ts';
import { arrayIn, type Parameters } from '../parameters.ts';
import { startLevelWatch } from './level.ts';
import { startSeasonWatch } from './season.ts';

const WEEK_MS = 7 * 86_400_000;
/** False alarms of the level: one in two weeks, so that with those of the first days it is under one a week. */
const ONE_ALARM_MS = 2 * WEEK_MS;
/** Values that stand for the shortest season: hours, when it is a day. */
const BLOCKS = 24;
/** A season of fewer steps has too few differences to correlate. */
const SHORTEST_SEASON = 12;

export interface ChangeSettings {
  readonly stepMs: number;
  /** In steps, ascending. */
  readonly seasons: readonly number[];
  readonly past: Past;
}

export interface ChangeDetector {
  /**
   * Takes note of the newest step, which `past` already holds.
   *
   * @param score - residual of the one-step forecast in its standard deviations (mean absolute residual × 1.25); NaN when
   *   there was no forecast or no sample
   * @returns what was noticed with this step; at most about one false alarm of the level in a week of minutes
   */
  observe(score: number, mark: Mark): readonly Change[];
  /** Everything that is needed to go on exactly from here; about 50 numbers for a day and a week. */
  save(): Parameters;
}

const NONE: readonly Change[] = [];

export function startChangeDetector(settings: ChangeSettings, saved?: Parameters): ChangeDetector {
  const { stepMs, past } = settings;
  const level = startLevelWatch(ONE_ALARM_MS / stepMs, saved && arrayIn(saved, 'level'));
  const usable = settings.seasons.filter((season) => season >= SHORTEST_SEASON);
  const block = Math.max(1, Math.round((usable[0] ?? 0) / BLOCKS));
  const seasons = usable.map((season, i) =>
    startSeasonWatch(
      { past, season, lag: usable[i - 1] ?? 2 * block, block, label: spanText(season * stepMs) },
      saved && arrayIn(saved, `season${i}`),
    ),
  );
  return {
    observe(score, mark) {
      const shift = level.observe(score, past.newest, mark);
      let noticed = shift ? [shift] : NONE;
      for (const season of seasons) {
        const change = season.observe(mark);
        if (change) noticed = [...noticed, change];
      }
      return noticed;
    },
    save: () => ({
      level: level.save(),
      ...Object.fromEntries(seasons.map((season, i) => [`season${i}`, season.save()])),
    }),
  };
}

function spanText(ms: number): string {
  if (ms === WEEK_MS) return 'week';
  if (ms === WEEK_MS / 7) return 'day';
  const hours = ms / 3_600_000;
  return hours >= 1 ? `season of ${Number(hours.toFixed(2))} h` : `season of ${Number((ms / 60_000).toFixed(2))} min`;
}
