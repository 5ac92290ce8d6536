import type { Objective } from '../domain/workload.ts';
import { parseDuration } from './durations.ts';
import { parseShare } from './shares.ts';

/** What an objective looks like, for messages. */
export const objectiveForms = '"p95 latency 250ms", "wait p95 100ms" or "utilisation 70%"';

function quantileOf(text: string): number | undefined {
  const quantile = parseShare(`${text}%`);
  return quantile !== undefined && quantile > 0 && quantile < 1 ? quantile : undefined;
}

function timed(kind: 'latency' | 'wait', percentile: string, duration: string): Objective | undefined {
  const quantile = quantileOf(percentile);
  const ms = parseDuration(duration);
  return quantile !== undefined && ms !== undefined && ms > 0 ? { kind, quantile, seconds: ms / 1000 } : undefined;
}

function utilisation(text: string): Objective | undefined {
  const share = parseShare(text);
  return share !== undefined && share > 0 && share <= 1 ? { kind: 'utilisation', share } : undefined;
}

/**
 * Reads `p95 latency 250ms` (also `latency p95 250ms`), `wait p95 100ms` (also `p95 wait 100ms`) and
 * `utilisation 70%` (also `utilization`).
 *
 * @returns undefined when the text is none of them, or asks for what cannot be kept (a share above 1, a p100)
 */
export function parseObjective(text: string): Objective | undefined {
  const words = text.trim().replace(/\s+/g, ' ');
  const share = /^utili[sz]ation (\S+)$/.exec(words);
  if (share) return utilisation(share[1]!);
  const time = /^(?:p([\d.]+) (latency|wait)|(latency|wait) p([\d.]+)) (\S+)$/.exec(words);
  if (!time) return undefined;
  const [, before, after, first, percentile, duration] = time;
  return timed((after ?? first) as 'latency' | 'wait', (before ?? percentile)!, duration!);
}
