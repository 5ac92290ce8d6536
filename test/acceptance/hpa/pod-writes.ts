/** The writes of a kubelet that plays: pods are made ready-bound, because no scheduler has a say in this cluster. */
import type { Api } from '../../rig/rig.ts';
import type { PlayedPod } from './fleet.ts';

export interface Place {
  readonly api: Api;
  readonly namespace: string;
}

const NODE = 'rig-node';

export function createPod({ api, namespace }: Place, pod: PlayedPod, containers: number): Promise<unknown> {
  const { name, cpuMilli, memoryBytes } = pod;
  const requestsOf = (index: number) => {
    const cpu = cpuMilli === undefined ? {} : { cpu: `${shareOf(cpuMilli, containers, index)}m` };
    return { ...cpu, memory: String(shareOf(memoryBytes, containers, index)) };
  };
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: namespace } },
    spec: {
      nodeName: NODE,
      containers: Array.from({ length: containers }, (_, i) => ({
        name: `c${i}`,
        image: 'shop',
        resources: { requests: requestsOf(i) },
      })),
    },
  };
  return api.request('POST', `/api/v1/namespaces/${namespace}/pods`, { body });
}

/** Unequal shares that add up exactly. */
function shareOf(total: number, containers: number, index: number): number {
  if (containers === 1) return total;
  const first = Math.floor(total / 4);
  return index === 0 ? first : total - first;
}

export function writePodStatus({ api, namespace }: Place, pod: PlayedPod): Promise<unknown> {
  const { name, phase, startedMs, ready } = pod;
  const conditions = ready && [
    {
      type: 'Ready',
      status: ready.status ? 'True' : 'False',
      lastTransitionTime: new Date(ready.changedMs).toISOString(),
    },
  ];
  const startTime = startedMs === undefined ? {} : { startTime: new Date(startedMs).toISOString() };
  const status = { phase, ...startTime, ...(conditions && { conditions }) };
  return api.mergePatch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, { status });
}

/** @param graceSeconds - 0 ends it at once; else it stays, terminating, until it is deleted again with 0 */
export function deletePod({ api, namespace }: Place, { name }: PlayedPod, graceSeconds: number): Promise<unknown> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: graceSeconds };
  return api.request('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`, { body });
}
