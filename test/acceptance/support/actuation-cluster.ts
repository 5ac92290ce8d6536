/** A cluster whose HPA controller is real, with forescale's adapters wired to it under the account that is shipped. */
import { type ControlPlane, isWrite, type PodPlayer, playPods, startControlPlane } from '../../rig/rig.ts';
import { type ActuationWorld, shippedAccount, startWorld } from '../actuation-world.ts';

const account = 'system:serviceaccount:forescale:forescale';

interface Workload {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly object[] } };
  };
  readonly status: { readonly replicas?: number; readonly readyReplicas?: number };
}

export interface ActuationCluster {
  readonly plane: ControlPlane;
  readonly kubeconfig: string;
  readonly world: ActuationWorld;
  /** A workload of the namespace `shop`, such as `deployments/web`. */
  readonly get: (path: string) => Promise<Workload>;
  /** From the audit log. */
  readonly writesOfOurs: () => ReturnType<ControlPlane['auditLog']>;
  /** Events of ours about an object of the namespace `shop`. */
  readonly events: (name: string) => Promise<readonly { readonly reason: string; readonly note: string }[]>;
  readonly stop: () => Promise<void>;
}

/** With the namespaces `shop` and `quiet`, in which pods become ready. */
export async function startActuationCluster(): Promise<ActuationCluster> {
  const plane = await startControlPlane();
  await plane.apply(['shop', 'quiet'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
  const kubeconfig = await shippedAccount(plane, 'cluster');
  const player: PodPlayer = await playPods(plane);
  const world = await startWorld({ kubeconfig });
  return {
    plane,
    kubeconfig,
    world,
    get: (path) => plane.api.get<Workload>(`/apis/apps/v1/namespaces/shop/${path}`),
    writesOfOurs: () => plane.auditLog().filter((event) => isWrite(event) && event.user.username === account),
    events: async (name) => {
      const list = await plane.api.get<{ items: { reason: string; regarding: { name: string }; note: string }[] }>(
        '/apis/events.k8s.io/v1/namespaces/shop/events',
      );
      return list.items.filter((event) => event.regarding.name === name && /^[a-z-]+$/.test(event.reason));
    },
    stop: async () => {
      await world.close();
      await player.stop();
      await plane.stop();
    },
  };
}
