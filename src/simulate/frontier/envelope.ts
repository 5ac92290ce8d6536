/** The lower envelope of a family's points, and what a level of violations costs on it. */

/** One policy over some days. */
export interface Point {
  /** Violating rows. */
  readonly short: number;
  readonly cost: number;
}

/** Position in the list of points, and the weight of the second where the level lies between two. */
export type Place =
  | {
      readonly kind: 'reached';
      readonly cost: number;
      readonly points: readonly [number, number];
      readonly weight: number;
    }
  /** Every point has more violations than the level allows. */
  | { readonly kind: 'missed' };

/** Counts meet a logarithm, which has none of 0: half a row is added to all of them. */
const HALF_ROW = 0.5;

/**
 * What a family of policies costs at a level of violations. Points that another one beats in both are left out; between
 * two neighbours of the rest the cost is interpolated over the logarithm of the violations. Nothing is extrapolated: a
 * level below all points is missed, and one above them costs what the cheapest point costs.
 *
 * @param allowed - violating rows that the level allows, a fraction too
 */
export function costAt(points: readonly Point[], allowed: number): Place {
  let under = -1;
  let over = -1;
  for (let i = 0; i < points.length; i++) {
    const point = points[i]!;
    if (point.short <= allowed && (under < 0 || isBetter(point, points[under]!))) under = i;
  }
  if (under < 0) return { kind: 'missed' };
  const cheapest = points[under]!;
  for (let i = 0; i < points.length; i++) {
    const point = points[i]!;
    if (point.short <= allowed || point.cost >= cheapest.cost) continue;
    if (
      over < 0 ||
      point.short < points[over]!.short ||
      (point.short === points[over]!.short && isBetter(point, points[over]!))
    )
      over = i;
  }
  if (over < 0) return { kind: 'reached', cost: cheapest.cost, points: [under, under], weight: 0 };
  const weight = shareOfWay(cheapest.short, points[over]!.short, allowed);
  const cost = cheapest.cost + weight * (points[over]!.cost - cheapest.cost);
  return { kind: 'reached', cost, points: [under, over], weight };
}

/** Cheaper, and of equal cost the one with fewer violations. */
function isBetter(a: Point, b: Point): boolean {
  return a.cost < b.cost || (a.cost === b.cost && a.short < b.short);
}

/** How far `at` lies on the way from one count to a larger one, by their logarithms. */
function shareOfWay(from: number, to: number, at: number): number {
  const x = (count: number) => Math.log(count + HALF_ROW);
  return (x(at) - x(from)) / (x(to) - x(from));
}
