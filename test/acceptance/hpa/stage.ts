/**
 * One scenario on the real cluster. The controller sets the beat: each time it asks for metrics, the stage answers by
 * the number of the sync and writes down what it said and what there was; between two syncs it moves the pods on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type ControlPlane, type MetricsQuery } from '../../rig/rig.ts';
import { firstPods, isAlive, nextPods, type PlayedPod } from './fleet.ts';
import { type Answer, answerFor, asksFor, bodyOf } from './load.ts';
import { createPod, deletePod, writePodStatus } from './pod-writes.ts';
import { diceOf, type Scenario, syncPeriodMs } from './scenario.ts';

/** What one sync of the controller found, by the clock of this process. */
export interface SeenSync {
  /** The first question came in, the last answer went out. */
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly answers: readonly Answer[];
  readonly pods: readonly PlayedPod[];
  readonly statusReplicas: number;
  /** `status.replicas` was changed so shortly before that the controller may have read the number that it had then. */
  readonly earlierStatusReplicas?: number;
}

export interface Stage {
  readonly scenario: Scenario;
  readonly syncs: readonly SeenSync[];
  /** Creates the pods of the beginning. */
  readonly prepare: () => Promise<void>;
  /** The answer to the next question of the controller. */
  readonly ask: (query: MetricsQuery) => Promise<object | undefined>;
  /** To be called again and again with the replicas that are asked for; acts once after each sync. */
  readonly beat: (replicas: number) => void;
  /** Waits for what is under way; throws what went wrong. */
  readonly end: () => Promise<void>;
}

/** After the answer the controller needs a moment to scale and to write its status. */
const ACT_AFTER_MS = 400;
/** From a write of ours to the controller's own copy of the pods. */
const SEEN_AFTER_MS = 400;
/** From the controller's look at the scale to its first question. */
const SCALE_TO_QUESTION_MS = 500;
/** Between two settings by hand: two syncs. */
const BY_HAND_PAUSE_MS = 2.5 * syncPeriodMs;

export function createStage(plane: ControlPlane, scenario: Scenario): Stage {
  const { name } = scenario;
  const path = `/apis/apps/v1/namespaces/${name}/deployments/${name}`;
  const syncs: SeenSync[] = [];
  let pods: readonly PlayedPod[] = firstPods(scenario, Date.now());
  let statusReplicas = scenario.startReplicas;
  let statusChange = { doneMs: 0, from: statusReplicas };
  let acts = 0;
  let action: Promise<void> = Promise.resolve();
  let settledMs = 0;
  let failure: unknown;
  let answers: Answer[] = [];
  let askedMs = 0;

  const setStatusReplicas = async (replicas: number) => {
    if (replicas === statusReplicas) return;
    await plane.kubelet.mergePatch(`${path}/status`, { status: { replicas } });
    statusChange = { doneMs: Date.now(), from: statusReplicas };
    statusReplicas = replicas;
  };

  const act = async (step: number, replicas: number) => {
    const answeredMs = syncs.at(-1)!.answeredMs;
    const turn = { step, nowMs: Date.now(), nextSyncMs: answeredMs + syncPeriodMs };
    const after = nextPods(scenario, pods, replicas, turn);
    const isLate = scenario.pods === undefined && diceOf(scenario.seed, 5, step).chance(0.2);
    if (!isLate) await setStatusReplicas(scenario.pods ? after.filter(isAlive).length : replicas);
    await writeChanges(plane, scenario, pods, after);
    pods = after;
    for (const [i, count] of (scenario.byHand.get(step) ?? []).entries()) {
      if (i > 0) await sleep(BY_HAND_PAUSE_MS);
      await plane.api.mergePatch(`${path}/scale`, { spec: { replicas: count } });
    }
    settledMs = Date.now();
  };

  const settle = async () => {
    await action;
    await sleep(Math.max(0, settledMs + SEEN_AFTER_MS - Date.now()));
  };

  const ask = async (query: MetricsQuery) => {
    const index = answers.length;
    if (index === 0) askedMs = Date.now();
    if (!asksFor(scenario.metrics[index]!, query))
      failure ??= new Error(`a question that never arrived: metric ${index} was due, not ${JSON.stringify(query)}`);
    await settle();
    const metric = scenario.metrics[index]!;
    const answer = answerFor(scenario, index, { step: syncs.length, nowMs: Date.now(), pods, statusReplicas });
    answers.push(answer);
    if (answers.length === scenario.metrics.length) {
      const isFresh = statusChange.doneMs > askedMs - SCALE_TO_QUESTION_MS;
      const earlier = isFresh ? { earlierStatusReplicas: statusChange.from } : {};
      syncs.push({ askedMs, answeredMs: Date.now(), answers, pods, statusReplicas, ...earlier });
      answers = [];
    }
    return bodyOf(scenario, metric, answer, Date.now());
  };

  const beat = (replicas: number) => {
    const last = syncs.at(-1);
    if (!last || answers.length > 0 || acts === syncs.length || Date.now() < last.answeredMs + ACT_AFTER_MS) return;
    acts = syncs.length;
    action = act(acts - 1, replicas).catch((error: unknown) => {
      failure ??= error;
    });
  };

  return {
    scenario,
    syncs,
    ask,
    beat,
    prepare: async () => {
      await plane.kubelet.mergePatch(`${path}/status`, { status: { replicas: statusReplicas } });
      await writeChanges(plane, scenario, [], pods);
    },
    end: async () => {
      await action;
      if (failure !== undefined) throw new Error(`${name}: the world could not be moved on`, { cause: failure });
    },
  };
}

/** Makes the pods of the cluster what they are to be; each on its own, all at the same time. */
async function writeChanges(
  plane: ControlPlane,
  { name: namespace, pods: habits }: Scenario,
  before: readonly PlayedPod[],
  after: readonly PlayedPod[],
): Promise<void> {
  const known = new Map(before.map((pod) => [pod.name, pod]));
  const kept = new Set(after.map(({ name }) => name));
  const at = { api: plane.kubelet, namespace };
  await Promise.all([
    ...before.filter(({ name }) => !kept.has(name)).map((pod) => deletePod(at, pod, 0)),
    ...after.map(async (pod) => {
      const old = known.get(pod.name);
      if (old === pod) return;
      if (!old) await createPod(at, pod, habits!.containers);
      if (pod.phase !== 'Pending') await writePodStatus(at, pod);
      if (pod.isDeleted && !old?.isDeleted) await deletePod(at, pod, 600);
    }),
  ]).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
    throw new Error(`${namespace}: ${error.message}`);
  });
}
