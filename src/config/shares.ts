/**
 * A share of a whole, as a number or in percent: `0.7` and `70%` are the same.
 *
 * @returns the share, ≥ 0 (limits are the setting's own); undefined when it is neither. `70` without the sign is 70,
 *   so a limit of 1 catches a forgotten `%`.
 */
export function parseShare(value: number | string): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(value.trim());
  if (!match) return undefined;
  // Through the decimal exponent, not by division: 70 % is the same number as 0.7 to the last bit.
  return Number(match[2] === '%' ? `${match[1]}e-2` : match[1]);
}
