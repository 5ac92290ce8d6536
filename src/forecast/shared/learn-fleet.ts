/** What happens in the night: everything that the fleet shares is learned from all of its histories. */
import type { QuantileEngine } from '../../domain/engines.ts';
import type { FleetFit, FleetHistory, FleetRequest, SharedExpertName, SharedModel } from '../../domain/fleet.ts';
import { endMs } from '../../domain/time-series.ts';
import { planHorizons } from '../aggregate/horizon-plan.ts';
import type { LessonForm } from '../global/cut-windows.ts';
import { lstmForm } from '../global/global-lstm.ts';
import { mixerForm, mixerShape } from '../global/global-mixer.ts';
import { collectLessons, type Lessons } from '../global/lessons.ts';
import { lstmParameters, mixerParameters, readLstm, readMixer } from '../global/network.ts';
import { ITERATIONS, windowsOf } from '../global/train-fleet.ts';
import { trainGlobalLstm, trainGlobalMixer } from '../global/train-global.ts';
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
  'global-lstm': learnLstm,
  'patch-mixer': learnMixer,
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

async function learnLstm(lesson: Lesson): Promise<Learned> {
  const { workloads, settings, engine, before } = lesson;
  const lessons = lessonsOf(lesson, lstmForm, windowsOf('lstm', workloads.length));
  const initial = before && readLstm(before);
  const { weights, ...trained } = await trainGlobalLstm(lessons, engine, {
    seed: settings.seed,
    iterations: ITERATIONS,
    ...(initial && { initial }),
  });
  return { shared: lstmParameters(weights), message: wordsFor(lessons, trained) };
}

async function learnMixer(lesson: Lesson): Promise<Learned> {
  const { workloads, settings, engine, before } = lesson;
  const lessons = lessonsOf(lesson, mixerForm, windowsOf('mixer', workloads.length));
  const initial = before && readMixer(before, mixerShape);
  const { weights, ...trained } = await trainGlobalMixer(lessons, engine, {
    seed: settings.seed,
    iterations: ITERATIONS,
    ...(initial && { initial }),
  });
  return { shared: mixerParameters(weights), message: wordsFor(lessons, trained) };
}

function wordsFor({ sizes }: Lessons, trained: { readonly heldOutLoss: number; readonly iterations: number }): string {
  const { heldOutLoss, iterations } = trained;
  return `learned from ${sizes.learned} windows, loss ${heldOutLoss.toFixed(4)} out of sample after ${iterations} steps`;
}
