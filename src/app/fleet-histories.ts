/** Which histories a training of the fleet looks at, and no more of them than it can bear. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FleetHistory, FleetRequest } from '../domain/fleet.ts';
import type { FitRequest } from '../domain/forecast.ts';
import type { Settings } from '../domain/settings.ts';
import { knownBy, type TimeSeries } from '../domain/time-series.ts';
import { marksOf } from '../forecast/preparation/marks.ts';
import { seededRandom, shuffle } from '../forecast/random.ts';
import { fitRequest } from '../pipeline/fit-request.ts';
import { type Entry, evidenceFor, loadOf } from './book.ts';
import type { LoopState } from './world.ts';

const DAY_MS = 86_400_000;
/** Newest part of each history that is learned from. */
const LEARNED_MS = 14 * DAY_MS;
/**
 * Samples that a training looks at, whatever the number of workloads and the step: 200 workloads of 14 days of minutes.
 * More would cost memory and work in proportion (test/bench/fleet.ts) and teach nothing more: on generated load, boosted
 * trees from 200 workloads err 0.769 to 0.786 times as much as persistence, a quarter of an hour ahead on workloads that
 * none had seen; from 800, 0.779.
 */
const MOST_SAMPLES = 200 * 14 * 1440;

interface Gathered extends Pick<FleetRequest, 'histories' | 'seasonLengths' | 'horizonSteps'> {
  /** How many of how many, in words. */
  readonly from: string;
}

/**
 * Of the workloads that can be learned from together, all or as many as a training can bear; then each night the next ones, so
 * that all have their turn. Undefined when there is none.
 */
export async function gatherHistories({ settings, book }: LoopState, nowMs: number): Promise<Gathered | undefined> {
  const alike = mostAlike(await inTurn(book, ([id, entry]) => candidateOf(settings, id, entry, nowMs)));
  const [first] = alike;
  if (!first) return undefined;
  const chosen = chooseFrom(alike, settings.forecast.seed, Math.floor(nowMs / DAY_MS));
  return {
    histories: await inTurn(chosen, historyOf),
    seasonLengths: first.seasonLengths,
    // Of all that the fleet will serve: how far it looks must not change with who was drawn.
    horizonSteps: alike.reduce((most, { horizonSteps }) => Math.max(most, horizonSteps), 1),
    from: chosen.length < alike.length ? `${chosen.length} of ${alike.length} workloads` : `${alike.length} workloads`,
  };
}

/** A workload that could be learned from. Nothing is copied before it is chosen. */
interface Candidate extends Pick<FitRequest, 'clock' | 'seasonLengths' | 'horizonSteps'> {
  readonly id: string;
  readonly entry: Entry;
  readonly series: TimeSeries;
}

function candidateOf(settings: Settings, id: string, entry: Entry, nowMs: number): Candidate | undefined {
  const load = loadOf(entry);
  if (!load) return undefined;
  const series = newestPart(knownBy(load.series, nowMs));
  if (!series.values.some(Number.isFinite)) return undefined;
  const { spec, fitted, leadMs } = entry;
  const { clock, seasonLengths, horizonSteps } = fitRequest(settings.forecast, spec, series, fitted, leadMs);
  return { id, entry, series, seasonLengths, horizonSteps, ...(clock && { clock }) };
}

function newestPart({ startMs, stepMs, values }: TimeSeries): TimeSeries {
  const skip = Math.max(0, values.length - Math.round(LEARNED_MS / stepMs));
  return { startMs: startMs + skip * stepMs, stepMs, values: values.subarray(skip) };
}

/** Workloads of one step and the same seasons, by name: the most of them can be learned from together, others follow. */
function mostAlike(candidates: readonly Candidate[]): readonly Candidate[] {
  const kindOf = ({ series, seasonLengths }: Candidate) => `${series.stepMs}:${seasonLengths.join()}`;
  const byName = candidates.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const groups = [...Map.groupBy(byName, kindOf).values()];
  return groups.reduce((best, group) => (group.length > best.length ? group : best), []);
}

/** As many as a training can bear, in an order by the seed: those that come behind the ones of the night before. */
function chooseFrom(alike: readonly Candidate[], seed: number, night: number): readonly Candidate[] {
  const longest = alike.reduce((most, { series }) => Math.max(most, series.values.length), 0);
  const count = Math.max(1, Math.floor(MOST_SAMPLES / longest));
  if (count >= alike.length) return alike;
  const order = Int32Array.from(alike.keys());
  shuffle(order, seededRandom(seed));
  return Array.from({ length: count }, (_, i) => alike[order[(night * count + i) % alike.length]!]!);
}

/** Copied, because what is sent to a worker goes with the whole of its buffer. */
function historyOf({ id, entry, series, clock }: Candidate): FleetHistory {
  const marks = marksOf(evidenceFor(entry, series));
  return { id, series: { ...series, values: series.values.slice() }, marks, ...(clock && { clock }) };
}

/** One after the other, so that rounds go on in between: a thousand take seconds. */
async function inTurn<Of, Made>(all: Iterable<Of>, make: (one: Of) => Made | undefined): Promise<readonly Made[]> {
  const made: Made[] = [];
  for (const one of all) {
    const answer = make(one);
    if (answer !== undefined) made.push(answer);
    await nextTurn();
  }
  return made;
}
