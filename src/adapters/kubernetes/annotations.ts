/**
 * What forescale leaves on objects, and how it is read back.
 *
 *   on an HPA, while a floor stands (docs/decisions/0003):
 *     forescale.dev/original-min-replicas   "2"                      what to put back
 *     forescale.dev/floor                   "8"                      what was written; another value means: not ours any more
 *     forescale.dev/floor-expires           "2026-11-21T09:15:00Z"   RFC 3339
 *     forescale.dev/original-cpu-target     "70"                     percent; only when the target was raised too
 *     forescale.dev/cpu-target              "85"
 *   on an HPA, while requests are being changed (write/requests.ts):
 *     forescale.dev/pending-requests        {"fromMillicores":500,…}
 *   on a workload or a namespace, by people:
 *     forescale.dev/paused                  anything but "false"
 *     forescale.dev/enabled                 "true": found by discovery
 */
import type { FloorLease } from '../../domain/cluster.ts';

const prefix = 'forescale.dev/';
export const annotation = {
  originalMin: `${prefix}original-min-replicas`,
  floor: `${prefix}floor`,
  expires: `${prefix}floor-expires`,
  originalCpuTarget: `${prefix}original-cpu-target`,
  cpuTarget: `${prefix}cpu-target`,
  pendingRequests: `${prefix}pending-requests`,
  paused: `${prefix}paused`,
  enabled: `${prefix}enabled`,
} as const;

export type Annotations = { readonly [name: string]: string } | undefined;

export type LeaseReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'lease'; readonly lease: FloorLease }
  /** Ours, but not to be believed: nothing can be put back by itself. */
  | { readonly kind: 'damaged'; readonly message: string };

/** Reads the lease off an HPA. Values that cannot be a replica count, a percentage or a time make it damaged, not absent. */
export function readLease(annotations: Annotations): LeaseReading {
  const text = (name: string) => annotations?.[name];
  const names = [annotation.originalMin, annotation.expires, annotation.floor, annotation.originalCpuTarget];
  if (names.every((name) => text(name) === undefined)) return { kind: 'none' };
  const problems: string[] = [];
  const whole = (name: string, required: boolean) => {
    const value = text(name);
    if (value === undefined && !required) return undefined;
    if (value !== undefined && /^\d{1,9}$/.test(value)) return Number(value);
    problems.push(`${name}: expected a whole number, found ${value === undefined ? 'nothing' : `"${value}"`}`);
    return undefined;
  };
  const originalMinReplicas = whole(annotation.originalMin, true);
  const floor = whole(annotation.floor, false);
  const original = whole(annotation.originalCpuTarget, false);
  const target = whole(annotation.cpuTarget, false);
  const expiresMs = Date.parse(text(annotation.expires) ?? '');
  if (Number.isNaN(expiresMs)) {
    problems.push(`${annotation.expires}: expected an RFC 3339 time, found "${text(annotation.expires) ?? 'nothing'}"`);
  }
  if (problems.length > 0 || originalMinReplicas === undefined)
    return { kind: 'damaged', message: problems.join('; ') };
  const lease: FloorLease = {
    originalMinReplicas,
    expiresMs,
    ...(floor !== undefined && { floor }),
    ...(original !== undefined && { originalCpuUtilisationTarget: original / 100 }),
    ...(target !== undefined && { cpuUtilisationTarget: target / 100 }),
  };
  return { kind: 'lease', lease };
}

export function isPaused(annotations: Annotations): boolean {
  const value = annotations?.[annotation.paused];
  return value !== undefined && value !== 'false';
}

export function isEnabled(annotations: Annotations): boolean {
  return annotations?.[annotation.enabled] === 'true';
}

/** Those of forescale only: the rest is nobody's business here and may be large. */
export function ownAnnotations(annotations: Annotations): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(prefix)));
}
