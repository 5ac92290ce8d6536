/** Says what a series is of, so that what was learned from one source is never used on another. */
import { createHash } from 'node:crypto';
import type { SignalName, SignalTemplate } from '../domain/workload.ts';

/**
 * Equal for templates that ask the same question. Whoever corrects a query, or switches from CPU to requests, means
 * other numbers, possibly in another unit: history and models of the old ones would plan for a load that is not there.
 */
export function sourceOf(signal: SignalName, template: SignalTemplate): string {
  const { name, ...question } = template;
  const digest = createHash('sha256')
    .update(JSON.stringify(Object.entries(question).sort()))
    .digest('hex');
  return `${signal}-${digest.slice(0, 12)}`;
}
