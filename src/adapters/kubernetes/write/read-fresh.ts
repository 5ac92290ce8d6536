/** Single objects straight from the server, for the few moments in which the local copy is not enough. */
import type { V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import type { WorkloadRef } from '../../../domain/workload.ts';
import type { KubeClient } from '../client/client.ts';
import { type Answer, readAgain } from '../client/retry.ts';
import { type HpaView, hpaView } from '../state/hpa-view.ts';

export async function readHpa({ autoscaling }: KubeClient, namespace: string, name: string): Promise<Answer<HpaView>> {
  const answer = await readAgain(() => autoscaling.readNamespacedHorizontalPodAutoscaler({ namespace, name }));
  return answer.kind === 'answered' ? { kind: 'answered', value: hpaView(answer.value) } : answer;
}

export function readWorkload({ apps }: KubeClient, ref: WorkloadRef): Promise<Answer<V1Deployment | V1StatefulSet>> {
  const { namespace, name } = ref;
  return readAgain<V1Deployment | V1StatefulSet>(() =>
    ref.kind === 'Deployment'
      ? apps.readNamespacedDeployment({ namespace, name })
      : apps.readNamespacedStatefulSet({ namespace, name }),
  );
}

/** The HPAs of a namespace that target this workload. */
export async function readHpasOf({ autoscaling }: KubeClient, ref: WorkloadRef): Promise<Answer<readonly HpaView[]>> {
  const { namespace } = ref;
  const answer = await readAgain(() => autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace }));
  if (answer.kind === 'failed') return answer;
  const views = answer.value.items.filter(({ metadata }) => !metadata?.deletionTimestamp).map(hpaView);
  return {
    kind: 'answered',
    value: views.filter(({ target }) => target?.kind === ref.kind && target.name === ref.name),
  };
}
