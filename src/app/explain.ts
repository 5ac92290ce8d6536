/** Finds the last decision about a workload: the daemon's own, or one made now. */
import { jsonDocument } from '../adapters/files/json-document.ts';
import { readJournal } from '../adapters/journal/file-journal.ts';
import { loadSettings } from '../config/load.ts';
import { describeProblems } from '../config/problems.ts';
import type { JournalEntry } from '../domain/actuation.ts';
import { workloadKey } from '../domain/workload.ts';
import { type ExplainedDecision, explained, isRemembered, journalPath, rememberedPath } from './memory.ts';
import { runOnce } from './once.ts';

/** How many decisions before the last one are shown. */
const RECENT = 5;

export interface ExplainedWorkload extends ExplainedDecision {
  /** From the journal: decisions that changed or tried to change something, newest last. */
  readonly recent: readonly JournalEntry[];
}

type Known = { readonly [key: string]: ExplainedDecision };

/** @throws Error that says which workloads there are when none, or more than one, is meant. */
export function pickWorkload(known: Known, wanted: string): ExplainedDecision {
  const keys = Object.keys(known);
  const meant = keys.filter(
    (key) => key === wanted || key.split('/').at(-1) === wanted || key.replace(/\/[^/]+\//, '/') === wanted,
  );
  if (meant.length === 1) return known[meant[0]!]!;
  const found = meant.length === 0 ? 'no workload' : `${meant.length} workloads (${meant.join(', ')})`;
  throw new Error(
    `explain ${wanted}: expected exactly one workload, found ${found}. There are: ${keys.join(', ') || 'none'}.`,
  );
}

async function fromDaemon(dataDir: string): Promise<Known> {
  const document = jsonDocument(rememberedPath(dataDir), isRemembered, () => undefined);
  return (await document.load())?.explained ?? {};
}

async function madeNow(configPath: string, now: () => number, stop: AbortSignal): Promise<Known> {
  const { round } = await runOnce({ configPath, actuate: false, log: 'warn', now }, stop);
  const made = round.outcomes.map(
    (outcome) => [workloadKey(outcome.decision.ref), explained(outcome, round.atMs)] as const,
  );
  return Object.fromEntries(made);
}

/** @throws Error on a bad configuration, or when not exactly one workload is meant */
export async function explainWorkload(
  configPath: string,
  wanted: string,
  now: () => number,
  stop: AbortSignal,
): Promise<ExplainedWorkload> {
  const loaded = loadSettings(configPath);
  if (loaded.kind === 'invalid') throw new Error(describeProblems(configPath, loaded.problems));
  const { dataDir } = loaded.settings.storage;
  const written = await fromDaemon(dataDir);
  const known = Object.keys(written).length > 0 ? written : await madeNow(configPath, now, stop);
  const last = pickWorkload(known, wanted);
  return { ...last, recent: await readJournal(journalPath(dataDir), workloadKey(last.decision.ref), RECENT) };
}
