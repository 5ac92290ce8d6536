/** The pods of a scenario and what becomes of them between two syncs: pure, by draws and the clock that is passed in. */
import type { PodGroup } from '../../../src/simulate/hpa/spec.ts';
import { controller, type Dice, diceOf, type PodHabits, type Scenario, syncPeriodMs } from './scenario.ts';

export interface PlayedPod {
  readonly name: string;
  readonly phase: 'Pending' | 'Running' | 'Failed';
  readonly isDeleted: boolean;
  readonly cpuMilli: number | undefined;
  readonly memoryBytes: number;
  /** Whole seconds, as the API keeps them. */
  readonly startedMs?: number;
  readonly ready?: { readonly status: boolean; readonly changedMs: number };
  readonly isYoung: boolean;
  /** Syncs after which it starts, becomes ready, and is gone. */
  readonly startsAt: number;
  readonly readyAt: number;
  readonly goneAt: number;
}

/** Between which syncs this is, and when; `nextSyncMs` is expected, not certain. */
export interface Turn {
  readonly step: number;
  readonly nowMs: number;
  readonly nextSyncMs: number;
}

const HOUR = 3_600_000;
/** What one sync takes beside the period, on a machine at ease. */
const OVERHEAD_MS = 60;

/** Pods that have been there for an hour; some of them were never ready. */
export function firstPods({ seed, pods: habits, startReplicas }: Scenario, nowMs: number): readonly PlayedPod[] {
  if (!habits) return [];
  return Array.from({ length: startReplicas }, (_, i): PlayedPod => {
    const dice = diceOf(seed, 1, i);
    const startedMs = wholeSecond(nowMs - HOUR);
    const isReady = i === 0 || dice.chance(0.85);
    const after = isReady ? dice.pick([5_000, 60_000]) : 5_000;
    const ready = { status: isReady, changedMs: startedMs + after };
    return { ...born(habits, dice, `first-${i}`, -1), isYoung: false, phase: 'Running', startedMs, ready };
  });
}

/** One turn in the life of all: what was deleted goes, the others age, and then there are as many as asked for. */
export function nextPods(
  scenario: Scenario,
  pods: readonly PlayedPod[],
  replicas: number,
  turn: Turn,
): readonly PlayedPod[] {
  const habits = scenario.pods;
  if (!habits) return [];
  const dice = diceOf(scenario.seed, 2, turn.step);
  const aged = pods.filter(({ goneAt }) => goneAt > turn.step).map((pod) => age(habits, dice, pod, turn));
  if (dice.chance(habits.idle)) return aged;
  const alive = aged.filter(isAlive);
  const youngestFirst = new Set(alive.slice(replicas));
  const kept = aged.flatMap((pod) => (youngestFirst.has(pod) ? deleted(habits, dice, pod, turn.step) : [pod]));
  const fresh = Array.from({ length: Math.max(0, replicas - alive.length) }, (_, i) =>
    age(habits, dice, born(habits, dice, `at-${turn.step}-${i}`, turn.step), turn),
  );
  return [...kept, ...fresh];
}

export function isAlive({ isDeleted, phase }: PlayedPod): boolean {
  return !isDeleted && phase !== 'Failed';
}

function born(habits: PodHabits, dice: Dice, name: string, step: number): PlayedPod {
  const startsAt = step + dice.whole(0, habits.longestPending);
  return {
    name,
    phase: 'Pending',
    isDeleted: false,
    cpuMilli: dice.chance(habits.withoutRequest) ? undefined : habits.cpuMilli * dice.pick([1, 1, 1, 2]),
    memoryBytes: habits.memoryBytes,
    isYoung: dice.chance(habits.young),
    startsAt,
    readyAt: startsAt + dice.whole(0, habits.longestUnready),
    goneAt: Number.POSITIVE_INFINITY,
  };
}

function age(habits: PodHabits, dice: Dice, pod: PlayedPod, turn: Turn): PlayedPod {
  const [fails, flaps] = [dice.chance(habits.crashing), dice.chance(habits.flapping)];
  if (!isAlive(pod)) return pod;
  const changedMs = wholeSecond(turn.nowMs);
  if (pod.phase === 'Pending') {
    if (turn.step < pod.startsAt) return pod;
    const startedMs = pod.isYoung ? startTime(turn) : wholeSecond(turn.nowMs - HOUR);
    const status = turn.step >= pod.readyAt;
    // An old pod that has only now become unready is one that was ready before.
    return { ...pod, phase: 'Running', startedMs, ready: { status, changedMs: pod.isYoung ? changedMs : startedMs } };
  }
  if (fails) return { ...pod, phase: 'Failed', ready: { status: false, changedMs }, goneAt: turn.step + 2 };
  const becomesReady = turn.step === pod.readyAt && pod.ready?.status === false;
  if (!becomesReady && !flaps) return pod;
  return { ...pod, ready: { status: !pod.ready?.status, changedMs } };
}

function deleted(habits: PodHabits, dice: Dice, pod: PlayedPod, step: number): readonly PlayedPod[] {
  const lingers = dice.whole(0, habits.longestTerminating);
  return lingers === 0 ? [] : [{ ...pod, isDeleted: true, goneAt: step + lingers }];
}

/** Of the last two whole seconds the one after which the initialisation period ends furthest from any sync. */
function startTime({ nowMs, nextSyncMs }: Turn): number {
  const now = wholeSecond(nowMs);
  const interval = syncPeriodMs + OVERHEAD_MS;
  const distance = (startedMs: number) => {
    const past = startedMs + controller.cpuInitializationMs - nextSyncMs;
    const phase = ((past % interval) + interval) % interval;
    return Math.min(phase, interval - phase);
  };
  return distance(now) >= distance(now - 1000) ? now : now - 1000;
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** As our model takes it: each pod a group of one. */
export function groupOf(pod: PlayedPod): PodGroup {
  return {
    count: 1,
    phase: phaseOf(pod),
    ...(pod.startedMs !== undefined && { startedMs: pod.startedMs }),
    ...(pod.ready && { ready: pod.ready }),
    ...(pod.cpuMilli !== undefined && { requestMilli: pod.cpuMilli }),
    memoryRequestMilli: pod.memoryBytes * 1000,
  };
}

function phaseOf({ phase, isDeleted }: PlayedPod): PodGroup['phase'] {
  if (phase === 'Failed') return 'failed';
  if (isDeleted) return 'terminating';
  return phase === 'Pending' ? 'pending' : 'running';
}
