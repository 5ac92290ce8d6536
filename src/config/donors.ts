import type { WorkloadRef } from '../domain/workload.ts';

/**
 * The workload that `like` names.
 *
 * @param text - `checkout`, `shop/checkout` or `shop/StatefulSet/checkout`
 * @param near - whose donor it is: its namespace and kind hold where the text has none
 */
export function donorOf(text: string, near: Omit<WorkloadRef, 'name'>): WorkloadRef {
  const parts = text.split('/');
  const name = parts.at(-1)!;
  const [namespace = near.namespace, kind] = parts.slice(0, -1);
  return { namespace, kind: kind === undefined ? near.kind : (kind as WorkloadRef['kind']), name };
}
