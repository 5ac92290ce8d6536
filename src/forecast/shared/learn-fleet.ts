/** What happens in the night: everything that the fleet shares is learned from all of its histories. */
import type { QuantileEngine, Trained } from '../../domain/engines.ts';
import type { FleetFit, FleetHistory, FleetRequest, SharedExpertName, SharedModel } from '../../domain/fleet.ts';
import { endMs } from '../../domain/time-series.ts';
import { planHorizons } from '../aggregate/horizon-plan.ts';
import type { LessonForm } from '../global/cut-windows.ts';
import { lstmForm } from '../global/global-lstm.ts';
import { mixerForm, mixerShape } from '../global/global-mixer.ts';
import { collectLessons, type Lessons } from '../global/lessons.ts';
import { lstmParameters, mixerParameters, readLstm, readMixer } from '../global/network.ts';
import { ITERATIONS, windowsOf } from '../global/train-fleet.ts';
import { type GlobalTraining, trainGlobalLstm, trainGlobalMixer } from '../global/train-global.ts';
import { fitBoostedTreesTogether } from '../learners/boosted-trees.ts';
import type { FittedTogether } from '../learners/learned-expert.ts';
import { fitLinearSupportVectorsTogether } from '../learners/linear-support-vectors.ts';
import { fitRadialSupportVectorsTogether } from '../learners/radial-support-vectors.ts';
import { fitRandomForestTogether } from '../learners/random-forest.ts';
import type { RowSettings, Workload } from '../learners/workload-rows.ts';
import type { Parameters } from '../parameters.ts';
import { boundOutliers } from '../preparation/outliers.ts';
import { fitTransform, transformValues } from '../transform.ts';

interface Lesson {
  readonly workloads: readonly Workload[];
  readonly settings: RowSettings;
  readonly engine: QuantileEngine;
  /** What this expert stood on before. */
  readonly before?: Parameters;
}

interface Learned {
  readonly shared: Parameters;
  readonly message: string;
}

/** Rejects with the reason when there is nothing to learn from, or when it does not stay finite. */
type Learn = (lesson: Lesson) => Promise<Learned>;

const learners: { readonly [name in SharedExpertName]: Learn } = {
  'boosted-trees': together(fitBoostedTreesTogether),
  'random-forest': together(fitRandomForestTogether),
  'linear-svr': together(fitLinearSupportVectorsTogether),
  'rbf-svr': together(fitRadialSupportVectorsTogether),
  'global-lstm': network({
    form: lstmForm,
    windows: 'lstm',
    read: readLstm,
    train: trainGlobalLstm,
    write: lstmParameters,
  }),
  'patch-mixer': network({
    form: mixerForm,
    windows: 'mixer',
    read: (parameters) => readMixer(parameters, mixerShape),
    train: trainGlobalMixer,
    write: mixerParameters,
  }),
};

/** One expert that cannot be learned keeps what it stood on before, and is no reason to do without the others. */
export async function learnFleet(request: FleetRequest, engine: QuantileEngine): Promise<FleetFit> {
  const workloads = request.histories.map((history) => workloadOf(history, request.seasonLengths));
  const stepMs = request.histories[0]?.series.stepMs ?? 60_000;
  const settings = {
    stepMs,
    seasons: request.seasonLengths,
    horizons: planHorizons(stepMs, request.horizonSteps).horizons,
    seed: request.seed,
  };
  const experts: { [name in SharedExpertName]?: SharedModel } = { ...request.before?.experts };
  const trainedThroughMs = Math.max(...request.histories.map(({ series }) => endMs(series)));
  const notes: FleetFit['notes'][number][] = [];
  for (const expert of request.experts) {
    const before = request.before?.experts[expert]?.parameters;
    try {
      const { shared, message } = await learners[expert]({ workloads, settings, engine, ...(before && { before }) });
      experts[expert] = { trainedThroughMs, parameters: shared };
      notes.push({ expert, learned: true, message });
    } catch (error) {
      notes.push({ expert, learned: false, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { fleet: { experts }, notes };
}

function workloadOf({ series, marks, clock }: FleetHistory, seasons: readonly number[]): Workload {
  const { startMs, stepMs } = series;
  const values = boundOutliers(series.values, stepMs);
  const z = transformValues(fitTransform(values, seasons), values);
  return {
    series: { z, firstStep: Math.round(startMs / stepMs) },
    ...(marks && { marks }),
    ...(clock && { clock }),
  };
}

function together(learnAll: (workloads: readonly Workload[], settings: RowSettings) => FittedTogether): Learn {
  return async ({ workloads, settings }) => {
    const { shared, each } = learnAll(workloads, settings);
    const learned = each.filter(({ kind }) => kind === 'fitted').length;
    return { shared, message: `learned from ${learned} of ${workloads.length} workloads` };
  };
}

function lessonsOf({ workloads, settings }: Lesson, form: LessonForm, windowsEach: number): Lessons {
  const { stepMs, seasons, seed } = settings;
  const lessons = collectLessons(form, windowsEach, seed);
  for (const { series, marks } of workloads) lessons.add({ ...series, stepMs, seasons, ...(marks && { marks }) });
  return lessons;
}

/** How one kind of network is cut its lessons, trained, and read and written. */
interface NetworkKind<Weights> {
  readonly form: LessonForm;
  readonly windows: 'lstm' | 'mixer';
  readonly read: (parameters: Parameters) => Weights;
  readonly train: (
    lessons: Lessons,
    engine: QuantileEngine,
    training: GlobalTraining<Weights>,
  ) => Promise<Trained<Weights>>;
  readonly write: (weights: Weights) => Parameters;
}

function network<Weights>({ form, windows, read, train, write }: NetworkKind<Weights>): Learn {
  return async (lesson) => {
    const { workloads, settings, engine, before } = lesson;
    const lessons = lessonsOf(lesson, form, windowsOf(windows, workloads.length));
    const training = { seed: settings.seed, iterations: ITERATIONS, ...(before && { initial: read(before) }) };
    const { weights, ...trained } = await train(lessons, engine, training);
    return { shared: write(weights), message: wordsFor(lessons, trained) };
  };
}

function wordsFor({ sizes }: Lessons, trained: { readonly heldOutLoss: number; readonly iterations: number }): string {
  const { heldOutLoss, iterations } = trained;
  return `learned from ${sizes.learned} windows, loss ${heldOutLoss.toFixed(4)} out of sample after ${iterations} steps`;
}
