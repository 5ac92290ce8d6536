import type { Demo } from '../../app/demo/demo.ts';
import type { DemoScore } from '../../app/demo/score.ts';
import { rowMs, stepAt } from '../../simulate/timetable.ts';
import { RIVAL, type Scene, type WorkloadScene } from './frame.ts';
import { changeLine } from './lines.ts';

const PAST_STEPS = 300;
const AHEAD_STEPS = 120;
const UPPER = 0.99;
const DAY_MS = 86_400_000;

/** What there is to see of the demo now. */
export function sceneOf(demo: Demo, scores: readonly DemoScore[], pace: string, busy?: string): Scene {
  const { timetable, simulation, changes } = demo;
  const row = Math.max(0, simulation.rowsDone() - 1);
  const beginsMs = rowMs(timetable, timetable.warmUpRows);
  const nowMs = rowMs(timetable, row);
  return {
    nowMs,
    day: Math.max(1, Math.floor((nowMs - beginsMs) / DAY_MS) + 1),
    days: Math.ceil((rowMs(timetable, timetable.rows) - beginsMs) / DAY_MS),
    pace,
    ...(busy !== undefined && { busy }),
    workloads: demo.shop.workloads.map((_, i) => workloadScene(demo, row, i)),
    scores,
    changes: changes.slice(-20).map(changeLine),
  };
}

function workloadScene(demo: Demo, row: number, at: number): WorkloadScene {
  const { simulation, timetable, shop } = demo;
  const { title, perReplica, startUp, trace } = shop.workloads[at]!;
  const step = stepAt(timetable, row);
  const rate = trace.values[step]!;
  const ahead = demo.learners()[at]?.current()?.forecast(AHEAD_STEPS, [0.5, UPPER]);
  const seconds = (startUp.kind === 'fixed' ? startUp.ms : startUp.p50Ms) / 1000;
  const reasons = demo.round()?.outcomes[at]?.decision.reasons ?? [];
  return {
    title,
    about: `${perReplica}/s a replica, which starts in ${seconds} s`,
    rate,
    past: Array.from(trace.values.subarray(Math.max(0, step - PAST_STEPS), step + 1)),
    mean: Array.from(ahead?.mean ?? []),
    upper: Array.from(ahead?.quantiles[1] ?? []),
    needed: simulation.workloads[at]!.need(rate),
    forescale: fleetOf(demo, 'forescale', at, row),
    rival: fleetOf(demo, RIVAL, at, row),
    why: reasons.map(({ message }) => message).join('; '),
  };
}

function fleetOf({ simulation }: Demo, policy: string, at: number, row: number) {
  const { tracks } = simulation.results.find((result) => result.policy === policy)!;
  return { wanted: tracks[at]!.desired[row]!, ready: tracks[at]!.ready[row]! };
}
