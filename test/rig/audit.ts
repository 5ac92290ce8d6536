/**
 * The audit log of the API server: who wrote what. It is the proof that dry run writes nothing, and
 * that what was written came from the account it should have come from.
 */

import { readFileSync } from 'node:fs';

export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  /** what was sent, for writes */
  readonly requestObject?: unknown;
  readonly requestReceivedTimestamp: string;
}

const WRITE_VERBS = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * Every write with what was sent, whoever sent it. Reads of ServiceAccounts by name only: a verb
 * that the shipped RBAC does not allow shows up there as a 403.
 */
export const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  omitManagedFields: true,
  rules: [
    { level: 'Metadata', verbs: WRITE_VERBS, users: ['system:apiserver'] },
    {
      level: 'Metadata',
      verbs: WRITE_VERBS,
      resources: [{ group: '', resources: ['serviceaccounts/token', 'secrets'] }],
    },
    { level: 'Request', verbs: WRITE_VERBS },
    { level: 'None', userGroups: ['system:serviceaccounts:kube-system'] }, // the controllers, which read all the time
    { level: 'Metadata', userGroups: ['system:serviceaccounts'] },
    { level: 'None' },
  ],
};

/** All entries in order. The last line may still be on its way to the disk; it comes with the next call. */
export function readAuditLog(file: string): readonly AuditEvent[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);
}

export function isWrite(event: AuditEvent): boolean {
  return WRITE_VERBS.includes(event.verb);
}
