/**
 * Gaussian processes (Rasmussen & Williams 2006, ch. 2; kriging in time): the best linear forecast from the newest weeks
 * under each of a dozen beliefs about level, day, week and noise, weighted by how likely it makes those weeks. Nothing is
 * fitted but the size of the whole, so that a few weeks are enough, and a belief is factored once for all series.
 */
import { factorise } from '../../cholesky.ts';
import type { Frame } from '../expert.ts';
import { logsOnly } from '../on-log.ts';
import type { PooledExpert, PooledSettings } from '../pooled.ts';
import { moments } from './autoregression.ts';
import { type Belief, beliefs, covariances } from './covariance.ts';

export interface ProcessRecipe {
  /** Newest points that are read, at most; undefined where the seasons are too long for it. */
  readonly input: (settings: PooledSettings) => number | undefined;
  /** Reads logarithms; it has nothing to say where a value is not above 0. */
  readonly log: boolean;
}

const LEAST_SEASONS = 2;
/** No belief is right, and neighbouring points err together: with fewer for one fact the likeliest belief would speak alone. */
const POINTS_PER_FACT = 20;
/** Series that pass through a factor together. */
const LANES = 4;
/** Numbers that each belief says of the series that are forecast together: with more, a dozen beliefs fill the memory. */
const MOST_NUMBERS = 1_000_000;

export function pooledProcess(name: string, { input, log }: ProcessRecipe): PooledExpert {
  return {
    name,
    effort: 6,
    learn: (_, settings) => {
      const most = input(settings);
      if (most === undefined) return { kind: 'asleep', reason: 'the seasons give no window of a size it can read' };
      return {
        kind: 'fitted',
        extend: () => undefined,
        forecast: (histories, _, out) => {
          const { horizon } = settings;
          const together = Math.max(LANES, Math.floor(MOST_NUMBERS / horizon));
          for (let from = 0; from < histories.length; from += together) {
            const some = histories.slice(from, from + together);
            const windows = some.map((history) => windowOf(log ? logsOnly(history) : history, most, settings));
            forecastAll(windows, settings, out.subarray(from * horizon, (from + some.length) * horizon));
          }
          if (log) for (let i = 0; i < out.length; i++) out[i] = Math.exp(out[i]!);
        },
      };
    },
  };
}

interface Window {
  readonly mean: number;
  /** Distances from the mean, the newest first; none where they say nothing. */
  readonly distances: Float64Array;
}

function windowOf(history: Float64Array, most: number, { seasons }: Frame): Window {
  const newest = history.slice(-most).reverse();
  const { mean, deviation } = moments(newest);
  if (newest.length < LEAST_SEASONS * seasons[0]! || !(deviation > 0)) return { mean, distances: new Float64Array() };
  return { mean, distances: newest.map((y) => y - mean) };
}

function forecastAll(windows: readonly Window[], frame: Frame, out: Float64Array): void {
  out.fill(Number.NaN);
  const groups = groupsOf(windows);
  const opinions = beliefs.map((belief) => ask(belief, windows, groups, frame));
  for (const [row, { mean, distances }] of windows.entries()) {
    if (distances.length === 0) continue;
    const largest = Math.max(...opinions.map(({ likelihood }) => likelihood[row]!));
    const weights = opinions.map(({ likelihood }) => Math.exp((likelihood[row]! - largest) / POINTS_PER_FACT));
    const total = weights.reduce((sum, w) => sum + w, 0);
    for (let i = row * frame.horizon; i < (row + 1) * frame.horizon; i++) {
      out[i] = mean;
      for (const [b, { ahead }] of opinions.entries()) out[i]! += (weights[b]! / total) * ahead[i]!;
    }
  }
}

/** Rows of windows of one length, up to four together. */
function groupsOf(windows: readonly Window[]): number[][] {
  const open = new Map<number, number[]>();
  const groups: number[][] = [];
  for (const [row, { distances }] of windows.entries()) {
    if (distances.length === 0) continue;
    let group = open.get(distances.length);
    if (group === undefined || group.length === LANES) {
      group = [];
      open.set(distances.length, group);
      groups.push(group);
    }
    group.push(row);
  }
  return groups;
}

/** What one belief says of all windows. */
interface Opinion {
  /** Expected distances from the mean, windows × horizon. */
  readonly ahead: Float64Array;
  /** Logarithm of how likely it makes the points read, with the size of the whole that suits it best. */
  readonly likelihood: Float64Array;
}

