/** Small simulations for tests: a workload from a list of rates, minute steps, throughput need. */
import { runToEnd, type Simulation, startSimulation } from '../../src/simulate/engine.ts';
import { createNeed } from '../../src/simulate/need.ts';
import type { Policy, Workload } from '../../src/simulate/policy.ts';
import type { StartUp } from '../../src/simulate/start-up.ts';
import { layTimetable, type Timetable } from '../../src/simulate/timetable.ts';

export const minuteMs = 60_000;

export interface Scenario {
  readonly rates: readonly number[];
  readonly perReplica?: number;
  readonly startUp?: StartUp;
  readonly warmUpSteps?: number;
  readonly decideMs?: number;
  readonly scoreUntilMs?: number;
}

export function workloadOf({ rates, perReplica = 10, startUp = fixed(2) }: Scenario): Workload {
  return {
    name: 'shop',
    trace: { startMs: 0, stepMs: minuteMs, values: Float64Array.from(rates) },
    perReplica,
    startUp,
    need: createNeed(perReplica, undefined),
  };
}

export function fixed(minutes: number): StartUp {
  return { kind: 'fixed', ms: minutes * minuteMs };
}

export function timetableOf(scenario: Scenario): Timetable {
  const { rates, startUp = fixed(2), warmUpSteps = 0, decideMs = minuteMs, scoreUntilMs } = scenario;
  const answer = layTimetable({
    trace: { startMs: 0, stepMs: minuteMs, steps: rates.length },
    decideMs,
    warmUpMs: warmUpSteps * minuteMs,
    startUp,
    ...(scoreUntilMs !== undefined && { scoreUntilMs }),
  });
  if (answer.kind === 'refused') throw new Error(answer.problems.join('\n'));
  return answer.timetable;
}

export async function run(scenario: Scenario, policies: readonly Policy[], seed = 1): Promise<Simulation> {
  const simulation = startSimulation([workloadOf(scenario)], timetableOf(scenario), policies, seed);
  await runToEnd(simulation);
  return simulation;
}

/** Desired and ready of one policy as plain lists. */
export function rowsOf(simulation: Simulation, at = 0): { readonly desired: number[]; readonly ready: number[] } {
  const track = simulation.results[at]!.tracks[0]!;
  return { desired: [...track.desired], ready: [...track.ready] };
}
