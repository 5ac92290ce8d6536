/** What the slowly fitted experts have in common: frozen between fits, one row of inputs per tracked horizon. */
import { asleep } from '../experts/asleep.ts';
import type { StartExpert } from '../experts/expert.ts';
import { arrayIn, numberIn, type Parameters, prefixed, savedArray, underPrefix } from '../parameters.ts';
import type { Transformed } from '../point-forecaster.ts';
import { type HorizonBlock, horizonBlocks } from './horizon-blocks.ts';
import { layInputs, startDescriber } from './learner-inputs.ts';
import {
  MOST_SCALES,
  type Moves,
  movesOf,
  type RowSettings,
  type Rows,
  rowsOf,
  usableSeasons,
  type Workload,
} from './workload-rows.ts';

/** Fitted together: what all workloads share, and what each has of its own, or why it was left out. */
export interface FittedTogether {
  readonly shared: Parameters;
  /** In the order of the workloads. An expert is started from `{ ...shared, ...own }`. */
  readonly each: readonly (
    | { readonly kind: 'fitted'; readonly own: Parameters }
    | { readonly kind: 'rejected'; readonly reason: string }
  )[];
}

export interface Gathered {
  readonly rows: Rows;
  readonly seasons: readonly number[];
  readonly each: FittedTogether['each'];
}

const FEWEST_SAMPLES = 100;

/**
 * @param mostRows - bounds the work, however long the histories are
 * @throws Error with the reason when there is nothing to learn from
 */
export function gather(workloads: readonly Workload[], settings: RowSettings, mostRows: number): Gathered {
  const longest = Math.max(0, ...workloads.map(({ series }) => series.z.length));
  const seasons = usableSeasons(settings.seasons, longest);
  const judged = workloads.map((workload) => judge(workload, settings));
  const taken = workloads.filter((_, i) => typeof judged[i] !== 'string');
  const moves = judged.filter((answer) => typeof answer !== 'string');
  if (taken.length === 0)
    throw new Error(judged.find((answer) => typeof answer === 'string') ?? 'no workload is given');
  const rows = rowsOf(taken, moves, { ...settings, seasons }, mostRows);
  const each = judged.map((answer) =>
    typeof answer === 'string'
      ? { kind: 'rejected' as const, reason: answer }
      : { kind: 'fitted' as const, own: ownMoves(answer, settings.horizons) },
  );
  return { rows, seasons, each };
}

function judge({ series }: Workload, { horizons }: RowSettings): Moves | string {
  const present = series.z.reduce((count, z) => count + Number(Number.isFinite(z)), 0);
  if (present < FEWEST_SAMPLES) return `${present} samples are too few to learn from, ${FEWEST_SAMPLES} are needed`;
  return movesOf(series, horizons) ?? 'the load does not move: there is nothing to learn';
}

/** What a model of one block of horizons is fitted on. */
export interface BlockRows {
  /** All rows, and those of them that were known before the newest part, and those of that part. */
  readonly all: readonly number[];
  readonly older: readonly number[];
  readonly newest: readonly number[];
}

const FEWEST_ROWS = 300;

/**
 * Fits each block that has rows enough; at horizons of the others the expert sleeps.
 *
 * @param learn - undefined when nothing that it learned holds on the newest part
 * @throws Error with the reason when no block can be fitted
 */
export function fitBlocks(
  { rows, seasons, each }: Gathered,
  { horizons, stepMs }: RowSettings,
  learn: (rows: BlockRows, block: HorizonBlock, blocks: number) => Parameters | undefined,
): FittedTogether {
  const blocks = horizonBlocks(horizons, stepMs);
  const inputs = {
    'inputs.stepMs': stepMs,
    'inputs.seasons': seasons,
    'inputs.horizons': horizons,
    'inputs.width': rows.names.length,
  };
  const everything = Array.from(rows.horizonOf.keys());
  let shared: Parameters = inputs;
  let mostRows = 0;
  for (const block of blocks) {
    const within = (row: number) => rows.horizonOf[row]! >= block.from && rows.horizonOf[row]! < block.to;
    const older = rows.older.filter(within);
    mostRows = Math.max(mostRows, older.length);
    if (older.length < FEWEST_ROWS) continue;
    const fitted = learn(
      { all: everything.filter(within), older, newest: rows.newest.filter(within) },
      block,
      blocks.length,
    );
    if (fitted) shared = { ...shared, ...prefixed(`${block.name}.`, fitted) };
  }
  if (shared !== inputs) return { shared, each };
  throw new Error(
    mostRows < FEWEST_ROWS
      ? `${mostRows} outcomes are too few to learn from, ${FEWEST_ROWS} are needed`
      : 'nothing that was learned holds on the newest part of the history',
  );
}

/** What a fit of a single workload gave. */
export function onlyOne({ shared, each }: FittedTogether): Parameters {
  const [only] = each;
  if (only?.kind !== 'fitted') throw new Error(only?.reason ?? 'no workload is given');
  return { ...shared, ...only.own };
}

/**
 * How far z moves until the fitted horizon of this index, in scales of that horizon. At another horizon of the same
 * origin, only the inputs behind the first `originWidth` are others.
 */
