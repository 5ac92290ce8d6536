/**
 * The ordinary course of a day (or of another season): what carries the shape between the horizons that are tracked, and
 * through steps that are missing.
 */
import type { Past } from '../experts/past.ts';
import { knownMean } from '../known-mean.ts';
import type { StateStore } from './state-store.ts';

export interface SeasonalBase {
  /** Takes the newest step; NaN teaches nothing. */
  observe(step: number, z: number): void;
  /** z ordinarily seen at this step; the level itself while nothing is known of the season. */
  at(step: number): number;
  /** As `at`, by slot of the season. */
  write(slots: Int32Array, out: Float64Array): void;
  /** Mean of the course, or the level while nothing is known of it. */
  mean(): number;
  /** What to put in the place of a missing step: the ordinary course, and at first how far today lies from it. */
  fill(step: number): number;
}

/** Quarters of an hour of a day, with straight lines between. */
const MOST_SLOTS = 96;
/** Weight of the newest season in the course. */
const SEASON_RATE = 0.2;
/** Steps after which today's distance from the ordinary course has halved while nothing is seen. */
const MEMORY_STEPS = 60;
const LEVEL_RATE = 0.2;

export function startSeasonalBase(season: number, past: Pick<Past, 'slot'>, store: StateStore): SeasonalBase {
  const slots = Math.min(MOST_SLOTS, season);
  const course = store.singles('base.course', slots, Number.NaN);
  // Level of the newest samples, their distance from the course, the age of the newest one, and how many there were.
  const now = store.doubles('base.now', 4, Number.NaN);
  const perSlot = season / slots;
  const slowest = SEASON_RATE / Math.max(1, perSlot);

  function courseAt(slot: number): number {
    const value = course[slot]!;
    return Number.isNaN(value) ? now[0]! : value;
  }

  /** @param slot - of the season, in steps */
  function atSlot(slot: number): number {
    // Means stand for their centres.
    const place = (slot + 0.5) / perSlot - 0.5;
    const below = Math.floor(place);
    const share = place - below;
    const left = below < 0 ? slots - 1 : below;
    const right = below + 1 < slots ? below + 1 : 0;
    return (1 - share) * courseAt(left) + share * courseAt(right);
  }

  const at = (step: number) => (slots === 1 ? now[0]! : atSlot(past.slot(step, season)));

  return {
    observe(step, z) {
      if (Number.isNaN(z)) {
        now[2] = (Number.isNaN(now[2]!) ? 0 : now[2]!) + 1;
        return;
      }
      const expected = at(step);
      now[2] = 0;
      now[0] = Number.isNaN(now[0]!) ? z : now[0]! + LEVEL_RATE * (z - now[0]!);
      const distance = Number.isNaN(expected) ? 0 : z - expected;
      now[1] = Number.isNaN(now[1]!) ? distance : now[1]! + LEVEL_RATE * (distance - now[1]!);
      now[3] = (Number.isNaN(now[3]!) ? 0 : now[3]!) + 1;
      const slot = Math.floor(past.slot(step, season) / perSlot);
      // Every slot is seen about as often as the others.
      const rate = Math.max(slowest, Math.min(1, 1 / (1 + (now[3]! * perSlot) / season)));
      course[slot] = Number.isNaN(course[slot]!) ? z : course[slot]! + rate * (z - course[slot]!);
    },
    at,
    write(places, out) {
      for (let k = 0; k < out.length; k++) out[k] = slots === 1 ? now[0]! : atSlot(places[k]!);
    },
    mean() {
      const mean = knownMean(course);
      return Number.isNaN(mean) ? now[0]! : mean;
    },
    fill: (step) => at(step) + (Number.isNaN(now[1]!) ? 0 : now[1]! * 0.5 ** (now[2]! / MEMORY_STEPS)),
  };
}
