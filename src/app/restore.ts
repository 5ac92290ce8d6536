/** Puts floors back outside the daemon: for `forescale restore`. Needs the cluster only. */
import { hostname } from 'node:os';
import { createClient } from '../adapters/kubernetes/client/client.ts';
import { createRateLimit } from '../adapters/kubernetes/client/rate-limit.ts';
import { createEventWriter } from '../adapters/kubernetes/write/events.ts';
import { createGate } from '../adapters/kubernetes/write/gate.ts';
import { type Restored, restore } from '../adapters/kubernetes/write/restore.ts';
import { loadSettings } from '../config/load.ts';
import { describeProblems } from '../config/problems.ts';

export interface RestoreOptions {
  readonly configPath: string;
  readonly expiredOnly: boolean;
  readonly dryRun: boolean;
  readonly now: () => number;
}

/** @throws Error on a bad configuration, or when the HPAs cannot be listed */
export async function restoreFloors(options: RestoreOptions): Promise<readonly Restored[]> {
  const loaded = loadSettings(options.configPath);
  if (loaded.kind === 'invalid') throw new Error(describeProblems(options.configPath, loaded.problems));
  const { kubernetes } = loaded.settings;
  const client = createClient(kubernetes);
  // Whoever asks for the original state gets it, also where the daemon only runs dry.
  const mode = options.dryRun ? 'dry-run' : 'act';
  const gate = createGate(client, { mode: () => mode, rateLimit: createRateLimit(kubernetes.writesPerSecond) });
  const events = createEventWriter(gate, { instance: hostname() });
  try {
    return await restore(client, { expiredOnly: options.expiredOnly, nowMs: options.now(), gate, events });
  } finally {
    await client.close();
  }
}
