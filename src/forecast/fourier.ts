/** The regular part of a load: constant and harmonics of its seasons (Young, Pedregal & Tych 1999; Hyndman & Athanasopoulos, FPP3 ch. 10). */
import { arrayIn, type Parameters } from './parameters.ts';
import { slotOf, type Transformed } from './point-forecaster.ts';
import { ridge } from './ridge.ts';

const SHORT_SEASON_HARMONICS = 16;
const LONG_SEASON_HARMONICS = 10;
/** Only there to keep nearly equal columns apart. */
const PENALTY = 1e-4;

interface Harmonic {
  readonly season: number;
  readonly k: number;
}

/** No trend column: it would be extrapolated for as long as the model lives, and the errors follow the level anyway. */
export function fitFourier(series: Transformed, seasons: readonly number[]): Parameters {
  const harmonics = harmonicsOf(seasons.filter((m) => m * 2 <= series.z.length));
  const width = 1 + 2 * harmonics.length;
  const penalty = new Float64Array(width).fill(PENALTY);
  penalty[0] = 0;
  const coefficients = ridge(
    width,
    (t, row) => {
      row[0] = 1;
      for (let i = 0; i < harmonics.length; i++) {
        const { season, k } = harmonics[i]!;
        const angle = (2 * Math.PI * ((k * slotOf(series.firstStep + t, season)) % season)) / season;
        row[1 + 2 * i] = Math.cos(angle);
        row[2 + 2 * i] = Math.sin(angle);
      }
    },
    series.z,
    penalty,
  );
  return {
    'fourier.seasons': harmonics.map((h) => h.season),
    'fourier.multiples': harmonics.map((h) => h.k),
    'fourier.coefficients': coefficients,
  };
}

/** A harmonic of a long season that coincides with one of a shorter season is left out: `k/W = j/D`. */
function harmonicsOf(seasons: readonly number[]): Harmonic[] {
  return seasons.flatMap((season, i) => {
    const shorter = seasons.slice(0, i);
    const most = Math.min(i === 0 ? SHORT_SEASON_HARMONICS : LONG_SEASON_HARMONICS, Math.floor((season - 1) / 2));
    return Array.from({ length: most }, (_, k) => ({ season, k: k + 1 })).filter(
      ({ k }) => !shorter.some((m) => (k * m) % season === 0),
    );
  });
}

/**
 * The fitted curve as a function of the absolute step. Without tables: one of a week of minutes is 80 KB for each series.
 * From one harmonic to the next by rotation, so that a season costs one sine and one cosine.
 */
export function fourierCurve(parameters: Parameters): (step: number) => number {
  const seasons = arrayIn(parameters, 'fourier.seasons');
  // Ascending in each season.
  const multiples = arrayIn(parameters, 'fourier.multiples');
  const coefficients = arrayIn(parameters, 'fourier.coefficients');
  return (step) => {
    let sum = coefficients[0]!;
    let [season, k, turnX, turnY, x, y] = [0, 0, 1, 0, 1, 0];
    for (let i = 0; i < seasons.length; i++) {
      if (seasons[i] !== season) {
        season = seasons[i]!;
        const angle = (2 * Math.PI * slotOf(step, season)) / season;
        [turnX, turnY] = [Math.cos(angle), Math.sin(angle)];
        [k, x, y] = [0, 1, 0];
      }
      for (; k < multiples[i]!; k++) [x, y] = [x * turnX - y * turnY, y * turnX + x * turnY];
      sum += coefficients[1 + 2 * i]! * x + coefficients[2 + 2 * i]! * y;
    }
    return sum;
  };
}
