/**
 * Kubernetes Events, so that `kubectl describe` says why: one per object, reason and note within ten minutes, and no
 * more than ten of one object in that time. They go through the gate like every write; a lost one is no failure.
 */
import { type EventsV1Event, V1MicroTime } from '@kubernetes/client-node';
import type { ReasonCode } from '../../../domain/reasons.ts';
import { agentName } from '../client/client.ts';
import type { Gate } from './gate.ts';

const quietMs = 10 * 60_000;
const mostPerObject = 10;
/** Limit of the API: k8s.io/kubernetes/pkg/apis/core/validation/events.go. */
const longestNote = 1024;

export interface EventObject {
  readonly apiVersion: 'autoscaling/v2' | 'apps/v1';
  readonly kind: 'HorizontalPodAutoscaler' | 'Deployment' | 'StatefulSet';
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
}

export interface EventWriter {
  emit(object: EventObject, type: 'Normal' | 'Warning', reason: ReasonCode, note: string, nowMs: number): Promise<void>;
}

export interface EventOptions {
  /** Tells one forescale from another; the pod's name in a cluster. */
  readonly instance: string;
  readonly onWarning?: (message: string) => void;
}

export function createEventWriter(gate: Gate, { instance, onWarning = () => {} }: EventOptions): EventWriter {
  const sent = new Map<string, Map<string, number>>();
  return {
    emit: async (object, type, reason, note, nowMs) => {
      forget(sent, nowMs);
      const key = `${object.kind}/${object.namespace}/${object.name}`;
      const ofObject = sent.get(key) ?? new Map<string, number>();
      const text = note.slice(0, longestNote);
      if (ofObject.has(`${reason}\0${text}`) || ofObject.size >= mostPerObject) return;
      sent.set(key, ofObject.set(`${reason}\0${text}`, nowMs));
      const event = eventBody(object, type, reason, text, instance, nowMs);
      const outcome = await gate.submit({ kind: 'event', namespace: object.namespace, event }, []);
      if (outcome.kind !== 'applied' && outcome.kind !== 'dry-run') {
        onWarning(`an Event for ${key} was not written: ${outcome.message}`);
      }
    },
  };
}

function forget(sent: Map<string, Map<string, number>>, nowMs: number): void {
  for (const [key, ofObject] of sent) {
    for (const [what, atMs] of ofObject) if (nowMs - atMs >= quietMs) ofObject.delete(what);
    if (ofObject.size === 0) sent.delete(key);
  }
}

function eventBody(
  object: EventObject,
  type: string,
  reason: string,
  note: string,
  instance: string,
  nowMs: number,
): EventsV1Event {
  return {
    metadata: { generateName: `${object.name.slice(0, 200)}-`, namespace: object.namespace },
    eventTime: new V1MicroTime(nowMs),
    regarding: { ...object },
    type,
    reason,
    note,
    action: 'Scale',
    reportingController: 'forescale.dev/forescale',
    reportingInstance: instance.slice(0, 128) || agentName,
  };
}
