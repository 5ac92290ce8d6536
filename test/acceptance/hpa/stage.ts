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

/** After the answer the controller needs a moment to scale and to write its status. */
const ACT_AFTER_MS = 400;
/** From a write of ours to the controller's own copy of the pods. */
const SEEN_AFTER_MS = 400;
/** From the controller's look at the scale to its first question. */
const SCALE_TO_QUESTION_MS = 500;
/** Between two settings by hand: two syncs. */
const BY_HAND_PAUSE_MS = 2.5 * syncPeriodMs;

export class Stage {
  readonly scenario: Scenario;
  readonly syncs: SeenSync[] = [];
  readonly #plane: ControlPlane;
  readonly #deployment: string;
  #pods: readonly PlayedPod[];
  #statusReplicas: number;
  #statusChange = { doneMs: 0, from: 0 };
  /** Of the sync that is under way. */
  #answers: Answer[] = [];
  #askedMs = 0;
  /** Syncs after which the pods have moved on, or are about to. */
  #acts = 0;
  #action: Promise<void> = Promise.resolve();
  #settledMs = 0;
  #failure: unknown;

  constructor(plane: ControlPlane, scenario: Scenario) {
    const { name, startReplicas } = scenario;
    this.scenario = scenario;
    this.#plane = plane;
    this.#deployment = `/apis/apps/v1/namespaces/${name}/deployments/${name}`;
    this.#pods = firstPods(scenario, Date.now());
    this.#statusReplicas = startReplicas;
  }

  /** Creates the pods of the beginning. */
  async prepare(): Promise<void> {
    const status = { replicas: this.#statusReplicas };
    await this.#plane.kubelet.mergePatch(`${this.#deployment}/status`, { status });
    await writeChanges(this.#plane, this.scenario, [], this.#pods);
  }

  /** The answer to the next question of the controller. */
  async ask(query: MetricsQuery): Promise<object | undefined> {
    const { metrics } = this.scenario;
    const index = this.#answers.length;
    const metric = metrics[index]!;
    if (index === 0) this.#askedMs = Date.now();
    if (!asksFor(metric, query))
      this.#failure ??= new Error(`a question got lost: metric ${index} was due, not ${JSON.stringify(query)}`);
    await this.#settle();
    const standing = { step: this.syncs.length, nowMs: Date.now(), pods: this.#pods };
    const answer = answerFor(this.scenario, index, { ...standing, statusReplicas: this.#statusReplicas });
    this.#answers.push(answer);
    if (this.#answers.length === metrics.length) this.#closeSync();
    return bodyOf(this.scenario, metric, answer, Date.now());
  }

  /** To be called again and again with the replicas that are asked for; acts once after each sync. */
  beat(replicas: number): void {
    const last = this.syncs.at(-1);
    const isSyncing = this.#answers.length > 0;
    if (!last || isSyncing || this.#acts === this.syncs.length || Date.now() < last.answeredMs + ACT_AFTER_MS) return;
    this.#acts = this.syncs.length;
    this.#action = this.#act(this.#acts - 1, replicas, last).catch((error: unknown) => {
      this.#failure ??= error;
    });
  }

  /** Waits for what is under way; throws what went wrong. */
  async end(): Promise<void> {
    await this.#action;
    if (this.#failure === undefined) return;
    throw new Error(`${this.scenario.name}: the world could not be moved on`, { cause: this.#failure });
  }

  async #settle(): Promise<void> {
    await this.#action;
    await sleep(Math.max(0, this.#settledMs + SEEN_AFTER_MS - Date.now()));
  }

  #closeSync(): void {
    const { doneMs, from } = this.#statusChange;
    this.syncs.push({
      askedMs: this.#askedMs,
      answeredMs: Date.now(),
      answers: this.#answers,
      pods: this.#pods,
      statusReplicas: this.#statusReplicas,
      ...(doneMs > this.#askedMs - SCALE_TO_QUESTION_MS && { earlierStatusReplicas: from }),
    });
    this.#answers = [];
  }

  async #act(step: number, replicas: number, last: SeenSync): Promise<void> {
    const { seed, pods: habits, byHand } = this.scenario;
    const turn = { step, nowMs: Date.now(), nextSyncMs: last.answeredMs + syncPeriodMs };
    const after = nextPods(this.scenario, this.#pods, replicas, turn);
    const isLate = habits === undefined && diceOf(seed, 5, step).chance(0.2);
    if (!isLate) await this.#setStatusReplicas(habits ? after.filter(isAlive).length : replicas);
    await writeChanges(this.#plane, this.scenario, this.#pods, after);
    this.#pods = after;
    for (const [i, count] of (byHand.get(step) ?? []).entries()) {
      if (i > 0) await sleep(BY_HAND_PAUSE_MS);
      await this.#plane.api.mergePatch(`${this.#deployment}/scale`, { spec: { replicas: count } });
    }
    this.#settledMs = Date.now();
  }

  async #setStatusReplicas(replicas: number): Promise<void> {
    const from = this.#statusReplicas;
    if (replicas === from) return;
    await this.#plane.kubelet.mergePatch(`${this.#deployment}/status`, { status: { replicas } });
    this.#statusChange = { doneMs: Date.now(), from };
    this.#statusReplicas = replicas;
  }
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
