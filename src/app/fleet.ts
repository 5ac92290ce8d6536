/**
 * What the fleet shares, in the daemon: taken from disk at the start, from what is shipped until there is something, and
 * learned anew behind each refit of all workloads. By then every aggregate has judged the experts of the night before on
 * load that they had not seen.
 */
import { type FleetHistory, type FleetModel, type SharedExpertName, sharedExpertNames } from '../domain/fleet.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { knownBy } from '../domain/time-series.ts';
import { marksOf } from '../forecast/preparation/marks.ts';
import { checkFleet } from '../forecast/shared/experts.ts';
import { fitRequest } from '../pipeline/fit-request.ts';
import { type Entry, evidenceFor, loadOf } from './book.ts';
import type { LoopState, World } from './world.ts';

/** Newest part of each history that is learned from. */
const LEARNED_MS = 14 * 86_400_000;

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
}

function noteAges({ metrics }: World, { experts }: FleetModel): void {
  for (const expert of sharedExpertNames) {
    const through = experts[expert]?.trainedThroughMs;
    if (through !== undefined && Number.isFinite(through))
      metrics.fleet_trained_timestamp_seconds.set({ expert }, through / 1000);
  }
}

/** Workloads of one step and the same seasons can be learned from together; others follow what these have learned. */
function historiesOf(loop: LoopState, nowMs: number): readonly (FleetHistory & { readonly seasons: string })[] {
  return [...loop.book].flatMap(([id, entry]) => {
    const load = loadOf(entry);
    if (!load) return [];
    const series = newestPart(knownBy(load.series, nowMs));
    if (!series.values.some(Number.isFinite)) return [];
    const { clock, seasonLengths } = requestOf(loop, entry, series);
    const marks = marksOf(evidenceFor(entry, series));
    return [{ id, series, marks, ...(clock && { clock }), seasons: seasonLengths.join() }];
  });
}

function requestOf({ settings }: LoopState, { spec, fitted, leadMs }: Entry, series: TimeSeries) {
  return fitRequest(settings.forecast, spec, series, fitted, leadMs);
}

function newestPart({ startMs, stepMs, values }: TimeSeries): TimeSeries {
  const skip = Math.max(0, values.length - Math.round(LEARNED_MS / stepMs));
  return { startMs: startMs + skip * stepMs, stepMs, values: values.slice(skip) };
}

/** The seasons that most of them have. */
function commonest(seasons: readonly string[]): string {
  const count = (one: string) => seasons.filter((other) => other === one).length;
  return seasons.reduce((best, one) => (count(one) > count(best) ? one : best));
}

/** Learns what the fleet shares from all workloads. A failure is logged and counted; what served before goes on. */
export async function learnFleet(world: World, loop: LoopState, signal: AbortSignal): Promise<void> {
  const experts = sharedOf(loop);
  const all = historiesOf(loop, world.now());
  if (experts.length === 0 || all.length === 0) return;
  const seasons = commonest(all.map((history) => history.seasons));
  const histories = all.filter((history) => history.seasons === seasons);
  const leads = [...loop.book.values()].map(({ spec, leadMs }) => leadMs ?? spec.startUpMs ?? 0);
  try {
    const { fleet, notes } = await world.trainer.fitFleet(
      {
        experts,
        histories: histories.map(({ seasons: _, ...history }) => history),
        seasonLengths: seasons.split(',').map(Number),
        horizonSteps: Math.max(1, Math.ceil((2 * Math.max(...leads)) / histories[0]!.series.stepMs)),
        seed: loop.settings.forecast.seed,
        ...(loop.fleet && { before: loop.fleet }),
      },
      signal,
    );
    for (const { expert, learned, message } of notes) {
      world.metrics.fleet_fits_total.inc({ expert, result: learned ? 'ok' : 'failed' });
      if (learned) world.log.info(`${expert} of the fleet: ${message}`, { stage: 'fit' });
      else world.log.warn(`${expert} of the fleet was not learned; what served before goes on: ${message}`);
    }
    takeUp(world, loop, fleet);
    await world.models.saveFleet(fleet, { workloads: histories.length, seed: loop.settings.forecast.seed });
  } catch (error) {
    if (signal.aborted) return;
    for (const expert of experts) world.metrics.fleet_fits_total.inc({ expert, result: 'failed' });
    world.log.warn('the fleet was not learned; what served before goes on', { error });
  }
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
