/** Edits (insert, delete, replace, swap of neighbours) between two words: optimal string alignment distance. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replace = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? rows[i - 2]![j - 2]! + 1 : replace;
      rows[i]![j] = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, replace, swap);
    }
  }
  return rows[a.length]![b.length]!;
}

/** Compared without case and separators: `min-replicas`, `min_replicas` and `minReplicas` are the same slip. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** One is the beginning of the other: `max` and `maximum`. */
function abbreviates(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 3 && long.startsWith(short);
}

/**
 * The known word that was probably meant: at most a third of the letters differ, or one is the beginning of the other. Of a
 * dotted name the last part counts too. Ties go to the earlier candidate.
 */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const wanted = plain(word);
  const scored = known.map((candidate) => {
    const last = candidate.slice(candidate.lastIndexOf('.') + 1);
    const nearest = Math.min(distance(wanted, plain(candidate)), distance(wanted, plain(last)));
    const edits = nearest > 1 && abbreviates(wanted, plain(last)) ? 1 : nearest;
    return { candidate, edits, limit: Math.max(1, Math.floor(Math.max(wanted.length, plain(last).length) / 3)) };
  });
  const near = scored.filter(({ edits, limit }) => edits <= limit && edits < wanted.length);
  return near.toSorted((a, b) => a.edits - b.edits)[0]?.candidate;
}
