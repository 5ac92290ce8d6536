/**
 * Fits the aggregate that begins with the history of another workload. What it learned there stays; its own steps follow
 * one by one, as in the daemon, so that it says of each what it knew before.
 *
 *     |------- borrowed past -------|-- own history --|
 *      a fit like any other          observed
 */
import type { BorrowedFacts, BorrowedPast, FitRequest, FittedModel, FittedSeries } from '../../domain/forecast.ts';
import { endMs, knownBy, lastSample } from '../../domain/time-series.ts';
import { type RunningAggregate, readSettings, restoreAggregate } from '../aggregate/running.ts';
import { fitSeries } from '../fit.ts';
import type { Engines } from '../learning.ts';
import type { Parameters } from '../parameters.ts';
import { type BorrowedModel, beginOnBorrowed, borrowedIn, withBorrowed, withoutScores } from './borrowed-model.ts';

/** A ratio that has moved by less leaves the past at the level it has: experts follow levels themselves. */
const SAME_RATIO = Math.log(1.1);

/** `fitted` with the second aggregate in it, where the request has a past for it. */
export async function fitBorrowed(fitted: FittedSeries, request: FitRequest, engines: Engines): Promise<FittedSeries> {
  const { borrowed } = request;
  const own = fitted.models.aggregate;
  if (!borrowed || !own) return fitted;
  const before = goesOn(request, borrowed);
  const running = before
    ? restoreAggregate(before.model.parameters, request.fleet)
    : await begin(request, borrowed, engines);
  if (!running) return fitted;
  const parameters = follow(running, request);
  const model: FittedModel = { kind: 'aggregate', parameters: before ? parameters : withoutScores(parameters) };
  const record = borrowed.record ?? Float64Array.of();
  const aggregate = withBorrowed(own, { facts: before?.facts ?? factsOf(borrowed), record, model });
  return { ...fitted, models: { ...fitted.models, aggregate } };
}

function factsOf({ from, pastMs, ratio, doubt }: BorrowedPast): BorrowedFacts {
  return { from, pastMs, ratio, doubt };
}

/** That of the fit before, when it is of the same past at about the same level, and of the same steps and horizons. */
function goesOn({ previous, ...request }: FitRequest, { from, ratio }: BorrowedPast): BorrowedModel | undefined {
  const aggregate = previous?.models.aggregate;
  const before = aggregate && borrowedIn(aggregate);
  if (!before || before.facts.from !== from) return undefined;
  if (Math.abs(Math.log(before.facts.ratio / ratio)) > SAME_RATIO) return undefined;
  const { stepMs, seasons, horizonSteps, clock } = readSettings(before.model.parameters);
  const isSame =
    stepMs === request.history.stepMs &&
    seasons.join() === request.seasonLengths.filter((m) => m > 1).join() &&
    horizonSteps === request.horizonSteps &&
    clock?.zone === request.clock?.zone;
  return isSame ? before : undefined;
}

/**
 * Undefined when there is nothing to learn from. The past is learned up to its last sample: a donor that ended long ago leaves
 * steps without any, which are followed as missing, and a fit looks at the newest steps alone.
 */
async function begin(
  { previous: _, acting: __, serving: ___, borrowed: ____, ...request }: FitRequest,
  { past, marks }: BorrowedPast,
  engines: Engines,
): Promise<RunningAggregate | undefined> {
  const last = lastSample(past);
  if (!last) return undefined;
  const history = knownBy(past, last.atMs);
  const known = { history, marks: marks.slice(0, history.values.length) };
  const { models } = await fitSeries({ ...request, ...known }, engines);
  if (!models.aggregate) return undefined;
  const lastStep = Math.round(last.atMs / past.stepMs) - 1;
  const running = restoreAggregate(beginOnBorrowed(models.aggregate.parameters, lastStep), request.fleet);
  // What holds for another workload may not hold here: its weights count half, and offsets follow faster.
  running.aggregate.onChange(1);
  return running;
}

function follow(running: RunningAggregate, { history, marks }: FitRequest): Parameters {
  const first = Math.round(history.startMs / history.stepMs);
  while (running.next() < first) running.observe(Number.NaN, 'ok');
  for (let i = running.next() - first; i < history.values.length; i++) {
    running.observe(history.values[i]!, marks?.[i] ?? 'ok');
  }
  return { ...running.save(), trainedThroughMs: endMs(history) };
}
