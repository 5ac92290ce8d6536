/** Central intervals whose coverage is scored, as the share of outcomes that they should hold. */
export const centralShares = [0.5, 0.9, 0.99] as const;

const MEMBERS = 20;
const indices = Array.from({ length: MEMBERS }, (_, i) => i);

/** The even grid behind CRPS: midpoints of 20 equal parts of (0, 1). */
export const crpsLevels: readonly number[] = indices.map((i) => (2 * i + 1) / (2 * MEMBERS));

/** Inner edges of the 20 bins of the PIT histogram. */
export const pitLevels: readonly number[] = indices.slice(1).map((i) => i / MEMBERS);

/** Lower and upper level of the central interval that holds `share`; rounded so that 0.9 gives 0.05 and 0.95 exactly. */
export function centralLevels(share: number): readonly [number, number] {
  const round = (level: number) => Number(level.toFixed(12));
  return [round((1 - share) / 2), round((1 + share) / 2)];
}

/** Every level that some score needs, with those asked for; ascending. */
export function scoringLevels(asked: readonly number[]): readonly number[] {
  const intervals = [...centralShares, 0.95].flatMap(centralLevels);
  return [...new Set([...asked, 0.5, ...crpsLevels, ...pitLevels, ...intervals])].sort((a, b) => a - b);
}
