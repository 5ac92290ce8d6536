/**
 * What followed when it last went like this: the last two hours, less their mean, are laid on the same time of every kept
 * day, up to an hour to either side; the nearest stretches say how it went on. It knows ramps and odd days that linear
 * methods average away.
 *
 * Neighbours are sought anew every ten minutes and move along with time in between, so that a step costs little.
 */

import { meanOver } from '../features/recent.ts';
import { singlesIn } from '../parameters.ts';
import type { StartExpert } from './expert.ts';
import type { Past } from './past.ts';
import { remembers } from './remembers.ts';

const MINUTE_MS = 60_000;
const WINDOW_MS = 120 * MINUTE_MS;
const MOST_POINTS = 12;
const REACH_MS = 60 * MINUTE_MS;
const SEEK_MS = 10 * MINUTE_MS;
/** What the last minutes are above or below the neighbour's fades; what the whole window is stays. */
const LEVEL_MS = 5 * MINUTE_MS;
const FADE_MS = 15 * MINUTE_MS;
const DAYS = 13;
const NEIGHBOURS = 10;
/** A week of age weighs a tenth more distance. */
const AGE_PER_DAY = 0.9 ** (-1 / 7);

export const startAnalogues: StartExpert = ({ past, seasons, horizons, stepMs }, saved) => {
  const season = seasons[0] ?? 1;
  const steps = (ms: number) => Math.max(1, Math.round(ms / stepMs));
  const windowSteps = Math.max(MOST_POINTS, steps(WINDOW_MS));
  const stride = Math.floor(windowSteps / MOST_POINTS);
  const [reach, offsetStride, levelSteps] = [steps(REACH_MS), steps(SEEK_MS), steps(LEVEL_MS)];
  const window = new Float64Array(Math.ceil(windowSteps / stride));
  const distances = new Float64Array(NEIGHBOURS);
  // How many steps ago each neighbour was, and its weight; nearest first.
  const ages = saved ? singlesIn(saved, 'ages') : new Float32Array(NEIGHBOURS);
  const weights = saved ? singlesIn(saved, 'weights') : new Float32Array(NEIGHBOURS);
  // How far now is above a neighbour: over the whole window, and over the last minutes beyond that.
  const lasting = new Float64Array(NEIGHBOURS);
  const fading = new Float64Array(NEIGHBOURS);

  function seek(): void {
    distances.fill(Number.POSITIVE_INFINITY);
    for (let k = 0; k < window.length; k++) window[k] = past.filled(past.newest - k * stride);
    let place = past.newest;
    let penalty = 1;
    for (let day = 1; day <= DAYS; day++) {
      place = past.before(place, season);
      penalty *= AGE_PER_DAY;
      for (let end = place - reach; end <= place + reach; end += offsetStride) {
        if (end > past.newest - windowSteps) break;
        const distance = penalty * distanceTo(past, end, window, stride);
        if (distance < distances[NEIGHBOURS - 1]!) insert(distances, ages, distance, past.newest - end);
      }
    }
    weigh(distances, weights);
  }

  function compare(n: number): void {
    const above = (span: number, every: number) =>
      meanOver(past, past.newest - span + 1, past.newest, every) -
      meanOver(past, past.newest - ages[n]! - span + 1, past.newest - ages[n]!, every);
    lasting[n] = above(windowSteps, stride);
    fading[n] = above(levelSteps, 1) - lasting[n]!;
  }

  return {
    observe() {
      if (past.newest % offsetStride === 0) seek();
    },
    predict(out) {
      for (let n = 0; n < NEIGHBOURS; n++) if (weights[n]! > 0) compare(n);
      for (let i = 0; i < horizons.length; i++) {
        const share = Math.exp((-horizons[i]! * stepMs) / FADE_MS);
        let [sum, total] = [0, 0];
        for (let n = 0; n < NEIGHBOURS; n++) {
          // NaN where the neighbour has no such future yet.
          const z = past.at(past.newest - ages[n]! + horizons[i]!) + lasting[n]! + share * fading[n]!;
          if (weights[n] === 0 || Number.isNaN(z)) continue;
          sum += weights[n]! * z;
          total += weights[n]!;
        }
        out[i] = total > 0 ? sum / total : Number.NaN;
      }
    },
    ...remembers({ ages, weights }),
  };
};

/** Mean squared difference between the window of now and the one that ends at `end`, each less its mean; NaN with a gap. */
function distanceTo(past: Past, end: number, window: Float64Array, stride: number): number {
  let [sum, squares] = [0, 0];
  for (let k = 0; k < window.length; k++) {
    const difference = window[k]! - past.at(end - k * stride);
    sum += difference;
    squares += difference * difference;
  }
  return squares / window.length - (sum / window.length) ** 2;
}

/** Keeps `distances` ascending and `ages` beside them. */
function insert(distances: Float64Array, ages: Float32Array, distance: number, age: number): void {
  let at = distances.length - 1;
  for (; at > 0 && distances[at - 1]! > distance; at--) {
    distances[at] = distances[at - 1]!;
    ages[at] = ages[at - 1]!;
  }
  distances[at] = distance;
  ages[at] = age;
}

/** The nearer the heavier: a Gaussian kernel as wide as the distance of the middle one. */
function weigh(distances: Float64Array, weights: Float32Array): void {
  const known = distances.filter(Number.isFinite);
  const width = Math.max(known[known.length >> 1] ?? 0, Number.MIN_VALUE);
  for (let n = 0; n < weights.length; n++) {
    weights[n] = Number.isFinite(distances[n]!) ? Math.exp(-distances[n]! / width) : 0;
  }
}
