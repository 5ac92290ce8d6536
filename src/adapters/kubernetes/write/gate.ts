/**
 * The one way to write to the cluster. Dry run closes it: then nothing leaves, Events included, and what would have been
 * written is the answer.
 *
 *   the process is ending  `failed`, and nothing is sent
 *   429 with Retry-After   waited for once, if it is short; otherwise `failed` with the time
 *   409, or a failed test  `conflict`: the object is not what it was taken for
 *   timeout, broken line   `unknown`: the write may have happened; the next round looks again
 *   anything else          `failed`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventsV1Event, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Actuation, Write } from '../../../domain/actuation.ts';
import type { WorkloadRef } from '../../../domain/workload.ts';
import { agentName, type KubeClient } from '../client/client.ts';
import { type ApiFailure, describeFailure, failureText } from '../client/failure.ts';
import type { PatchOperation } from './json-patch.ts';

export type Change =
  | {
      readonly kind: 'hpa';
      readonly namespace: string;
      readonly name: string;
      readonly patch: readonly PatchOperation[];
    }
  | { readonly kind: 'scale'; readonly ref: WorkloadRef; readonly patch: readonly PatchOperation[] }
  | { readonly kind: 'template'; readonly ref: WorkloadRef; readonly patch: readonly PatchOperation[] }
  | { readonly kind: 'event'; readonly namespace: string; readonly event: EventsV1Event };

export type GateOutcome = Exclude<Actuation, { readonly kind: 'nothing-to-do' }> & {
  /** Of the object that was written. */
  readonly uid?: string;
};

export interface Gate {
  readonly mode: () => 'dry-run' | 'act';
  /** Never rejects for an outcome of the cluster. */
  submit(change: Change, writes: readonly Write[]): Promise<GateOutcome>;
}

export interface GateOptions {
  /** Asked at every write, because a reload may change it. */
  readonly mode: () => 'dry-run' | 'act';
  /** Resolves when the next write may go. */
  readonly rateLimit: () => Promise<void>;
  readonly pause?: (ms: number) => Promise<unknown>;
  /** From then on no write begins. */
  readonly stop?: AbortSignal;
}

/** Longer than this is not waited for: the rest of the round would wait too. */
const longestRetryAfterMs = 5_000;

export function createGate(client: KubeClient, { mode, rateLimit, pause = sleep, stop }: GateOptions): Gate {
  const attempt = async (change: Change): Promise<Sent> => {
    await rateLimit();
    if (stop?.aborted) return { kind: 'not-begun' };
    try {
      return { kind: 'sent', uid: (await send(client, change)).metadata?.uid };
    } catch (error) {
      return { kind: 'not-sent', failure: describeFailure(error) };
    }
  };
  return {
    mode,
    submit: async (change, writes) => {
      if (mode() === 'dry-run') return { kind: 'dry-run', writes };
      let sent = await attempt(change);
      const waitMs = sent.kind === 'not-sent' ? shortRetryAfter(sent.failure) : undefined;
      if (waitMs !== undefined) {
        await pause(waitMs);
        sent = await attempt(change);
      }
      if (sent.kind === 'not-begun') return { kind: 'failed', message: 'forescale is ending, so it was not written' };
      if (sent.kind === 'not-sent') return outcomeOf(sent.failure);
      return { kind: 'applied', writes, ...(sent.uid !== undefined && { uid: sent.uid }) };
    },
  };
}

type Sent =
  | { readonly kind: 'sent'; readonly uid: string | undefined }
  | { readonly kind: 'not-begun' }
  | { readonly kind: 'not-sent'; readonly failure: ApiFailure };

interface Written {
  readonly metadata?: { readonly uid?: string };
}

const jsonPatch = setHeaderOptions('Content-Type', PatchStrategy.JsonPatch);
const ours = { fieldManager: agentName, fieldValidation: 'Strict' } as const;

function send({ apps, autoscaling, events }: KubeClient, change: Change): Promise<Written> {
  switch (change.kind) {
    case 'hpa': {
      const { namespace, name, patch } = change;
      const request = { namespace, name, body: patch, ...ours };
      return autoscaling.patchNamespacedHorizontalPodAutoscaler(request, jsonPatch);
    }
    case 'scale': {
      const { kind, namespace, name } = change.ref;
      const request = { namespace, name, body: change.patch, ...ours };
      return kind === 'Deployment'
        ? apps.patchNamespacedDeploymentScale(request, jsonPatch)
        : apps.patchNamespacedStatefulSetScale(request, jsonPatch);
    }
    case 'template': {
      const { kind, namespace, name } = change.ref;
      const request = { namespace, name, body: change.patch, ...ours };
      return kind === 'Deployment'
        ? apps.patchNamespacedDeployment(request, jsonPatch)
        : apps.patchNamespacedStatefulSet(request, jsonPatch);
    }
    case 'event':
      return events.createNamespacedEvent({ namespace: change.namespace, body: change.event, ...ours });
  }
}

function shortRetryAfter(failure: ApiFailure): number | undefined {
  if (failure.kind !== 'status' || failure.code !== 429 || failure.retryAfterMs === undefined) return undefined;
  return failure.retryAfterMs <= longestRetryAfterMs ? failure.retryAfterMs : undefined;
}

function outcomeOf(failure: ApiFailure): GateOutcome {
  const message = failureText(failure);
  if (failure.kind === 'timeout' || failure.kind === 'broken') return { kind: 'unknown', message };
  if (failure.kind === 'unreachable') return { kind: 'failed', message };
  if (failure.code === 409 || failure.testFailed) return { kind: 'conflict', message };
  // The server itself gave up waiting for its storage, which may have taken the write.
  if (failure.code === 504) return { kind: 'unknown', message };
  const { retryAfterMs } = failure;
  return { kind: 'failed', message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
