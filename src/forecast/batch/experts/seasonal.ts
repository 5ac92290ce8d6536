/** Anchors: the last value, the last season, and the mean of the last seasons. */
import { asleep, type Fitted, type Frame, type LocalExpert } from '../expert.ts';

type PickSeason = (frame: Frame) => number | undefined;

export const shortestSeason: PickSeason = ({ seasons }) => seasons[0];
/** Only where it is another one than the shortest. */
export const longestSeason: PickSeason = ({ seasons }) => (seasons.length > 1 ? seasons.at(-1) : undefined);

/** Weight of a season against the one after it. */
const FADE = 0.7;

export const persistence: LocalExpert = {
  name: 'last',
  fit: () => ({ kind: 'fitted', forecast: (history, out) => void out.fill(history.at(-1)!) }),
};

/**
 * The same place in the newest seasons, newer ones counting more.
 *
 * @param count - how many seasons at most; 1 is the seasonal naive
 */
export function seasonalMean(name: string, pick: PickSeason, count: number): LocalExpert {
  return {
    name,
    fit(past, frame): Fitted {
      const season = pick(frame);
      if (season === undefined) return asleep('the series has no such season');
      const there = Math.min(count, Math.floor(past.values.length / season));
      if (there === 0) return asleep(`it needs ${season} points, found ${past.values.length}`);
      return { kind: 'fitted', forecast: (history, out) => writeMean(history, out, season, there) };
    },
  };
}

function writeMean(history: Float64Array, out: Float64Array, season: number, count: number): void {
  const n = history.length;
  for (let h = 0; h < out.length; h++) {
    let [sum, weights, weight] = [0, 0, 1];
    for (let i = 1; i <= count; i++) {
      sum += weight * history[n - i * season + (h % season)]!;
      weights += weight;
      weight *= FADE;
    }
    out[h] = sum / weights;
  }
}
