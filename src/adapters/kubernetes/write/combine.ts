/** One outcome for a decision that took several writes: the worst one counts, and what was written is all there. */
import type { Actuation, Write } from '../../../domain/actuation.ts';
import type { Reason } from '../../../domain/reasons.ts';

const order: readonly Actuation['kind'][] = ['nothing-to-do', 'dry-run', 'applied', 'conflict', 'failed', 'unknown'];

/** @returns the worse of the two by `order`; on a tie the first, with the writes and reasons of both. */
export function combine(first: Actuation, second: Actuation): Actuation {
  const worse = order.indexOf(second.kind) > order.indexOf(first.kind) ? second : first;
  const reasons = [...reasonsOf(first), ...reasonsOf(second)];
  const writes = [...writesOf(first), ...writesOf(second)];
  switch (worse.kind) {
    case 'nothing-to-do':
      return nothing(reasons);
    case 'applied':
    case 'dry-run':
      return { kind: worse.kind, writes, ...(reasons.length > 0 && { reasons }) };
    case 'conflict':
    case 'failed':
    case 'unknown':
      return writes.length === 0
        ? worse
        : { ...worse, message: `${worse.message} (written before: ${writeTexts(writes)})` };
  }
}

export function nothing(reasons: readonly Reason[] = []): Actuation {
  return { kind: 'nothing-to-do', ...(reasons.length > 0 && { reasons }) };
}

export function withReasons(actuation: Actuation, reasons: readonly Reason[]): Actuation {
  return combine(actuation, nothing(reasons));
}

function reasonsOf(actuation: Actuation): readonly Reason[] {
  return 'reasons' in actuation ? (actuation.reasons ?? []) : [];
}

function writesOf(actuation: Actuation): readonly Write[] {
  return 'writes' in actuation ? actuation.writes : [];
}

function writeTexts(writes: readonly Write[]): string {
  return writes.map(({ target, field, from, to }) => `${target} ${field} ${from} → ${to}`).join(', ');
}
