/** Something that keeps a copy of one kind of object and knows how old that copy is. */
export interface Source<R> {
  /** `deployments`, `pods in shop`: for messages. */
  readonly name: string;
  start(): void;
  close(): void;
  records(): Iterable<R>;
  /** When the server last confirmed the copy; undefined before the first complete list. */
  confirmedMs(): number | undefined;
  /** What is wrong now, if anything. */
  problem(): string | undefined;
}

/** The sources whose copy is missing or older than `limitMs`, one sentence each; none means: go ahead. */
export function staleness(sources: readonly Source<unknown>[], nowMs: number, limitMs: number): readonly string[] {
  return sources.flatMap((source) => {
    const confirmedMs = source.confirmedMs();
    const why = source.problem() ?? 'no answer from the API server';
    if (confirmedMs === undefined) return [`${source.name}: not read yet: ${why}`];
    const ageMs = nowMs - confirmedMs;
    if (ageMs <= limitMs) return [];
    return [`${source.name}: last confirmed ${Math.round(ageMs / 1000)} s ago, limit ${limitMs / 1000} s: ${why}`];
  });
}