export type MoveModel = (inputs: Float32Array, horizon: number, isNewOrigin: boolean) => number;

/** A horizon that was not fitted is answered as the nearest one, up to this ratio between them; further off the expert sleeps. */
const NEAREST_RATIO = 1.5;

/**
 * Starts experts on one copy of what their workloads share; a series brings its own moves as what was saved. Without them
 * the expert sleeps, and so it does where the fleet was of another step or of seasons that the series has not.
 *
 * @param modelOf - of one block, from what its `learn` gave; `originWidth` as in learner-inputs.ts
 * @throws TypeError or RangeError that says what differs, when the parameters are for other inputs or incomplete
 */
export function shareLearnedExpert(
  shared: Parameters,
  modelOf: (ofBlock: Parameters, originWidth: number) => MoveModel,
): StartExpert {
  const stepMs = numberIn(shared, 'inputs.stepMs');
  const seasons = Array.from(arrayIn(shared, 'inputs.seasons'));
  const fitted = Array.from(arrayIn(shared, 'inputs.horizons'));
  const { names, originWidth } = layInputs({ stepMs, seasons });
  const width = numberIn(shared, 'inputs.width');
  if (width !== names.length) throw new RangeError(`inputs: expected ${names.length}, found ${width}`);
  const moves = modelsByHorizon(shared, fitted, stepMs, (ofBlock) => modelOf(ofBlock, originWidth));
  if (!moves.some((move) => move)) throw new RangeError('blocks of horizons: expected at least one, found none');
  return (settings, own) => {
    const { past, horizons } = settings;
    const measured = own && measuredIn(own);
    const isAlike = settings.stepMs === stepMs && seasons.every((season) => settings.seasons.includes(season));
    if (!isAlike || !measured) return asleep(own);
    const describer = startDescriber(past, measured.moves.unit, { stepMs, seasons });
    const scales = scalesAt(fitted, measured);
    const places = horizons.map((h) => nearest(fitted, h));
    return {
      observe: () => undefined,
      predict(out) {
        const base = describer.turnTo(past.newest);
        let latest: MoveModel | undefined;
        for (let k = 0; k < horizons.length; k++) {
          const place = places[k]!;
          const move = moves[place];
          if (!move) {
            out[k] = Number.NaN;
            continue;
          }
          const inputs = describer.describe(past.newest + horizons[k]!);
          out[k] = base + scales[place]! * bounded(move(inputs, place, move !== latest));
          latest = move;
        }
      },
      save: () => ownMoves(measured.moves, measured.horizons),
    };
  };
}

/** What a series keeps of its own beside what is shared: how far it moves until each of these horizons. */
function ownMoves({ scales, unit }: Moves, horizons: readonly number[]): Parameters {
  return { 'moves.horizons': horizons, 'moves.scales': scales, 'moves.unit': unit };
}

/** The own part of a series that was not among those learned from; undefined when its load does not move. */
export function movesFor(series: Transformed, shared: Parameters): Parameters | undefined {
  const horizons = Array.from(arrayIn(shared, 'inputs.horizons'));
  const moves = movesOf(series, horizons);
  return moves && ownMoves(moves, horizons);
}

/** How far a series was seen to move, and the horizons of the fleet at that time. */
interface Measured {
  readonly horizons: readonly number[];
  readonly moves: Moves;
}

/** Undefined when the series never measured its moves. */
function measuredIn(own: Parameters): Measured | undefined {
  const [horizons, scales] = [savedArray(own, 'moves.horizons'), savedArray(own, 'moves.scales')];
  if (!scales || scales.length !== horizons?.length) return undefined;
  return {
    horizons: Array.from(horizons),
    moves: { scales: Float32Array.from(scales), unit: numberIn(own, 'moves.unit') },
  };
}

/**
 * Scales at the horizons of the fleet of now, which may have been learned for another lead since the series measured its
 * moves. NaN, so that the expert sleeps, at those far from all that were measured.
 */
function scalesAt(fitted: readonly number[], { horizons, moves: { scales } }: Measured): Float32Array {
  return Float32Array.from(fitted, (horizon) => scales[nearest(horizons, horizon)] ?? Number.NaN);
}

function modelsByHorizon(
  shared: Parameters,
  fitted: readonly number[],
  stepMs: number,
  modelOf: (ofBlock: Parameters) => MoveModel,
): readonly (MoveModel | undefined)[] {
  const models = new Array<MoveModel | undefined>(fitted.length);
  for (const { name, from, to } of horizonBlocks(fitted, stepMs)) {
    const ofBlock = underPrefix(`${name}.`, shared);
    if (Object.keys(ofBlock).length > 0) models.fill(modelOf(ofBlock), from, to);
  }
  return models;
}

function bounded(scales: number): number {
  return Math.max(-MOST_SCALES, Math.min(MOST_SCALES, scales));
}

/** Index of the fitted horizon nearest by ratio; −1 when even that is too far off. */
function nearest(fitted: readonly number[], horizon: number): number {
  const ratios = fitted.map((h) => Math.max(h / horizon, horizon / h));
  const least = Math.min(...ratios);
  return least <= NEAREST_RATIO ? ratios.indexOf(least) : -1;
}
