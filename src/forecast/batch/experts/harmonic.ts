/**
 * Dynamic harmonic regression (Young, Pedregal & Tych 1999; Hyndman & Athanasopoulos, FPP3 ch. 10): a trend and the
 * harmonics of the seasons by ridge, and an autoregression of what they leave.
 */
import { factorise, substitute } from '../../cholesky.ts';
import { asleep, type Fitted, type Frame, type LocalExpert, type Past } from '../expert.ts';
import { remainderLags } from '../lags.ts';
import { isPositive } from '../on-log.ts';
import { addRow, forecastLags, lagsWithin, moments, solveLags } from './autoregression.ts';

const MOST_HARMONICS = 10;
/** Penalties per row. The trend is extrapolated, so it has to be plain to be believed. */
const HARMONIC_PENALTY = 1e-4;
const TREND_PENALTY = 0.5;
const REMAINDER_PENALTY = 0.5;
const LEAST_SEASONS = 2;

export function harmonicRegression(name: string, log: boolean): LocalExpert {
  return { name, fit: (past, frame) => learn(past, frame, log) };
}

function learn(past: Past, frame: Frame, log: boolean): Fitted {
  const n = past.values.length;
  const seasons = frame.seasons.filter((season) => season * LEAST_SEASONS <= n);
  if (seasons.length === 0) return asleep(`it needs ${LEAST_SEASONS} whole seasons`);
  if (log && !isPositive(past.values)) return asleep('it needs values above 0');
  const lags = lagsWithin(remainderLags(frame), n);
  if (lags.length === 0) return asleep(`${n} points are too few`);
  const z = log ? past.values.map(Math.log) : past.values.slice();
  const { mean, deviation } = moments(z);
  if (!(deviation > 0)) return asleep('nothing varies');
  for (let t = 0; t < n; t++) z[t] = (z[t]! - mean) / deviation;
  const regular = fitCurve(z, seasons, past.filled);
  if (regular === undefined) return asleep('its equations have no solution');
  for (let t = 0; t < n; t++) z[t]! -= regular(t);
  const beta = solveLags(z, lags, REMAINDER_PENALTY, past.filled);
  if (beta === undefined) return asleep('its equations have no solution');
  const longest = lags.at(-1)!;
  const forecast = (history: Float64Array, out: Float64Array) => {
    const start = history.length - longest;
    const w = new Float64Array(longest + out.length);
    for (let t = 0; t < longest; t++) {
      const y = history[start + t]!;
      w[t] = ((log ? Math.log(y) : y) - mean) / deviation - regular(start + t);
    }
    forecastLags(w, longest, lags, beta);
    for (let h = 0; h < out.length; h++) {
      const level = (w[longest + h]! + regular(history.length + h)) * deviation + mean;
      out[h] = log ? Math.exp(level) : level;
    }
  };
  return { kind: 'fitted', forecast };
}

interface Harmonic {
  readonly season: number;
  readonly k: number;
}

/** A harmonic of a long season that is one of a shorter season too is left out, and so is the one that only alternates twice. */
function harmonicsOf(seasons: readonly number[]): Harmonic[] {
  return seasons.flatMap((season, i) => {
    const most = Math.min(MOST_HARMONICS, Math.floor((season - 1) / 2));
    return Array.from({ length: most }, (_, k) => ({ season, k: k + 1 })).filter(
      ({ k }) => !seasons.slice(0, i).some((shorter) => (k * shorter) % season === 0),
    );
  });
}

/** @returns the trend and the harmonics as a function of the step, counted from the first value */
function fitCurve(
  z: Float64Array,
  seasons: readonly number[],
  filled: Uint8Array | undefined,
): ((t: number) => number) | undefined {
  const harmonics = harmonicsOf(seasons);
  const n = z.length;
  const width = 2 + 2 * harmonics.length;
  const gram = new Float64Array(width * width);
  const beta = new Float64Array(width);
  const row = new Float64Array(width);
  const write = rowWriter(harmonics, n);
  for (let t = 0; t < n; t++) {
    if (filled?.[t] === 1) continue;
    write(t, row);
    addRow(gram, beta, row, z[t]!);
  }
  for (let i = 2; i < width; i++) gram[i * width + i]! += HARMONIC_PENALTY * n;
  gram[0]! += 1e-9;
  gram[width + 1]! += TREND_PENALTY * n;
  if (!factorise(gram, width)) return undefined;
  substitute(gram, width, beta);
  return (t) => {
    write(t, row);
    let sum = 0;
    for (let i = 0; i < width; i++) sum += beta[i]! * row[i]!;
    return sum;
  };
}

/** Columns: 1, trend from 0 to 1 over the n steps, cosine and sine of each harmonic. */
function rowWriter(harmonics: readonly Harmonic[], n: number): (t: number, row: Float64Array) => void {
  const tables = harmonics.map(({ season, k }) => ({
    season,
    cosines: Float64Array.from({ length: season }, (_, slot) =>
      Math.cos((2 * Math.PI * ((k * slot) % season)) / season),
    ),
    sines: Float64Array.from({ length: season }, (_, slot) => Math.sin((2 * Math.PI * ((k * slot) % season)) / season)),
  }));
  return (t, row) => {
    row[0] = 1;
    row[1] = t / n;
    for (let i = 0; i < tables.length; i++) {
      const { season, cosines, sines } = tables[i]!;
      row[2 + 2 * i] = cosines[t % season]!;
      row[3 + 2 * i] = sines[t % season]!;
    }
  };
}
