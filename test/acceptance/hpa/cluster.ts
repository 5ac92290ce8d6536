/** All scenarios side by side under one real kube-controller-manager; what comes out is a journal of every sync. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ControlPlane,
  type KubeObject,
  type List,
  type MetricsQuery,
  startControlPlane,
  startMetricsServer,
} from '../../rig/rig.ts';
import { type Journal, journalOf } from './journal.ts';
import { autoscalerOf, deploymentOf } from './manifests.ts';
import { controller, type Scenario, syncPeriodMs } from './scenario.ts';
import { Stage } from './stage.ts';

export interface RunLength {
  /** Every scenario gets this many syncs, … */
  readonly syncs: number;
  /** … unless the machine is too slow for that. */
  readonly atMostMs: number;
}

const BEAT_MS = 150;

/** With the controllers of Deployments and ReplicaSets left out: whoever moves the pods must know when they move. */
function startPlane(scenarios: number): Promise<ControlPlane> {
  const gate = '--feature-gates=HPAScaleToZero=true';
  return startControlPlane({
    controllers: ['horizontal-pod-autoscaler-controller'],
    hpa: {
      syncPeriod: `${syncPeriodMs}ms`,
      tolerance: String(controller.tolerance),
      downscaleStabilization: `${controller.downscaleStabilisationMs}ms`,
      cpuInitializationPeriod: `${controller.cpuInitializationMs}ms`,
      initialReadinessDelay: `${controller.initialReadinessDelayMs}ms`,
    },
    apiServerFlags: [gate],
    // One worker each: an answer that is held back holds up nobody else.
    controllerManagerFlags: [gate, `--concurrent-horizontal-pod-autoscaler-syncs=${scenarios}`],
  });
}

export async function runOnCluster(scenarios: readonly Scenario[], length: RunLength): Promise<readonly Journal[]> {
  const plane = await startPlane(scenarios.length);
  try {
    const stages = new Map(scenarios.map((scenario) => [scenario.name, new Stage(plane, scenario)]));
    const answerer = (query: MetricsQuery) => stages.get(query.namespace)!.ask(query);
    const server = await startMetricsServer(plane, answerer);
    try {
      await createObjects(plane, [...stages.values()]);
      await play(plane, stages, length);
      // Before the server goes: what the controller makes of its absence is none of our syncs.
      const events = plane.auditLog();
      return [...stages.values()].map((stage) => journalOf(stage.scenario, stage.syncs, events));
    } finally {
      await server.stop();
    }
  } finally {
    await plane.stop();
  }
}

/** The HPAs last, and spread over a sync period, because each keeps the beat that it began with. */
async function createObjects(plane: ControlPlane, stages: readonly Stage[]): Promise<void> {
  const scenarios = stages.map(({ scenario }) => scenario);
  const post = (path: string, body: object) => plane.kubelet.request('POST', path, { body });
  for (const stage of stages) {
    const { name } = stage.scenario;
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await post(`/apis/apps/v1/namespaces/${name}/deployments`, deploymentOf(stage.scenario));
    await stage.prepare();
  }
  for (const scenario of scenarios) {
    const began = Date.now();
    const path = `/apis/autoscaling/v2/namespaces/${scenario.name}/horizontalpodautoscalers`;
    await post(path, autoscalerOf(scenario));
    await sleep(Math.max(0, began + syncPeriodMs / scenarios.length - Date.now()));
  }
}

interface Deployment extends KubeObject {
  readonly spec: { readonly replicas: number };
}

async function play(plane: ControlPlane, stages: ReadonlyMap<string, Stage>, length: RunLength): Promise<void> {
  const deadline = Date.now() + length.atMostMs;
  const all = [...stages.values()];
  while (Date.now() < deadline && all.some(({ syncs }) => syncs.length < length.syncs)) {
    const path = '/apis/apps/v1/deployments?labelSelector=differential%3Dyes';
    for (const { metadata, spec } of (await plane.kubelet.get<List<Deployment>>(path)).items)
      stages.get(metadata.name)?.beat(spec.replicas);
    await sleep(BEAT_MS);
  }
  await Promise.all(all.map((stage) => stage.end()));
}
