/** Which workloads are managed: those of the file, and those that discovery finds. */
import { mergeAnnotations } from '../config/annotations.ts';
import { donorOf } from '../config/donors.ts';
import type { DiscoverySettings, Settings } from '../domain/settings.ts';
import { type WorkloadSpec, workloadKey } from '../domain/workload.ts';
import type { LiveWorld } from './compose.ts';

type Found = Awaited<ReturnType<LiveWorld['discover']>>[number];

function specOf(
  world: LiveWorld,
  discovery: DiscoverySettings,
  pools: readonly string[],
  found: Found,
): WorkloadSpec | undefined {
  const defaults = discovery.byNamespace[found.ref.namespace] ?? discovery.defaults;
  const merged = mergeAnnotations(defaults, found.annotations, { templates: discovery.templates, pools });
  const { ref } = found;
  const workload = workloadKey(ref);
  if (merged.kind === 'merged') {
    if (merged.like === undefined) return { ...merged.fields, ref };
    const like = donorOf(merged.like, ref);
    if (workloadKey(like) !== workload) return { ...merged.fields, ref, like };
    world.log.warn('workload is left alone: annotation forescale.dev/like: expected another workload, got itself', {
      workload,
    });
    return undefined;
  }
  for (const { path, expected, found: was, meant } of merged.problems) {
    world.log.warn(
      `workload is left alone: annotation ${path}: expected ${expected}, got ${was}${meant ? ` (did you mean ${meant}?)` : ''}`,
      {
        workload,
      },
    );
  }
  return undefined;
}

/** Specs of all managed workloads; the file wins where both name one. A workload with a bad annotation is left alone. */
export async function settleWorkloads(world: LiveWorld, settings: Settings): Promise<readonly WorkloadSpec[]> {
  const { discovery } = settings;
  if (!discovery) return settings.workloads;
  const named = new Set(settings.workloads.map((spec) => workloadKey(spec.ref)));
  const found = (await world.discover(discovery)).filter(({ ref }) => !named.has(workloadKey(ref)));
  const pools = settings.budgets.map(({ pool }) => pool);
  const specs = found.map((one) => specOf(world, discovery, pools, one));
  return [...settings.workloads, ...specs.filter((spec) => spec !== undefined)];
}
