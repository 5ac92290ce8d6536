/** Finds the last decision about a workload: the daemon's own, or one made now. */
import { jsonDocument } from '../adapters/files/json-document.ts';
import { loadSettings } from '../config/load.ts';
import { describeProblems } from '../config/problems.ts';
import { workloadKey } from '../domain/workload.ts';
import { type ExplainedDecision, explained, isRemembered, rememberedPath } from './memory.ts';
import { runOnce } from './once.ts';

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

/** @throws Error on a bad configuration, or when not exactly one workload is meant */
export async function explainWorkload(
  configPath: string,
  wanted: string,
  now: () => number,
  stop: AbortSignal,
): Promise<ExplainedDecision> {
  const loaded = loadSettings(configPath);
  if (loaded.kind === 'invalid') throw new Error(describeProblems(configPath, loaded.problems));
  const known = await fromDaemon(loaded.settings.storage.dataDir);
  if (Object.keys(known).length > 0) return pickWorkload(known, wanted);
  const { round } = await runOnce({ configPath, actuate: false, log: 'warn', now }, stop);
  const made = round.outcomes.map(
    (outcome) => [workloadKey(outcome.decision.ref), explained(outcome, round.atMs)] as const,
  );
  return pickWorkload(Object.fromEntries(made), wanted);
}
