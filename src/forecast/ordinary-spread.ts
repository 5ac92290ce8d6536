/**
 * How far a series ordinarily lies from its own mean, whatever is forecast: the width of knowing nothing but the past.
 * However old the last sample is, a forecast need not be wider than this.
 */
export interface OrdinarySpread {
  observe(z: number): void;
  /** Mean absolute distance from the mean over about seven seasons; 0 before the first sample. */
  value(): number;
  save(): Float64Array;
}

const SEASONS = 7;
/** Without a season, about this many steps count. */
const STEPS_WITHOUT_SEASON = 10_000;

/** @param season - steps in a season; 1 for none */
export function startOrdinarySpread(season: number, saved?: Float64Array): OrdinarySpread {
  const most = season > 1 ? SEASONS * season : STEPS_WITHOUT_SEASON;
  let count = saved?.[0] ?? 0;
  let mean = saved?.[1] ?? 0;
  let distance = saved?.[2] ?? 0;
  return {
    save: () => Float64Array.of(count, mean, distance),
    observe(z) {
      if (Number.isNaN(z)) return;
      count = Math.min(most, count + 1);
      mean += (z - mean) / count;
      distance += (Math.abs(z - mean) - distance) / count;
    },
    value: () => distance,
  };
}