function ask(
  belief: Belief,
  windows: readonly Window[],
  groups: readonly (readonly number[])[],
  frame: Frame,
): Opinion {
  const size = windows.reduce((longest, { distances }) => Math.max(longest, distances.length), 0);
  const factored = factorOf(covariances(belief, frame, size + frame.horizon), size, frame.horizon);
  const ahead = new Float64Array(windows.length * frame.horizon);
  const likelihood = new Float64Array(windows.length);
  const lanes = new Float64Array(size * LANES);
  for (const group of groups) {
    const length = windows[group[0]!]!.distances.length;
    for (let k = 0; k < length; k++) {
      for (let lane = 0; lane < LANES; lane++)
        lanes[k * LANES + lane] = windows[group[lane] ?? group[0]!]!.distances[k]!;
    }
    whiten(factored.factor, size, lanes, length);
    for (const [lane, row] of group.entries()) {
      const own = ahead.subarray(row * frame.horizon, (row + 1) * frame.horizon);
      likelihood[row] = judge(factored, lanes, lane, length, own);
    }
  }
  return { ahead, likelihood };
}

interface Factored {
  /** Lower triangle, row-major; the part of the first n rows is the factor for windows of n points. */
  readonly factor: Float64Array;
  /** Sum of the logarithms of the diagonal up to each row. */
  readonly logs: Float64Array;
  /** What each step ahead has in common with the points, whitened as they are; horizon × size. */
  readonly reach: Float64Array;
}

function factorOf(covariance: Float64Array, size: number, horizon: number): Factored {
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) factor[i * size + j] = covariance[i - j]!;
  if (!factorise(factor, size)) throw new Error('a belief of the Gaussian process is not positive definite');
  const logs = new Float64Array(size);
  for (let i = 0; i < size; i++) logs[i] = (i > 0 ? logs[i - 1]! : 0) + Math.log(factor[i * size + i]!);
  const reach = new Float64Array(horizon * size);
  const lanes = new Float64Array(size * LANES);
  for (let h = 0; h < horizon; h += LANES) {
    for (let i = 0; i < lanes.length; i++) {
      const step = Math.min(horizon - 1, h + (i % LANES));
      lanes[i] = covariance[Math.floor(i / LANES) + step + 1]!;
    }
    whiten(factor, size, lanes, size);
    for (let lane = 0; lane < LANES && h + lane < horizon; lane++) {
      for (let k = 0; k < size; k++) reach[(h + lane) * size + k] = lanes[k * LANES + lane]!;
    }
  }
  return { factor, logs, reach };
}

/** Solves `L·x = b` in place for four right-hand sides that lie side by side, of `length` rows. */
function whiten(factor: Float64Array, size: number, lanes: Float64Array, length: number): void {
  for (let i = 0; i < length; i++) {
    const [row, at] = [i * size, i * LANES];
    let [a, b, c, d] = [lanes[at]!, lanes[at + 1]!, lanes[at + 2]!, lanes[at + 3]!];
    for (let k = 0; k < i; k++) {
      const f = factor[row + k]!;
      a -= f * lanes[k * LANES]!;
      b -= f * lanes[k * LANES + 1]!;
      c -= f * lanes[k * LANES + 2]!;
      d -= f * lanes[k * LANES + 3]!;
    }
    const diagonal = factor[row + i]!;
    lanes[at] = a / diagonal;
    lanes[at + 1] = b / diagonal;
    lanes[at + 2] = c / diagonal;
    lanes[at + 3] = d / diagonal;
  }
}

/**
 * @param lanes - whitened points
 * @param out - expected distances from the mean, all steps ahead
 * @returns the likelihood, the variance of the whole at its best (the concentrated likelihood)
 */
function judge(
  { logs, reach }: Factored,
  lanes: Float64Array,
  lane: number,
  length: number,
  out: Float64Array,
): number {
  const size = logs.length;
  let squares = 0;
  for (let k = 0; k < length; k++) squares += lanes[k * LANES + lane]! ** 2;
  for (let h = 0; h < out.length; h++) {
    let sum = 0;
    for (let k = 0; k < length; k++) sum += reach[h * size + k]! * lanes[k * LANES + lane]!;
    out[h] = sum;
  }
  return -0.5 * length * Math.log(squares / length) - logs[length - 1]!;
}
