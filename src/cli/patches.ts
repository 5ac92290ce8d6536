/** `plan -o patch`: the fields that would be written, as partial objects that `kubectl patch --type merge` takes. */
import { stringify } from 'yaml';
import type { OnceResult } from '../app/once.ts';
import type { WorkloadState } from '../domain/cluster.ts';
import type { Decision } from '../domain/plan.ts';
import { workloadKey } from '../domain/workload.ts';

type Scale = Extract<Decision, { kind: 'scale' }>;

function patchOf(decision: Scale, state: WorkloadState | undefined): object {
  const { namespace, kind, name } = decision.ref;
  if (state?.hpa.kind === 'owned') {
    return {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { namespace, name: state.hpa.hpa.name },
      spec: { minReplicas: decision.to },
    };
  }
  return { apiVersion: 'apps/v1', kind, metadata: { namespace, name }, spec: { replicas: decision.to } };
}

/** One YAML document per object that would change; empty when there is nothing. */
export function patches({ round, states }: OnceResult): string {
  return round.outcomes
    .flatMap(({ decision }) =>
      decision.kind === 'scale' ? [patchOf(decision, states.get(workloadKey(decision.ref)))] : [],
    )
    .map((document) => `---\n${stringify(document)}`)
    .join('');
}
