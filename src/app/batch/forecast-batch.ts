/** Many series forecast together, on all cores. */
import type { Forecast } from '../../domain/forecast.ts';
import { endMs, type TimeSeries } from '../../domain/time-series.ts';
import { forecastGroup, type Subject } from '../../forecast/batch/forecast-group.ts';
import type { LongRun } from '../../forecast/batch/long-run.ts';
import type { Said } from '../../forecast/batch/member.ts';
import { chooseOrigins } from '../../forecast/batch/origins.ts';
import { MOST_POINTS, type Prepared, prepare } from '../../forecast/batch/prepare.ts';
import { effortOf, type GroupData, runTask, type Task, tasksOf } from '../../forecast/batch/tasks.ts';
import type { GlobalNetworks } from '../../forecast/global/networks.ts';
import { runTasks, type TaskResult, type ThreadOptions } from './run-tasks.ts';

export interface BatchRequest {
  readonly series: readonly { readonly id: string; readonly series: TimeSeries }[];
  readonly horizonSteps: number;
  /** In steps, ascending; 1 is no season. */
  readonly seasonLengths: readonly number[];
  /** Ascending, each in (0, 1). */
  readonly levels: readonly number[];
  readonly seed: number;
  /** Networks trained beforehand, as further members; none when absent. */
  readonly prior?: GlobalNetworks;
}

export interface BatchSurroundings extends ThreadOptions {
  /** What the user should know: a series that was cut, a member that was lost. */
  readonly warn: (message: string) => void;
  readonly progress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Numbers that the members of one group may hand over: some 320 MB. Larger batches are forecast in several groups. */
const MOST_NUMBERS = 40_000_000;
/** No fewer than there are. */
const MEMBERS = 40;
const ORIGINS = 9;

/**
 * One forecast per series, in their order. Equal requests give equal bytes, whatever the number of threads.
 *
 * @throws Error when stopped; nothing is left running
 */
export async function forecastBatch(request: BatchRequest, surroundings: BatchSurroundings): Promise<Forecast[]> {
  const perSeries = MEMBERS * (ORIGINS + 1) * request.horizonSteps;
  const size = Math.max(1, Math.floor(MOST_NUMBERS / perSeries));
  const forecasts: Forecast[] = [];
  for (let from = 0; from < request.series.length; from += size) {
    const part = request.series.slice(from, from + size);
    const progress = (share: number) => surroundings.progress((from + share * part.length) / request.series.length);
    forecasts.push(...(await forecastPart({ ...request, series: part }, { ...surroundings, progress })));
  }
  return forecasts;
}

async function forecastPart(request: BatchRequest, surroundings: BatchSurroundings): Promise<Forecast[]> {
  const frame = {
    horizon: request.horizonSteps,
    seasons: request.seasonLengths.filter((season) => season > 1),
  };
  const prepared = request.series.map(({ series }) => prepare(series.values, frame.seasons));
  warnOf(request, prepared, surroundings.warn);
  const origins = prepared.map(({ past }) => chooseOrigins(past.values.length, frame));
  const { seed, prior } = request;
  const data: GroupData = { ...shared(prepared), origins, frame, seed, ...(prior && { prior }) };
  const subjects = await gather(data, prepared, surroundings);
  const levels = request.levels;
  return forecastGroup(subjects, frame, levels).map(({ mean, quantiles }, i) => {
    const { series } = request.series[i]!;
    return { startMs: endMs(series), stepMs: series.stepMs, mean, levels, quantiles, model: 'batch' };
  });
}

function warnOf({ series }: BatchRequest, prepared: readonly Prepared[], warn: (message: string) => void): void {
  const tell = (these: (one: Prepared) => boolean, what: string) => {
    const names = series.filter((_, i) => these(prepared[i]!)).map(({ id }) => id);
    if (names.length === 1) warn(`series ${names[0]} has ${what}`);
    if (names.length > 1) warn(`${names.length} series have ${what}, the first of them ${names[0]}`);
  };
  tell(({ left }) => left > 0, `more than ${MOST_POINTS} points: forecast from the newest ${MOST_POINTS}`);
  tell(({ wild }) => wild > 0, 'values far out of the range of all others: taken as missing');
}

/** One copy for all threads. */
function shared(prepared: readonly Prepared[]): Pick<GroupData, 'values' | 'filled' | 'ends'> {
  const total = prepared.reduce((sum, { past }) => sum + past.values.length, 0);
  const values = new Float64Array(new SharedArrayBuffer(8 * total));
  const filled = new Uint8Array(new SharedArrayBuffer(total));
  const ends: number[] = [];
  for (const { past } of prepared) {
    const from = ends.at(-1) ?? 0;
    values.set(past.values, from);
    if (past.filled) filled.set(past.filled, from);
    ends.push(from + past.values.length);
  }
  return { values, filled, ends };
}

interface Gathered {
  readonly said: Said[];
  longRun: LongRun;
}

/** What all members said of each series. A member that was lost is left out; a series always keeps the simple ones. */
async function gather(
  data: GroupData,
  prepared: readonly Prepared[],
  surroundings: BatchSurroundings,
): Promise<Subject[]> {
  const tasks = tasksOf(data);
  const effort = tasks.reduce((sum, task) => sum + effortOf(task, data), 0);
  let done = 0;
  const onDone = (task: Task) => {
    done += effortOf(task, data);
    surroundings.progress(done / effort);
  };
  const results = await runTasks(tasks, data, surroundings, onDone, surroundings.signal);
  const gathered = prepared.map((): Gathered => ({ said: [], longRun: { backs: [], errors: new Float64Array() } }));
  // By kind first, so that the order of the members is not that of the queue.
  for (const kind of ['local', 'pooled'] as const) {
    for (const [i, task] of tasks.entries()) {
      if (task.kind === kind) takeAnswer(task, results[i]!, data, gathered, surroundings.warn);
    }
  }
  return gathered.map((one, i) => ({ prepared: prepared[i]!, origins: data.origins[i]!, ...one }));
}

function takeAnswer(
  task: Task,
  result: TaskResult,
  data: GroupData,
  gathered: readonly Gathered[],
  warn: (message: string) => void,
): void {
  const from = task.kind === 'local' ? task.from : 0;
  if (result.kind === 'done') {
    const reason = result.answer[0]?.asleep;
    if (task.kind === 'pooled' && task.isAsked && reason) warn(`member ${task.member} has nothing to say: ${reason}`);
    for (const [i, { said, longRun }] of result.answer.entries()) {
      const one = gathered[from + i]!;
      one.said.push(...said);
      if (longRun) one.longRun = longRun;
    }
  } else if (task.kind === 'pooled') {
    warn(`member ${task.member} is left out: ${result.message}`);
  } else {
    warn(`series ${from + 1} to ${task.to} are forecast by the simplest members: ${result.message}`);
    takeAnswer(task, { kind: 'done', answer: runTask({ ...task, simple: true }, data) }, data, gathered, warn);
  }
}
