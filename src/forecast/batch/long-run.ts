/**
 * How hard a series was to foresee over a long time: the newest days, on which members are judged, may have been calm.
 *
 * The members that tell it have learned from these very points, which flatters them by a few coefficients; so only ratios
 * of their errors are used (then to now, hour to hour, rare to usual), never their size.
 */
import type { Fitted, Frame, Past } from './expert.ts';
import { forecastsFrom } from './member.ts';
import type { Origins } from './origins.ts';

export interface LongRun {
  /** Distance of each origin from the end of the series, ascending. */
  readonly backs: readonly number[];
  /** Actual minus the mean of the members, `judged` steps from each origin, row-major; NaN where there is none. */
  readonly errors: Float64Array;
}

const MOST_ORIGINS = 15;

/** @param members - as they learned from the whole of the past; none, and there is no long run */
export function longRunOf(members: readonly Fitted[], past: Past, frame: Frame, origins: Origins): LongRun {
  const steps = origins.judged;
  const backs = steps > 0 ? oldOrigins(past.values.length, frame, steps) : [];
  const sums = new Float64Array(backs.length * steps);
  const counts = new Uint8Array(sums.length);
  for (const member of members) {
    if (member.kind === 'asleep') continue;
    const rows = forecastsFrom(member.forecast, past.values, backs, steps);
    for (let i = 0; i < rows.length; i++) {
      if (!Number.isFinite(rows[i]!)) continue;
      sums[i]! += rows[i]!;
      counts[i]! += 1;
    }
  }
  return { backs, errors: sums.map((sum, i) => actualAt(past, backs, steps, i) - sum / counts[i]!) };
}

function actualAt({ values, filled }: Past, backs: readonly number[], steps: number, i: number): number {
  const t = values.length - backs[Math.floor(i / steps)]! + (i % steps);
  return filled?.[t] === 1 ? Number.NaN : values[t]!;
}

/** A short season apart, and never in the first two long seasons, which members need to look back on. */
function oldOrigins(length: number, { seasons, horizon }: Frame, steps: number): number[] {
  const apart = seasons[0] ?? Math.max(1, Math.ceil(horizon / 2));
  const oldest = length - Math.max(2 * (seasons.at(-1) ?? 0), Math.ceil(length / 3));
  const backs = Array.from({ length: MOST_ORIGINS }, (_, i) => steps + i * apart);
  return backs.filter((back) => back <= oldest);
}
