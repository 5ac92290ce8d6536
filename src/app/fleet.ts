/**
 * What the fleet shares, in the daemon: taken from disk at the start, from what is shipped until there is something, and
 * learned anew behind each refit of all workloads. By then every aggregate has judged the experts of the night before on
 * load that they had not seen.
 */
import { type FleetFit, type FleetModel, type SharedExpertName, sharedExpertNames } from '../domain/fleet.ts';
import { checkFleet } from '../forecast/shared/experts.ts';
import { gatherHistories } from './fleet-histories.ts';
import type { LoopState, World } from './world.ts';

/** Those of the settings that a fleet learns. */
function sharedOf({ settings }: LoopState): readonly SharedExpertName[] {
  return sharedExpertNames.filter((name) => settings.forecast.experts.includes(name));
}

/** Once per session, before models are loaded: they stand on it. */
export async function loadFleet(world: World, loop: LoopState): Promise<void> {
  if (loop.fleet || sharedOf(loop).length === 0) return;
  const stored = await world.models.loadFleet(checkFleet);
  if (stored.kind === 'set-aside') {
    world.metrics.models_set_aside_total.inc();
    world.log.warn(`stored fleet set aside: ${stored.message}`, { reason: 'model-damaged' });
  }
  const shipped = await world.shippedFleet();
  // What was learned here goes over what was shipped.
  loop.fleet = stored.kind === 'loaded' ? { experts: { ...shipped.experts, ...stored.fleet.experts } } : shipped;
  noteAges(world, loop.fleet);
  // A counter that is born at 1 hides its first failure from `increase()`.
  for (const expert of sharedOf(loop))
    for (const result of ['ok', 'failed']) world.metrics.fleet_fits_total.inc({ expert, result }, 0);
}

function noteAges({ metrics }: World, { experts }: FleetModel): void {
  for (const expert of sharedExpertNames) {
    const through = experts[expert]?.trainedThroughMs;
    if (through !== undefined && Number.isFinite(through))
      metrics.fleet_trained_timestamp_seconds.set({ expert }, through / 1000);
  }
}

/** Learns what the fleet shares. A failure is logged and counted; what served before goes on. */
export async function learnFleet(world: World, loop: LoopState, signal: AbortSignal): Promise<void> {
  const experts = sharedOf(loop);
  if (experts.length === 0 || signal.aborted) return;
  const gathered = await gatherHistories(loop, world.now());
  if (!gathered) return;
  const { from, ...learnedFrom } = gathered;
  world.log.info(`the fleet is learned from ${from}`, { stage: 'fit' });
  const { settings, fleet: before } = loop;
  const request = { experts, ...learnedFrom, seed: settings.forecast.seed, ...(before && { before }) };
  try {
    const { fleet, notes } = await world.trainer.fitFleet(request, signal);
    record(world, notes);
    takeUp(world, loop, fleet);
  } catch (error) {
    if (signal.aborted) return;
    for (const expert of experts) world.metrics.fleet_fits_total.inc({ expert, result: 'failed' });
    world.log.warn('the fleet was not learned; what served before goes on', { error });
    return;
  }
  await store(world, loop, from);
}

function record({ metrics, log }: World, notes: FleetFit['notes']): void {
  for (const { expert, learned, message } of notes) {
    metrics.fleet_fits_total.inc({ expert, result: learned ? 'ok' : 'failed' });
    if (learned) log.info(`${expert} of the fleet: ${message}`, { stage: 'fit' });
    else log.warn(`${expert} of the fleet was not learned; what served before goes on: ${message}`);
  }
}

/** What was learned serves also where it cannot be stored, on a full disk: until a restart. */
async function store({ models, log }: World, { fleet, settings }: LoopState, trainedOn: string): Promise<void> {
  const facts = { trainedOn, seed: settings.forecast.seed };
  await models
    .saveFleet(fleet!, facts)
    .catch((error: unknown) => log.warn('the fleet was learned but cannot be stored', { error }));
}

/** Every forecaster is started anew on it. */
function takeUp(world: World, loop: LoopState, fleet: FleetModel): void {
  loop.fleet = fleet;
  noteAges(world, fleet);
  for (const entry of loop.book.values()) {
    if (!entry.fitted) continue;
    entry.fitted = { ...entry.fitted, fleet };
    delete entry.following;
  }
}
