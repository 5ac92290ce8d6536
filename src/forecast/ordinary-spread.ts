/**
 * How far a series ordinarily lies from its own mean, whatever is forecast: the width of knowing nothing but the past.
 * However old the last sample is, a forecast need not be wider than this.
 */
export interface OrdinarySpread {
  observe(z: number): void;
  /** Mean absolute distance from the mean over about seven seasons; 0 before the first sample. */
  value(): number;
}

const SEASONS = 7;
/** Without a season, about this many steps count. */
const STEPS_WITHOUT_SEASON = 10_000;

/** @param season - steps in a season; 1 for none */
export function startOrdinarySpread(season: number): OrdinarySpread {
  const most = season > 1 ? SEASONS * season : STEPS_WITHOUT_SEASON;
  let [count, mean, distance] = [0, 0, 0];
  return {
    observe(z) {
      if (Number.isNaN(z)) return;
      count = Math.min(most, count + 1);
      mean += (z - mean) / count;
      distance += (Math.abs(z - mean) - distance) / count;
    },
    value: () => distance,
  };
}
