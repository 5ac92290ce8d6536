/** The ladders that several peers share, each of 15 rungs from cheap to safe. */
import { defaultHpa, startHpa } from '../policies/hpa.ts';
import type { WorkloadCard } from '../policy.ts';
import type { Timetable } from '../timetable.ts';
import type { Decide } from './peer.ts';

/** Utilisation targets: the one setting that every autoscaler with an HPA in it has. */
export const targetLadder: readonly number[] = [
  0.9, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15,
];

/** How far up a distribution of loads to go, and beyond its maximum. */
export interface Height {
  readonly quantile: number;
  /** Factor on the quantile. */
  readonly headroom: number;
}

export const heightLadder: readonly Height[] = [
  ...[0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 1].map((quantile) => ({ quantile, headroom: 1 })),
  ...[1.05, 1.1, 1.2, 1.3, 1.45, 1.6, 1.8, 2].map((headroom) => ({ quantile: 1, headroom })),
];

/** The reactive autoscaler that stands beside a forecast, with the default behaviour. */
export function hpaBeside(target: number, card: WorkloadCard, timetable: Timetable): Decide {
  return startHpa({ ...defaultHpa, target }, card, timetable);
}
