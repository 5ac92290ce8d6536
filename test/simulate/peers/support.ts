/** Weeks of generated load and simulations of them, for the tests of the peers. */
import { runToEnd, type Simulation, startSimulation } from '../../../src/simulate/engine.ts';
import { createNeed } from '../../../src/simulate/need.ts';
import type { Peer } from '../../../src/simulate/peers/peer.ts';
import type { Policy, Workload } from '../../../src/simulate/policy.ts';
import { normalAt } from '../../../src/simulate/random.ts';
import type { StartUp } from '../../../src/simulate/start-up.ts';
import { layTimetable, type Timetable } from '../../../src/simulate/timetable.ts';
import { fixed, minuteMs } from '../scenario.ts';

export const dayMs = 86_400_000;

export interface Weeks {
  readonly rates: Float64Array;
  readonly stepMs: number;
  readonly warmUpMs: number;
  /** Unix time of the first step; 0 was a Thursday. */
  readonly startMs?: number;
  readonly startUpMinutes?: number;
  /** Goes before `startUpMinutes`. */
  readonly startUp?: StartUp;
  /** The step when absent. */
  readonly decideMs?: number;
}

/**
 * Requests per second of a service with a daily curve between 40 and 200, 60 % of it on weekends, and relative noise.
 * Steps are 10 minutes.
 */
export function generateWeeks(days: number, noise = 0.03): Weeks {
  const stepMs = 10 * minuteMs;
  const rates = Float64Array.from({ length: (days * dayMs) / stepMs }, (_, step) => {
    const ms = step * stepMs;
    const hour = (ms % dayMs) / 3_600_000;
    const curve = 40 + 160 * Math.max(0, Math.sin((Math.PI * (hour - 6)) / 16)) ** 2;
    const weekday = (Math.floor(ms / dayMs) + 3) % 7;
    return curve * (weekday >= 5 ? 0.6 : 1) * (1 + noise * normalAt(5, step));
  });
  return { rates, stepMs, warmUpMs: 14 * dayMs };
}

function startUpOf({ startUpMinutes = 5, startUp = fixed(startUpMinutes) }: Weeks): StartUp {
  return startUp;
}

export function workloadOf(weeks: Weeks): Workload {
  const { rates, stepMs, startMs = 0 } = weeks;
  const trace = { startMs, stepMs, values: rates };
  return { name: 'shop', trace, perReplica: 10, startUp: startUpOf(weeks), need: createNeed(10, undefined) };
}

export function timetableOf(weeks: Weeks): Timetable {
  const { rates, stepMs, warmUpMs, startMs = 0, decideMs = stepMs } = weeks;
  const trace = { startMs, stepMs, steps: rates.length };
  const answer = layTimetable({ trace, decideMs, warmUpMs, startUp: startUpOf(weeks) });
  if (answer.kind === 'refused') throw new Error(answer.problems.join('\n'));
  return answer.timetable;
}

export async function play(weeks: Weeks, policies: readonly Policy[], seed = 1): Promise<Simulation> {
  const simulation = startSimulation([workloadOf(weeks)], timetableOf(weeks), policies, seed);
  await runToEnd(simulation);
  return simulation;
}

/** A peer that wants a fixed number of replicas, one ladder rung each. */
export function constantPeer(ladder: readonly number[], variants = 1): Peer<number> {
  return { variants: Array.from({ length: variants }, () => () => (replicas: number) => () => replicas), ladder };
}
