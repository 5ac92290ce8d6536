/** Where forecasts are made from: how many steps are known at each origin, and at which of them the models are refitted. */
export interface Origins {
  /** Ascending counts of known steps; a forecast at `n` sees `values[0 … n−1]` and is judged on `values[n …]`. */
  readonly known: readonly number[];
  /** Models are fitted at origins 0, refitEvery, 2·refitEvery, … */
  readonly refitEvery: number;
}

export interface OriginWishes {
  readonly count?: number;
  /** Steps between origins. */
  readonly stride?: number;
  readonly refitEvery?: number;
}

export type OriginPlan =
  | { readonly kind: 'planned'; readonly origins: Origins }
  /** Completes "expected …, got …". */
  | { readonly kind: 'too-short'; readonly expected: string; readonly found: string };

/** Unasked, the newest quarter of a series is judged, from at most this many origins, with this many fits. */
const SCORED_SHARE = 0.25;
const MOST_ORIGINS = 200;
const FITS = 4;
/** Fewer steps than this teach no model anything. */
const FEWEST_KNOWN = 10;

/**
 * The last origin has its whole horizon inside the series. Without wishes the stride shares no factor with the season,
 * so that the origins meet every hour of the day.
 *
 * @param length - steps in the series
 * @param season - shortest season in steps; 1 for none
 */
export function planOrigins(length: number, horizonSteps: number, season: number, wishes: OriginWishes): OriginPlan {
  const last = length - horizonSteps;
  const room = Math.max(0, Math.floor(SCORED_SHARE * length) - horizonSteps);
  const stride =
    wishes.stride ??
    (wishes.count === undefined ? strideThroughSeason(room, season) : spreadStride(room, wishes.count));
  const count = wishes.count ?? Math.min(MOST_ORIGINS, Math.floor(room / stride) + 1);
  const first = last - (count - 1) * stride;
  const fewest = Math.max(FEWEST_KNOWN, 2 * horizonSteps);
  if (first < fewest) {
    const needed = fewest + (count - 1) * stride + horizonSteps;
    const apart = stride === 1 ? 'a step' : `${stride} steps`;
    const origins = count === 1 ? '1 origin' : `${count} origins ${apart} apart`;
    return { kind: 'too-short', expected: `at least ${needed} steps for ${origins}`, found: `${length}` };
  }
  const known = Array.from({ length: count }, (_, i) => first + i * stride);
  return { kind: 'planned', origins: { known, refitEvery: wishes.refitEvery ?? Math.ceil(count / FITS) } };
}

function spreadStride(room: number, count: number): number {
  return Math.max(1, Math.floor(room / Math.max(1, count - 1)));
}

function strideThroughSeason(room: number, season: number): number {
  let stride = spreadStride(room, MOST_ORIGINS);
  while (greatestCommonDivisor(stride, season) > 1) stride += 1;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
