/** A process that carries out one decision and is killed in the middle of it: KUBECONFIG NAME REPLICAS CPU_MILLICORES */
import { ref, startWorld } from '../acceptance/actuation-world.ts';

const [kubeconfig = '', name = '', replicas, millicores] = process.argv.slice(2);
const world = await startWorld({ kubeconfig, timeoutMs: 60_000 });
const to = Number(replicas) || undefined;
const target = ref(name);
await world.seen(target, (state) => state.hpa.kind === 'owned' && !state.rolloutInProgress);
const requests = requestsOf(Number(millicores));
await world.decide(target, to, { spec: { requestsMode: 'apply' }, ...(requests && { requests }) });
process.stdout.write('done\n');

function requestsOf(cpuMillicores: number) {
  if (!cpuMillicores) return undefined;
  const memoryBytes = 64 * 2 ** 20;
  return {
    mode: 'apply',
    containers: [{ name: 'main', from: { cpuMillicores: 500, memoryBytes }, to: { cpuMillicores, memoryBytes } }],
    cpuUtilisationTarget: { from: 0.8, to: (0.8 * 500) / cpuMillicores },
    reason: { code: 'requests-applied', message: 'measured use' },
  } as const;
}
