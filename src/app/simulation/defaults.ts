import { parseSettings } from '../../config/load.ts';
import { describeProblems } from '../../config/problems.ts';
import type { Settings } from '../../domain/settings.ts';
import type { WorkloadSpec } from '../../domain/workload.ts';

/** More replicas than any simulation asks for. */
const UNLIMITED = 100_000;

const minimal = (names: readonly string[]) => `
prometheus: { url: "http://simulated:9090" }
workloads:
${names.map((name) => `  - { namespace: shop, name: ${name}, replicas: { max: ${UNLIMITED} } }`).join('\n')}
`;

/** The settings that an installation has which says nothing but its workloads: every other value is the documented default. */
export function defaultSettings(workloads: readonly string[]): Settings {
  const loaded = parseSettings(minimal(workloads), 'defaults');
  if (loaded.kind === 'invalid') throw new Error(describeProblems('defaults', loaded.problems));
  return loaded.settings;
}

/** Settings of the workload of that name. */
export function specNamed(settings: Settings, name: string): WorkloadSpec {
  const spec = settings.workloads.find(({ ref }) => ref.name === name);
  if (spec === undefined) throw new Error(`no workload is named ${name}`);
  return spec;
}
