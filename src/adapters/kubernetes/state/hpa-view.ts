/** An HPA as the writer needs it: everything that a change reads or tests, nothing that only the status changes. */
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { WorkloadRef } from '../../../domain/workload.ts';
import { annotation, type LeaseReading, ownAnnotations, readLease } from '../annotations.ts';
import { otherManager } from './hpa-owner.ts';

export interface HpaView {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly target?: WorkloadRef;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** CPU utilisation target in percent, and where it stands in `spec.metrics`. */
  readonly cpu?: { readonly index: number; readonly percent: number };
  /** Whether there are annotations at all: a JSON patch cannot add to a map that is absent. */
  readonly hasAnnotations: boolean;
  /** Those of forescale. */
  readonly annotations: { readonly [name: string]: string };
  readonly lease: LeaseReading;
  readonly pending: PendingReading;
  readonly otherManager?: string;
}

/** A change of requests that is under way (requests.ts). Targets in percent, without what a lease adds. */
export interface PendingRequests {
  readonly fromMillicores: number;
  readonly toMillicores: number;
  readonly fromTarget: number;
  readonly toTarget: number;
  /** RFC 3339: when `restore --expired` may finish it. */
  readonly expires: string;
}

export type PendingReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'pending'; readonly pending: PendingRequests }
  | { readonly kind: 'damaged'; readonly message: string };

export function hpaView(hpa: V2HorizontalPodAutoscaler): HpaView {
  const annotations = ownAnnotations(hpa.metadata?.annotations);
  const target = targetOf(hpa);
  const cpu = cpuTarget(hpa);
  const manager = otherManager(hpa);
  return {
    namespace: hpa.metadata?.namespace ?? '',
    name: hpa.metadata?.name ?? '',
    uid: hpa.metadata?.uid ?? '',
    ...(target && { target }),
    minReplicas: hpa.spec?.minReplicas ?? 1,
    maxReplicas: hpa.spec?.maxReplicas ?? 1,
    ...(cpu && { cpu }),
    hasAnnotations: Object.keys(hpa.metadata?.annotations ?? {}).length > 0,
    annotations,
    lease: readLease(annotations),
    pending: readPending(annotations[annotation.pendingRequests]),
    ...(manager !== undefined && { otherManager: manager }),
  };
}

function readPending(text: string | undefined): PendingReading {
  if (text === undefined) return { kind: 'none' };
  const damaged = {
    kind: 'damaged',
    message: `${annotation.pendingRequests}: expected what forescale writes there, found ${text}`,
  } as const;
  try {
    const value = JSON.parse(text) as { readonly [name: string]: unknown };
    const numbers = ['fromMillicores', 'toMillicores', 'fromTarget', 'toTarget'].map((name) => value[name]);
    const isWhole = numbers.every((number) => Number.isSafeInteger(number) && (number as number) > 0);
    const isTime = !Number.isNaN(Date.parse(String(value['expires'])));
    return isWhole && isTime ? { kind: 'pending', pending: value as unknown as PendingRequests } : damaged;
  } catch {
    return damaged;
  }
}

/** Where the CPU utilisation target stands in `spec.metrics`. Percent of the requests of all containers. */
function cpuTarget(hpa: V2HorizontalPodAutoscaler): { readonly index: number; readonly percent: number } | undefined {
  const metrics = hpa.spec?.metrics ?? [];
  const index = metrics.findIndex(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu');
  const percent = metrics[index]?.resource?.target.averageUtilization;
  return percent === undefined ? undefined : { index, percent };
}

function targetOf(hpa: V2HorizontalPodAutoscaler): WorkloadRef | undefined {
  const { kind, name, apiVersion } = hpa.spec?.scaleTargetRef ?? { kind: '', name: '' };
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return undefined;
  if (apiVersion !== undefined && !apiVersion.startsWith('apps/')) return undefined;
  return { namespace: hpa.metadata?.namespace ?? '', kind, name };
}
