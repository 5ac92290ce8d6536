/** What the slowly fitted experts have in common: frozen between fits, one row of inputs per tracked horizon. */
import type { Expert, ExpertSettings } from '../experts/expert.ts';
import { arrayIn, numberIn, type Parameters, singlesIn } from '../parameters.ts';
import { startDescriber } from './learner-inputs.ts';
import {
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

const FEWEST_ROWS = 400;
/** The longest tracked horizon does not count: the first days of a workload are shorter than it. */
const FEWEST_STEPS = 100;

/**
 * @param mostRows - bounds the work, however long the histories are
 * @throws Error with the reason when there is too little to learn from
 */
export function gather(workloads: readonly Workload[], settings: RowSettings, mostRows: number): Gathered {
  const longest = Math.max(0, ...workloads.map(({ series }) => series.z.length));
  const seasons = usableSeasons(settings.seasons, longest);
  const judged = workloads.map((workload) => judge(workload, settings));
  const taken = workloads.filter((_, i) => typeof judged[i] !== 'string');
  const moves = judged.flatMap((answer) => (typeof answer === 'string' ? [] : [answer]));
  if (taken.length === 0) throw new Error(reasonOf(judged));
  const rows = rowsOf(taken, moves, { ...settings, seasons }, mostRows);
  if (rows.older.length < FEWEST_ROWS) {
    throw new Error(`${rows.older.length} outcomes are known to learn from, ${FEWEST_ROWS} are needed`);
  }
  const each = judged.map((answer) =>
    typeof answer === 'string'
      ? { kind: 'rejected' as const, reason: answer }
      : { kind: 'fitted' as const, own: { 'moves.scales': answer.scales, 'moves.unit': answer.unit } },
  );
  return { rows, seasons, each };
}

function judge({ series }: Workload, { horizons }: RowSettings): Moves | string {
  const present = series.z.reduce((count, z) => count + Number(Number.isFinite(z)), 0);
  if (present < FEWEST_STEPS) return `${present} samples are too few, ${FEWEST_STEPS} are needed`;
  return movesOf(series, horizons) ?? 'the load does not move: nothing is left to learn';
}

function reasonOf(judged: readonly (Moves | string)[]): string {
  const reasons = judged.filter((answer) => typeof answer === 'string');
  return reasons[0] ?? 'no workload to learn from';
}

/** What the inputs were made of; an expert makes them alike. */
export function inputParameters({ rows, seasons }: Gathered, { horizons }: RowSettings): Parameters {
  return { 'inputs.seasons': seasons, 'inputs.horizons': horizons, 'inputs.width': rows.names.length };
}

/** Merges what a fit of a single workload gave. */
export function onlyOne({ shared, each }: FittedTogether): Parameters {
  const [only] = each;
  if (only?.kind !== 'fitted') throw new Error(only?.reason ?? 'no workload to learn from');
  return { ...shared, ...only.own };
}

/** How far z moves until a horizon, in scales; `horizon` is the index of a tracked one. */
export interface MoveModel {
  /** Called before the horizons of one origin are asked for; the first `originWidth` inputs stay. */
  turnTo?(inputs: Float32Array, originWidth: number): void;
  move(inputs: Float32Array, horizon: number): number;
}

/** @throws RangeError when the model was fitted for other horizons or inputs: a bug of the caller */
export function startLearnedExpert(parameters: Parameters, settings: ExpertSettings, model: MoveModel): Expert {
  const { past, horizons, stepMs } = settings;
  const scales = singlesIn(parameters, 'moves.scales');
  const seasons = Array.from(arrayIn(parameters, 'inputs.seasons'));
  const describer = startDescriber(past, numberIn(parameters, 'moves.unit'), { stepMs, seasons });
  const fitted = Array.from(arrayIn(parameters, 'inputs.horizons'));
  if (`${fitted}` !== `${horizons}` || numberIn(parameters, 'inputs.width') !== describer.names.length) {
    throw new RangeError(`fitted for horizons ${fitted} and other inputs than ${horizons} of this step`);
  }
  return {
    observe: () => undefined,
    predict(out) {
      const base = describer.turnTo(past.newest);
      for (let k = 0; k < horizons.length; k++) {
        const inputs = describer.describe(past.newest + horizons[k]!);
        if (k === 0) model.turnTo?.(inputs, describer.originWidth);
        out[k] = base + scales[k]! * model.move(inputs, k);
      }
    },
    save: () => ({}),
  };
}
