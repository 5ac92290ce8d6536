/** What kube-state-metrics and the kubelet would have said of a Deployment's pods, as lines of OpenMetrics. */

const MINUTE = 60_000;

export interface PodLife {
  readonly name: string;
  readonly createdMs: number;
  /** Last sight. */
  readonly endMs: number;
  readonly startUpMs: number;
}

export interface PodHistory {
  readonly namespace: string;
  readonly deployment: string;
  readonly pods: readonly PodLife[];
  readonly cpuRequestCores: number;
  /** Whether who owns a pod is known too. */
  readonly owners: boolean;
  /** Cores that all pods use together, shared evenly. */
  readonly cpuCores: (atMs: number) => number;
}

/** Families as text, without the end mark. */
export function podMetrics(history: PodHistory): string {
  const { namespace, deployment, pods, cpuRequestCores, owners } = history;
  const replicaSet = `${deployment}-7d4b9c6f5`;
  const each = (name: string, labels: string, value: (pod: PodLife, atMs: number) => number | undefined) =>
    pods.flatMap((pod) => {
      const lines: string[] = [];
      for (let atMs = pod.createdMs; atMs <= pod.endMs; atMs += MINUTE) {
        const sample = value(pod, atMs);
        if (sample === undefined) continue;
        lines.push(`${name}{namespace="${namespace}",pod="${pod.name}"${labels}} ${sample} ${atMs / 1000}`);
      }
      return lines;
    });
  const families: [type: string, name: string, lines: string[]][] = [
    ['gauge', 'kube_pod_created', each('kube_pod_created', '', (pod) => pod.createdMs / 1000)],
    ['gauge', 'kube_pod_status_ready_time', each('kube_pod_status_ready_time', '', readyTime)],
    [
      'gauge',
      'kube_pod_container_resource_requests',
      each(
        'kube_pod_container_resource_requests',
        ',container="app",resource="cpu",unit="core"',
        () => cpuRequestCores,
      ),
    ],
    ['counter', 'container_cpu_usage_seconds', cpuLines(history)],
  ];
  if (owners) {
    const owned = `,owner_kind="ReplicaSet",owner_name="${replicaSet}",owner_is_controller="true"`;
    families.push(['gauge', 'kube_pod_owner', each('kube_pod_owner', owned, () => 1)]);
    families.push(['gauge', 'kube_replicaset_owner', replicaSetLines(history, replicaSet)]);
  }
  return families.map(([type, name, lines]) => `# TYPE ${name} ${type}\n${lines.join('\n')}\n`).join('');
}

function readyTime({ createdMs, startUpMs }: PodLife, atMs: number): number | undefined {
  return atMs >= createdMs + startUpMs ? (createdMs + startUpMs) / 1000 : undefined;
}

function cpuLines({ namespace, pods, cpuCores }: PodHistory): string[] {
  const alive = (atMs: number) => pods.filter((pod) => pod.createdMs <= atMs && atMs <= pod.endMs).length;
  return pods.flatMap((pod) => {
    let seconds = 0;
    const lines: string[] = [];
    for (let atMs = pod.createdMs; atMs <= pod.endMs; atMs += MINUTE) {
      lines.push(
        `container_cpu_usage_seconds_total{namespace="${namespace}",pod="${pod.name}",container="app"} ${seconds.toFixed(4)} ${atMs / 1000}`,
      );
      seconds += (cpuCores(atMs + MINUTE / 2) * 60) / alive(atMs);
    }
    return lines;
  });
}

function replicaSetLines({ namespace, deployment, pods }: PodHistory, replicaSet: string): string[] {
  const labels = `namespace="${namespace}",replicaset="${replicaSet}",owner_kind="Deployment",owner_name="${deployment}"`;
  const first = Math.min(...pods.map(({ createdMs }) => createdMs));
  const last = Math.max(...pods.map(({ endMs }) => endMs));
  const lines: string[] = [];
  for (let atMs = first; atMs <= last; atMs += MINUTE) lines.push(`kube_replicaset_owner{${labels}} 1 ${atMs / 1000}`);
  return lines;
}
