/** Anchors that learn nothing: the last value, the last season, and the middle of the last seasons. */
import { asleep, type Fitted, type Frame, type LocalExpert } from '../expert.ts';
import { naturalScale, type Scale } from '../on-log.ts';
import { ownSeason } from '../own-season.ts';

export type PickSeason = (frame: Frame) => number | undefined;

export const shortestSeason: PickSeason = ({ seasons }) => seasons[0];
export const longestSeason: PickSeason = ({ seasons }) => seasons.at(-1);

export const persistence: LocalExpert = {
  name: 'last',
  fit: () => ({ kind: 'fitted', forecast: (history, out) => void out.fill(history.at(-1)!) }),
};

/** Share of the newest value in the level. */
const LEVEL_GAIN = 0.2;

/** Simple exponential smoothing (Brown 1956), where there is no season to go by, or not two of it. */
export const smoothedLevel: LocalExpert = {
  name: 'level',
  fit(past, { seasons }) {
    if (seasons.some((season) => 2 * season <= past.values.length)) return asleep('the series has a season');
    return { kind: 'fitted', forecast: (history, out) => void out.fill(levelOf(history)) };
  },
};

/** The first values are averaged: one of them is no level yet. */
function levelOf(history: Float64Array): number {
  let level = 0;
  for (let t = 0; t < history.length; t++) level += Math.max(LEVEL_GAIN, 1 / (t + 1)) * (history[t]! - level);
  return level;
}

/** The newest season once more, as long as the newest points say it is. */
export const lastSeason: LocalExpert = {
  name: 'season',
  fit(past, { seasons }) {
    const [season] = seasons;
    if (season === undefined) return asleep('the series has no season');
    if (past.values.length < season) return asleep(`it needs ${season} points, found ${past.values.length}`);
    return {
      kind: 'fitted',
      forecast: (history, out) => {
        const own = ownSeason(history, season);
        for (let h = 0; h < out.length; h++) out[h] = history[history.length - own + (h % own)]!;
      },
    };
  },
};

export interface SlotRecipe {
  readonly season: PickSeason;
  /** How many of the newest seasons, at most; with fewer, those that are there. */
  readonly count: number;
  /** What the values of one slot become, the newest first. */
  readonly middle: (values: Float64Array) => number;
  /** Take the middle on the natural scale of the series instead of its own. */
  readonly natural?: boolean;
}

/** The same place in the newest seasons. */
export function slotMiddle(name: string, { season: pick, count, middle, natural = false }: SlotRecipe): LocalExpert {
  return {
    name,
    fit(past, frame): Fitted {
      const season = pick(frame);
      if (season === undefined) return asleep('the series has no season');
      const there = Math.min(count, Math.floor(past.values.length / season));
      if (there === 0) return asleep(`it needs ${season} points, found ${past.values.length}`);
      const scale = natural ? naturalScale(past.values) : undefined;
      return { kind: 'fitted', forecast: (history, out) => writeMiddles(history, out, season, there, middle, scale) };
    },
  };
}

function writeMiddles(
  history: Float64Array,
  out: Float64Array,
  season: number,
  count: number,
  middle: (values: Float64Array) => number,
  scale: Scale | undefined,
): void {
  const slot = new Float64Array(count);
  for (let h = 0; h < out.length; h++) {
    if (h >= season) {
      out[h] = out[h - season]!;
      continue;
    }
    for (let i = 0; i < count; i++) slot[i] = history[history.length - (i + 1) * season + h]!;
    out[h] = scale ? scale.from(middle(scale.to(slot))) : middle(slot);
  }
}

/** @param fade - weight of a season against the one after it */
export function fadingMean(fade: number): (values: Float64Array) => number {
  return (values) => {
    let [sum, weights, weight] = [0, 0, 1];
    for (let i = 0; i < values.length; i++) {
      sum += weight * values[i]!;
      weights += weight;
      weight *= fade;
    }
    return sum / weights;
  };
}
