/**
 * The pause switch of namespaces named in the settings, asked for one by one.
 *
 * A Role inside a namespace may `get` that Namespace but not list or watch it (those are cluster-wide requests), so the
 * one-namespace installation polls.
 */
import { isPaused } from '../annotations.ts';
import type { KubeClient } from '../client/client.ts';
import { failureText } from '../client/failure.ts';
import { readAgain } from '../client/retry.ts';
import type { Source } from './source.ts';

export interface NamespaceRecord {
  readonly name: string;
  readonly paused: boolean;
}

export interface PollerOptions {
  readonly everyMs: number;
  readonly onWarning: (message: string) => void;
  readonly now: () => number;
}

export function pollNamespace(client: KubeClient, name: string, options: PollerOptions): Source<NamespaceRecord> {
  let record: NamespaceRecord | undefined;
  let confirmed: number | undefined;
  let problem: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const refresh = async () => {
    const answer = await readAgain(() => client.core.readNamespace({ name }));
    if (answer.kind === 'answered') {
      record = { name, paused: isPaused(answer.value.metadata?.annotations) };
      confirmed = options.now();
      problem = undefined;
      return;
    }
    const text = failureText(answer.failure);
    if (text !== problem) options.onWarning(`namespace ${name}: ${text}`);
    problem = text;
  };
  const run = async () => {
    await refresh();
    if (!closed) timer = setTimeout(run, options.everyMs);
  };

  return {
    name: `namespace ${name}`,
    start: () => void run(),
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
    records: () => (record ? [record] : []),
    confirmedMs: () => confirmed,
    problem: () => problem,
  };
}
