/** From where a series is forecast to see what its members are worth: points of its newest part, not seen while learning. */
import type { Frame } from './expert.ts';

/** Origins that are judged by members that learned from the same points: those up to the oldest of them. */
export interface Stage {
  /** Newest points that are held back from learning. */
  readonly held: number;
  /** Distance of each origin from the end of the series, descending; the first is `held`. */
  readonly backs: readonly number[];
}

export interface Origins {
  /** Steps that are judged from each origin: the horizon, or less where the series is short. */
  readonly judged: number;
  /** The older first; the newest alone where a series is too short for more, none where it cannot be judged. */
  readonly stages: readonly Stage[];
  /** Of all stages together: descending, down to `judged`. */
  readonly backs: readonly number[];
}

const HORIZONS = 3;
const NEWEST_ORIGINS = 5;
const NEWEST_SHARE = 1 / 3;
/** Five origins cover three horizons only, and a weekend may be all there is in them; older ones cost little to ask too. */
const OLDER_ORIGINS = 4;
const OLDER_SHARE = 0.4;
/** Long seasons that members need to learn anything of use. */
const LONG_SEASONS = 2;

/**
 * Up to five origins over the newest three horizons (or three short seasons, whatever is longer), and never more than a
 * third of the series; and up to four older ones as far apart, where enough is left to learn from.
 *
 * @returns no origins for a series that is too short to be judged on
 */
export function chooseOrigins(length: number, { horizon, seasons }: Frame): Origins {
  const wanted = HORIZONS * Math.max(horizon, seasons[0] ?? 1);
  const held = Math.min(wanted, Math.floor(length * NEWEST_SHARE));
  if (held < 1) return { judged: 0, stages: [], backs: [] };
  const judged = Math.min(horizon, Math.ceil(held / HORIZONS));
  const count = Math.min(NEWEST_ORIGINS, held - judged + 1);
  const gap = (held - judged) / Math.max(1, count - 1);
  const newest = Array.from({ length: count }, (_, i) => held - Math.round(i * gap));
  const oldest = Math.min(length * OLDER_SHARE, length - LONG_SEASONS * (seasons.at(-1) ?? 1));
  const older = Array.from({ length: OLDER_ORIGINS }, (_, i) => held + Math.round((OLDER_ORIGINS - i) * gap)).filter(
    (back) => back > held && back <= oldest,
  );
  const stages = [older, newest].filter((backs) => backs.length > 0).map((backs) => ({ held: backs[0]!, backs }));
  return { judged, stages, backs: [...older, ...newest] };
}
