import type { WorkloadCard } from '../policy.ts';
import { createSlidingMax } from '../sliding-max.ts';
import { plannedStartUpMs } from '../start-up.ts';
import { hourMs } from './calendar.ts';
import { stateOf } from './q-world.ts';

/** What the learning policy keeps of the load between rows. */
export interface Senses {
  /** Takes in the next step that ended. */
  see(rate: number): void;
  /**
   * `replicas` inside what the policy may want: no fewer than the last step with load needed, so that it always
   * reacts, and no more than the largest need so far, which it has no reason to exceed.
   */
  clip(replicas: number): number;
  state(nowMs: number, desired: number, ready: number): number;
}

/**
 * @param windowSteps - steps whose largest need is the load perceived
 * @param shape - see `dayShape`
 */
export function createSenses(
  card: WorkloadCard,
  windowSteps: number,
  shape: (nowMs: number, aheadMs: number) => number,
): Senses {
  const recent = createSlidingMax();
  const aheadMs = Math.max(hourMs / 4, plannedStartUpMs(card.startUp));
  let seen = 0;
  let floor = 1;
  let peak: number | undefined;
  return {
    see(rate) {
      if (!Number.isNaN(rate)) {
        floor = card.need(rate);
        peak = Math.max(peak ?? 1, floor);
        recent.push(seen, floor);
      }
      seen++;
    },
    clip: (replicas) => Math.max(floor, Math.min(peak ?? replicas, replicas)),
    state: (nowMs, desired, ready) =>
      stateOf({
        load: (recent.since(seen - windowSteps) ?? floor) / Math.max(1, ready),
        slope: shape(nowMs, aheadMs),
        nowMs,
        launching: desired > ready,
      }),
  };
}
