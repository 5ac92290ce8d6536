/** From where a series is forecast to see what its members are worth: points of its newest part, not seen while learning. */
import type { Frame } from './expert.ts';

export interface Origins {
  /** Newest points that are held back from learning. */
  readonly held: number;
  /** Steps that are judged from each origin: the horizon, or less where the series is short. */
  readonly judged: number;
  /** Distance of each origin from the end of the series, descending, from `held` to `judged`. */
  readonly backs: readonly number[];
}

const HORIZONS = 3;
const MOST_ORIGINS = 5;
const MOST_SHARE = 1 / 3;

/**
 * Up to five origins over the newest three horizons (or three short seasons, whatever is longer), and never more than a
 * third of the series.
 *
 * @returns no origins for a series that is too short to be judged on
 */
export function chooseOrigins(length: number, { horizon, seasons }: Frame): Origins {
  const wanted = HORIZONS * Math.max(horizon, seasons[0] ?? 1);
  const held = Math.min(wanted, Math.floor(length * MOST_SHARE));
  if (held < 1) return { held: 0, judged: 0, backs: [] };
  const judged = Math.min(horizon, Math.ceil(held / HORIZONS));
  const count = Math.min(MOST_ORIGINS, held - judged + 1);
  const gap = (held - judged) / Math.max(1, count - 1);
  const backs = Array.from({ length: count }, (_, i) => held - Math.round(i * gap));
  return { held, judged, backs };
}
