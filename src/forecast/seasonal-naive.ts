/**
 * The yardstick: the next value is the mean of the same slot in the last four seasons, newer ones weighing more
 * (0.7 per season of age). Nothing adapts to the level of today; a model that cannot beat this has learned nothing.
 * Without a usable season it is persistence.
 */
import { numberIn, type Parameters, savedArray, savedNumber } from './parameters.ts';
import { type PointForecaster, smoothingHalfWidth, type Transformed } from './point-forecaster.ts';

const CYCLES = 4;
const DECAY = 0.7;
/** Persistence may fill this many missing steps; after that the long-run mean takes over. */
const STALE_AFTER_STEPS = 30;
const LONG_RUN_RATE = 0.01;

/** Takes the season with the smaller absolute error over the last third; 1 (persistence) when none is shorter than the series. */
export function fitSeasonalNaive(series: Transformed, seasons: readonly number[]): Parameters {
  const usable = seasons.filter((m) => m > 1 && m < series.z.length * 0.75);
  let best = { season: usable[0] ?? 1, error: Number.POSITIVE_INFINITY };
  for (const season of usable) {
    const error = seasonalError(series.z, season);
    if (error < best.error) best = { season, error };
  }
  return { season: best.season };
}

function seasonalError(z: Float64Array, season: number): number {
  let [sum, n] = [0, 0];
  for (let t = Math.max(season, Math.floor((z.length * 2) / 3)); t < z.length; t++) {
    const error = Math.abs(z[t]! - z[t - season]!);
    if (Number.isNaN(error)) continue;
    sum += error;
    n += 1;
  }
  return n > 0 ? sum / n : Number.POSITIVE_INFINITY;
}

export function startSeasonalNaive(parameters: Parameters): PointForecaster {
  const season = numberIn(parameters, 'season');
  const past = season > 1 ? sameSlots(season, parameters) : undefined;
  const level = levelOfLastSamples(parameters);
  return {
    save: () => ({ season, ...past?.save(), ...level.save() }),
    observe(z) {
      past?.push(z);
      level.observe(z);
    },
    predict(out) {
      for (let i = 0; i < out.length; i++) {
        const seasonal = past ? past.mean(i + 1) : Number.NaN;
        out[i] = Number.isNaN(seasonal) ? level.value() : seasonal;
      }
    },
  };
}

export interface SameSlots {
  push(z: number): void;
  mean(ahead: number): number;
  save(): Parameters;
}

/** Ring of the last seasons, smoothed over neighbouring slots where seasons have many. */
export function sameSlots(season: number, saved: Parameters = {}): SameSlots {
  const half = smoothingHalfWidth(season);
  const window = savedArray(saved, 'slots.window') ?? new Float64Array(2 * half + 1).fill(Number.NaN);
  const smooth = movingAverage(window);
  const ring = savedArray(saved, 'slots.ring') ?? new Float64Array(CYCLES * season + 1).fill(Number.NaN);
  let count = savedNumber(saved, 'slots.count') ?? 0;
  return {
    save: () => ({ 'slots.ring': ring.slice(), 'slots.count': count, 'slots.window': smooth.save() }),
    push(z) {
      // The average over t−2·half … t belongs to its centre, which is known `half` steps late.
      ring[(count - half + ring.length) % ring.length] = smooth.push(z);
      count += 1;
    },
    mean(ahead) {
      const target = count - 1 + ahead;
      const first = Math.ceil((ahead + half) / season);
      let [sum, weights, weight] = [0, 0, 1];
      for (let j = first; j < first + CYCLES; j++, weight *= DECAY) {
        const t = target - j * season;
        if (t < 0 || t < count - half - ring.length) break;
        const z = ring[t % ring.length]!;
        if (Number.isNaN(z)) continue;
        sum += weight * z;
        weights += weight;
      }
      return weights > 0 ? sum / weights : Number.NaN;
    },
  };
}

/** Mean of the samples present in a window, oldest first; NaN when the newest half holds none. */
function movingAverage(window: Float64Array): { push(z: number): number; save(): Float64Array } {
  const width = window.length;
  let next = 0;
  return {
    save: () => Float64Array.from({ length: width }, (_, i) => window[(next + i) % width]!),
    push(z) {
      if (width === 1) return z;
      window[next] = z;
      next = (next + 1) % width;
      let [sum, n] = [0, 0];
      for (const value of window) {
        if (Number.isNaN(value)) continue;
        sum += value;
        n += 1;
      }
      return n > width / 2 ? sum / n : Number.NaN;
    },
  };
}

interface Level {
  observe(z: number): void;
  value(): number;
  save(): Parameters;
}

function levelOfLastSamples(saved: Parameters): Level {
  let [last, longRun, age] = savedArray(saved, 'level') ?? [Number.NaN, Number.NaN, 0];
  return {
    observe(z) {
      if (Number.isNaN(z)) {
        age! += 1;
        return;
      }
      last = z;
      longRun = Number.isNaN(longRun!) ? z : longRun! + LONG_RUN_RATE * (z - longRun!);
      age = 0;
    },
    value: () => (age! > STALE_AFTER_STEPS ? longRun! : last!),
    save: () => ({ level: Float64Array.of(last!, longRun!, age!) }),
  };
}
