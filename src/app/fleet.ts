/**
 * What the fleet shares, in the daemon: taken from disk at the start, from what is shipped until there is something, and
 * learned anew behind each refit of all workloads. By then every aggregate has judged the experts of the night before on
 * load that they had not seen.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type FleetFit,
  type FleetHistory,
  type FleetModel,
  type FleetRequest,
  type SharedExpertName,
  sharedExpertNames,
} from '../domain/fleet.ts';
import type { FitRequest } from '../domain/forecast.ts';
import type { Settings } from '../domain/settings.ts';
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

interface Member extends Pick<FitRequest, 'seasonLengths' | 'horizonSteps'> {
  readonly history: FleetHistory;
}

/** One workload after the other, so that rounds go on in between: the marks of a thousand take seconds. */
async function membersOf({ settings, book }: LoopState, nowMs: number): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (const [id, entry] of book) {
    const member = memberOf(settings, id, entry, nowMs);
    if (member) members.push(member);
    await nextTurn();
  }
  return members;
}

function memberOf(settings: Settings, id: string, entry: Entry, nowMs: number): Member | undefined {
  const load = loadOf(entry);
  if (!load) return undefined;
  const series = newestPart(knownBy(load.series, nowMs));
  if (!series.values.some(Number.isFinite)) return undefined;
  const { spec, fitted, leadMs } = entry;
  const { clock, seasonLengths, horizonSteps } = fitRequest(settings.forecast, spec, series, fitted, leadMs);
  const marks = marksOf(evidenceFor(entry, series));
  return { history: { id, series, marks, ...(clock && { clock }) }, seasonLengths, horizonSteps };
}

function newestPart({ startMs, stepMs, values }: TimeSeries): TimeSeries {
  const skip = Math.max(0, values.length - Math.round(LEARNED_MS / stepMs));
  return { startMs: startMs + skip * stepMs, stepMs, values: values.slice(skip) };
}

/** Workloads of one step and the same seasons can be learned from together; the most of them are, and others follow. */
function mostAlike(members: readonly Member[]): readonly Member[] {
  const kindOf = ({ history, seasonLengths }: Member) => `${history.series.stepMs}:${seasonLengths.join()}`;
  const groups = [...Map.groupBy(members, kindOf).values()];
  return groups.reduce((best, group) => (group.length > best.length ? group : best), []);
}

/** Learns what the fleet shares from all workloads. A failure is logged and counted; what served before goes on. */
export async function learnFleet(world: World, loop: LoopState, signal: AbortSignal): Promise<void> {
  const experts = sharedOf(loop);
  if (experts.length === 0) return;
  const members = mostAlike(await membersOf(loop, world.now()));
  if (members.length === 0) return;
  try {
    const { fleet, notes } = await world.trainer.fitFleet(requestOf(loop, experts, members), signal);
    record(world, notes);
    takeUp(world, loop, fleet);
  } catch (error) {
    if (signal.aborted) return;
    for (const expert of experts) world.metrics.fleet_fits_total.inc({ expert, result: 'failed' });
    world.log.warn('the fleet was not learned; what served before goes on', { error });
    return;
  }
  await store(world, loop, members.length);
}

function requestOf(
  { settings, fleet }: LoopState,
  experts: readonly SharedExpertName[],
  members: readonly Member[],
): FleetRequest {
  return {
    experts,
    histories: members.map(({ history }) => history),
    seasonLengths: members[0]!.seasonLengths,
    horizonSteps: Math.max(...members.map(({ horizonSteps }) => horizonSteps)),
    seed: settings.forecast.seed,
    ...(fleet && { before: fleet }),
  };
}

function record({ metrics, log }: World, notes: FleetFit['notes']): void {
  for (const { expert, learned, message } of notes) {
    metrics.fleet_fits_total.inc({ expert, result: learned ? 'ok' : 'failed' });
    if (learned) log.info(`${expert} of the fleet: ${message}`, { stage: 'fit' });
    else log.warn(`${expert} of the fleet was not learned; what served before goes on: ${message}`);
  }
}

/** What was learned serves also where it cannot be stored, on a full disk: until a restart. */
async function store({ models, log }: World, { fleet, settings }: LoopState, workloads: number): Promise<void> {
  const facts = { workloads, seed: settings.forecast.seed };
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
