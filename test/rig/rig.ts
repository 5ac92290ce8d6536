/**
 * The rig: real servers for tests. One import gives everything a test needs.
 *
 *   const rig = findRig();
 *   (rig.kind === 'found' ? describe : describe.skip)(titleWithRig('the loop', rig), () => { … });
 *
 * `npm run rig` makes the programs available (build.ts); all that is started here ends with the test
 * process at the latest (keeper.ts).
 */

import { type ControlPlane, type ControlPlaneOptions, startControlPlane as startPlane } from './control-plane.ts';
import { type RunOptions, runProgram } from './process.ts';
import { type Binaries, findPrograms, type Rig } from './programs.ts';
import { type PrometheusOptions, type PrometheusServer, startPrometheus as startProm } from './prometheus.ts';

export type { Api, Condition, KubeObject, List, Pod } from './api.ts';
export { ApiError } from './api.ts';
export { type AuditEvent, isWrite } from './audit.ts';
export type { ControlPlane, ControlPlaneOptions, HpaTimings } from './control-plane.ts';
export { type Answerer, type MetricsQuery, type MetricsServer, startMetricsServer } from './metrics-server.ts';
export type { PodUsage, Usage } from './metrics-tables.ts';
export { type PlayOptions, type PodPlayer, playPods } from './pods.ts';
export { freePort, type TemporaryFolder, temporaryFolder, waitUntil } from './process.ts';
export type { Binaries, Rig } from './programs.ts';
export type { PrometheusConfig, PrometheusOptions, PrometheusServer, Sample } from './prometheus.ts';

let rig: Rig | undefined;

/** Looks once a process; it never builds anything. */
export function findRig(): Rig {
  rig ??= findPrograms(process.env);
  return rig;
}

/** The title of a suite that needs the rig: with the reason, when it will be skipped for the lack of it. */
export function titleWithRig(title: string, found: Rig): string {
  return found.kind === 'found' ? title : `${title} (skipped: ${found.reason})`;
}

function binaries(): Binaries {
  const found = findRig();
  if (found.kind === 'missing') throw new Error(`The rig is missing: ${found.reason}`);
  return found.bin;
}

export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  return startPlane(binaries(), options);
}

export async function startPrometheus(options: PrometheusOptions = {}): Promise<PrometheusServer> {
  return startProm(binaries(), options);
}

/** Runs promtool and returns its stdout; rejects with its stderr when it finds fault. */
export async function promtool(args: readonly string[], options: RunOptions = {}): Promise<string> {
  return runProgram(binaries().promtool, args, options);
}
