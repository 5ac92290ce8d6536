const STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32] as const;

/**
 * The horizons whose residuals are followed, ascending; those between are interpolated. About geometric, because errors
 * grow fast at first and slowly later. Always holds 1 and `horizonSteps`.
 */
export function trackedHorizons(horizonSteps: number): number[] {
  if (!(Number.isInteger(horizonSteps) && horizonSteps >= 1)) {
    throw new RangeError(`horizon of ${horizonSteps} steps: expected an integer ≥ 1`);
  }
  const tracked: number[] = STEPS.filter((h) => h < horizonSteps);
  for (let h = 48; h < horizonSteps; h = Math.round(h * 1.5)) tracked.push(h);
  return [...tracked, horizonSteps];
}

/** `h` lies `share` of the way from `horizons[index]` to the next one; beyond the last the last counts. */
export function placeHorizon(
  horizons: ArrayLike<number>,
  h: number,
): { readonly index: number; readonly share: number } {
  const last = horizons.length - 1;
  if (h >= horizons[last]!) return { index: last, share: 0 };
  let index = 0;
  while (h >= horizons[index + 1]!) index += 1;
  const from = horizons[index]!;
  return { index, share: (h - from) / (horizons[index + 1]! - from) };
}
