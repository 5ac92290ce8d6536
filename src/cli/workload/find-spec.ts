/** A workload named on the command line, and what is known of it before its metrics are read. */
import { loadSettings, parseSettings } from '../../config/load.ts';
import { describeProblems } from '../../config/problems.ts';
import type { Settings } from '../../domain/settings.ts';
import { type WorkloadRef, type WorkloadSpec, workloadKey } from '../../domain/workload.ts';

/** Where Prometheus is: said in a configuration, or by itself with defaults for everything else. */
export type Whereabouts = { readonly configPath: string } | { readonly url: string };

/** @throws Error with every problem of the configuration */
export function settingsFrom(from: Whereabouts, { namespace, kind, name }: WorkloadRef): Settings {
  const minimal = (url: string) =>
    JSON.stringify({ prometheus: { url }, workloads: [{ namespace, kind, name, replicas: { max: 1 } }] });
  const loaded = 'url' in from ? parseSettings(minimal(from.url), from.url) : loadSettings(from.configPath);
  if (loaded.kind === 'loaded') return loaded.settings;
  throw new Error(describeProblems('url' in from ? from.url : from.configPath, loaded.problems));
}

export type FoundSpec =
  | {
      readonly kind: 'found';
      readonly spec: WorkloadSpec;
      /** What of it was not looked at, in words. */
      readonly unread?: string;
    }
  /** Names what was expected. */
  | { readonly kind: 'unknown'; readonly expected: string };

/**
 * A workload that is not in the file is one that discovery would find: it has the defaults of its namespace. Its
 * annotations are in the cluster, which is not asked.
 */
export function findSpec({ workloads, discovery }: Settings, ref: WorkloadRef): FoundSpec {
  const named = workloads.find((spec) => workloadKey(spec.ref) === workloadKey(ref));
  if (named) return { kind: 'found', spec: named };
  if (!discovery) {
    return { kind: 'unknown', expected: workloads.map((spec) => workloadKey(spec.ref)).join(', ') || 'no workload' };
  }
  const spec = { ...(discovery.byNamespace[ref.namespace] ?? discovery.defaults), ref };
  const unread = `${workloadKey(ref)} is not in the file: it is taken with the defaults of its namespace, without the annotations that it may have in the cluster`;
  return { kind: 'found', spec, unread };
}

export const workloadForms = 'NAMESPACE/NAME or NAMESPACE/StatefulSet/NAME';

/** A Deployment unless it says otherwise. */
export function parseWorkloadRef(text: string): WorkloadRef | undefined {
  const parts = text.split('/');
  const [namespace, kind, name] = parts.length === 2 ? [parts[0], 'Deployment', parts[1]] : parts;
  if (parts.length > 3 || !namespace || !name || (kind !== 'Deployment' && kind !== 'StatefulSet')) return undefined;
  return { namespace, kind, name };
}

export const addressForm = 'an address such as http://prometheus:9090';

export function parseWebAddress(text: string): string | undefined {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}
