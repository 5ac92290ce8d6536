/** Series that are looked at one by one, in simulations and back-tests: each is a fleet of its own. */
import {
  defaultExperts,
  type ExpertName,
  type FleetModel,
  type FleetTrainer,
  type SharedExpertName,
  sharedExpertNames,
  sharedNetworkNames,
} from '../../domain/fleet.ts';
import type { FitRequest, Trainer } from '../../domain/forecast.ts';

/** Networks serve as they are shipped: training them behind every simulated refit would take minutes a day. */
const LEARNED: readonly SharedExpertName[] = sharedExpertNames.filter((name) => !sharedNetworkNames.includes(name));

/**
 * A trainer that learns behind each fit what the series shares with nobody, as the daemon does in the night: the fit is
 * judged on the experts of before, and its forecaster goes on with the new ones. What cannot be learned is said.
 */
export function withOwnFleet(
  trainer: Trainer & FleetTrainer,
  shipped: () => Promise<FleetModel>,
  warn: (message: string) => void,
): Trainer {
  let ready: Promise<FleetModel> | undefined;
  const firstFleet = (experts: readonly ExpertName[]): Promise<FleetModel> => {
    if (!sharedNetworkNames.some((name) => experts.includes(name))) return Promise.resolve({ experts: {} });
    ready ??= shipped();
    return ready;
  };
  return {
    async fit(request, signal) {
      const { experts = defaultExperts } = request;
      const before = request.previous?.fleet ?? (await firstFleet(experts));
      const fitted = await trainer.fit({ ...request, fleet: before }, signal);
      const wanted = LEARNED.filter((name) => experts.includes(name));
      if (wanted.length === 0 || !request.candidates.includes('aggregate')) return { ...fitted, fleet: before };
      return { ...fitted, fleet: await learnedFrom(trainer, request, wanted, before, warn, signal) };
    },
  };
}

async function learnedFrom(
  trainer: FleetTrainer,
  { id, history, marks, clock, seasonLengths, horizonSteps, seed }: FitRequest,
  experts: readonly SharedExpertName[],
  before: FleetModel,
  warn: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<FleetModel> {
  const own = { id, series: history, ...(marks && { marks }), ...(clock && { clock }) };
  const request = { experts, histories: [own], seasonLengths, horizonSteps, seed, before };
  const complain = (message: string) => warn(`${id}: ${message}; what served before goes on`);
  try {
    const { fleet, notes } = await trainer.fitFleet(request, signal);
    for (const { expert, learned, message } of notes) if (!learned) complain(`${expert} was not learned: ${message}`);
    return fleet;
  } catch (error) {
    signal?.throwIfAborted();
    complain(error instanceof Error ? error.message : String(error));
    return before;
  }
}
