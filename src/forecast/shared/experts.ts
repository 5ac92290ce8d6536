/**
 * Experts whose parameters a fleet shares: how each is started from them, and what a series keeps of its own. They are
 * started once for all series, so that weights and trees are held once.
 */
import type { FleetModel, SharedExpertName } from '../../domain/fleet.ts';
import { asleep } from '../experts/asleep.ts';
import type { Expert, ExpertSettings, StartExpert } from '../experts/expert.ts';
import { shareLstm, startGlobalLstm } from '../global/global-lstm.ts';
import { mixerShape, shareMixer, startGlobalMixer } from '../global/global-mixer.ts';
import { readLstm, readMixer } from '../global/network.ts';
import { shareBoostedTrees } from '../learners/boosted-trees.ts';
import { movesFor } from '../learners/learned-expert.ts';
import { shareLinearSupportVectors } from '../learners/linear-support-vectors.ts';
import { shareRadialSupportVectors } from '../learners/radial-support-vectors.ts';
import { shareRandomForest } from '../learners/random-forest.ts';
import type { Parameters } from '../parameters.ts';
import type { Transformed } from '../point-forecaster.ts';

interface Kind {
  /** @throws TypeError or RangeError that says what differs, when the parameters are for something else */
  readonly share: (shared: Parameters) => StartExpert;
  /** What a series adds; undefined when there is nothing to say of it. */
  readonly own: (series: Transformed, shared: Parameters) => Parameters | undefined;
}

/** A network finds its scale online. */
const nothing = () => undefined;

const kinds: { readonly [name in SharedExpertName]: Kind } = {
  'boosted-trees': { share: shareBoostedTrees, own: movesFor },
  'random-forest': { share: shareRandomForest, own: movesFor },
  'linear-svr': { share: shareLinearSupportVectors, own: movesFor },
  'rbf-svr': { share: shareRadialSupportVectors, own: movesFor },
  'global-lstm': { share: lstmExperts, own: nothing },
  'patch-mixer': { share: mixerExperts, own: nothing },
};

function lstmExperts(shared: Parameters): StartExpert {
  const lstm = shareLstm(readLstm(shared));
  return (settings, saved) => startGlobalLstm(lstm, settings, saved);
}

function mixerExperts(shared: Parameters): StartExpert {
  const mixer = shareMixer(readMixer(shared, mixerShape));
  return (settings, saved) => startGlobalMixer(mixer, settings, saved);
}

/** By the parameters themselves: every series of the process that is given the same gets the same weights in memory. */
const started = new WeakMap<Parameters, StartExpert>();

/**
 * An expert of the fleet, which speaks of steps behind those that it was learned from. Where the fleet has none of this
 * name, its place is kept by one that sleeps.
 *
 * @param own - of the series, until something was saved
 */
export function sharedExpert(
  name: SharedExpertName,
  fleet: FleetModel | undefined,
  own: Parameters | undefined,
): StartExpert {
  const shared = fleet?.experts[name];
  if (!shared) return (_, saved) => asleep(saved);
  const { parameters, trainedThroughMs } = shared;
  const start = started.get(parameters) ?? kinds[name].share(parameters);
  started.set(parameters, start);
  return (settings, saved) =>
    speakFrom(start(settings, saved ?? own), Math.ceil(trainedThroughMs / settings.stepMs), settings);
}

function speakFrom(expert: Expert, step: number, { past }: ExpertSettings): Expert {
  return {
    ...expert,
    predict: (out) => {
      if (past.newest + 1 < step) out.fill(Number.NaN);
      else expert.predict(out);
    },
  };
}

/** What a series that has none yet saves for its expert of this name. */
export function ownPart(name: SharedExpertName, series: Transformed, fleet: FleetModel): Parameters | undefined {
  const shared = fleet.experts[name];
  return shared && kinds[name].own(series, shared.parameters);
}

/** @throws TypeError or RangeError that says what differs, when the parameters of an expert are for something else */
export function checkFleet({ experts }: FleetModel): void {
  for (const [name, shared] of Object.entries(experts)) kinds[name as SharedExpertName].share(shared.parameters);
}
