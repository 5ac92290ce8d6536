/**
 * What to do about somebody who changes what forescale wrote: report it, take their value as the new original in the next
 * round, and leave the HPA alone for longer and longer when it happens again. So a person is obeyed at once, and a tool
 * that reverts every change is not fought (docs/decisions/0003).
 *
 *   1st time: leave it for this round · 2nd: 5 min · 3rd: 10 min · … at most 1 h · forgotten after 2 h of peace
 */
const firstQuietMs = 5 * 60_000;
const longestQuietMs = 60 * 60_000;
const forgetMs = 2 * 60 * 60_000;

export type Judgement =
  | { readonly kind: 'proceed' }
  | { readonly kind: 'leave'; readonly untilMs: number; readonly times: number };

export interface ConflictMemory {
  /**
   * @param uid - of the HPA.
   * @param difference - what somebody changed, as a sentence; undefined when all is as forescale left it.
   */
  judge(uid: string, difference: string | undefined, nowMs: number): Judgement;
  /** A lease stands on this HPA, or not any more: if it is gone without this, somebody removed it. */
  left(uid: string, withLease: boolean): void;
  hasLease(uid: string): boolean;
}

interface Episode {
  readonly difference: string;
  readonly times: number;
  readonly seenMs: number;
  readonly untilMs: number;
  readonly adopted: boolean;
}

export function createConflictMemory(): ConflictMemory {
  const episodes = new Map<string, Episode>();
  const leases = new Set<string>();
  return {
    judge: (uid, difference, nowMs) => {
      const before = recent(episodes.get(uid), nowMs);
      if (!before) episodes.delete(uid);
      const isNew = difference !== undefined && (!before || before.adopted || before.difference !== difference);
      if (isNew) episodes.set(uid, nextEpisode(difference, before, nowMs));
      const episode = episodes.get(uid);
      if (!episode || episode.adopted) return { kind: 'proceed' };
      if (nowMs <= episode.untilMs) return { kind: 'leave', untilMs: episode.untilMs, times: episode.times };
      episodes.set(uid, { ...episode, adopted: true });
      return { kind: 'proceed' };
    },
    left: (uid, withLease) => {
      if (withLease) leases.add(uid);
      else leases.delete(uid);
    },
    hasLease: (uid) => leases.has(uid),
  };
}

function recent(episode: Episode | undefined, nowMs: number): Episode | undefined {
  return episode && nowMs - episode.seenMs < forgetMs ? episode : undefined;
}

function nextEpisode(difference: string, before: Episode | undefined, nowMs: number): Episode {
  const times = (before?.times ?? 0) + 1;
  const quietMs = times === 1 ? 0 : Math.min(longestQuietMs, firstQuietMs * 2 ** (times - 2));
  return { difference, times, seenMs: nowMs, untilMs: nowMs + quietMs, adopted: false };
}
