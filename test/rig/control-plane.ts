/**
 * A real control plane on loopback: etcd, kube-apiserver with RBAC and an audit log, and the
 * controllers that autoscaling consists of. There is no kubelet and no scheduler; pods.ts plays them.
 *
 * The controllers run with their own ServiceAccounts, as in a cluster, so that the audit log tells the
 * HPA controller from the Deployment controller and from us.
 */

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Api, connectApi } from './api.ts';
import { AUDIT_POLICY, type AuditEvent, readAuditLog } from './audit.ts';
import {
  acceptsConnections,
  freePort,
  type RunOptions,
  runProgram,
  type Server,
  startServer,
  temporaryFolder,
  waitUntil,
} from './process.ts';
import type { Binaries } from './programs.ts';

export interface HpaTimings {
  readonly syncPeriod?: string;
  readonly downscaleStabilization?: string;
  readonly initialReadinessDelay?: string;
  readonly cpuInitializationPeriod?: string;
  readonly tolerance?: string;
}

export interface ControlPlaneOptions {
  readonly hpa?: HpaTimings;
  readonly controllers?: readonly string[];
  /** added last, so they win over the rig's own */
  readonly apiServerFlags?: readonly string[];
  readonly controllerManagerFlags?: readonly string[];
}

export interface ControlPlane {
  readonly url: string;
  readonly caFile: string;
  /** certificate and key of the API server, for other HTTPS servers of a test */
  readonly servingCertificate: { readonly certFile: string; readonly keyFile: string };
  readonly adminToken: string;
  /** of the admin */
  readonly kubeconfig: string;
  /** as the admin, who appears in the audit log as `rig:admin` */
  readonly api: Api;
  /** as the one who plays nodes, in the audit log `rig:kubelet` */
  readonly kubelet: Api;
  readonly auditLog: () => readonly AuditEvent[];
  readonly kubectl: (args: readonly string[], options?: RunOptions) => Promise<string>;
  /** creates or updates objects (plain data; arrays of them too) through `kubectl apply` */
  readonly apply: (objects: unknown) => Promise<void>;
  /** a token of the ServiceAccount's own, from the TokenRequest API: it has that account's RBAC and no more */
  readonly serviceAccountToken: (namespace: string, name: string) => Promise<string>;
  /** writes a kubeconfig for any token and returns its path */
  readonly kubeconfigFor: (token: string) => string;
  /** SIGSTOP: connections are accepted and never answered */
  readonly pauseApiServer: () => void;
  readonly resumeApiServer: () => void;
  readonly stopApiServer: () => Promise<void>;
  /** at the same address and with all that was stored */
  readonly startApiServer: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const DEFAULT_HPA: Required<HpaTimings> = {
  syncPeriod: '2s',
  downscaleStabilization: '10s',
  // A cluster takes 30 s and 5 min here, in which the CPU of a fresh pod counts for nothing.
  initialReadinessDelay: '1s',
  cpuInitializationPeriod: '1s',
  tolerance: '0.1',
};

const DEFAULT_CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'horizontal-pod-autoscaler-controller',
  'clusterrole-aggregation-controller', // `view` and `edit` are empty without it
  'namespace-controller', // these two make a deletion take along what belongs to it
  'garbage-collector-controller',
];

const ADMIN_TOKEN = 'rig-admin';
const KUBELET_TOKEN = 'rig-kubelet';
const CONTROLLER_TOKEN = 'rig-controllers';

const TOKENS = [
  `${ADMIN_TOKEN},rig:admin,rig-admin,system:masters`,
  `${KUBELET_TOKEN},rig:kubelet,rig-kubelet,system:masters`,
  `${CONTROLLER_TOKEN},system:kube-controller-manager,rig-controllers`,
];

/** Where everything of one control plane lies, so that the parts agree. */
interface Site {
  readonly folder: string;
  readonly bin: Binaries;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly apiPort: number;
  readonly url: string;
  readonly options: ControlPlaneOptions;
  readonly at: (file: string) => string;
}

export async function startControlPlane(bin: Binaries, options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const folder = temporaryFolder();
  const site = await prepareSite(folder.path, bin, options);
  const running: Server[] = [];
  const stop = async () => {
    await Promise.all(running.map((server) => server.stop()));
    folder.remove();
  };
  try {
    running.push(startEtcd(site));
    const ca = () => readFileSync(site.at('certs/apiserver.crt'), 'utf8');
    const api = connectApi({ url: site.url, ca, token: ADMIN_TOKEN });
    running.push(await startApiServer(site, api));
    const kubeconfig = writeKubeconfig(site, ADMIN_TOKEN);
    running.push(startControllerManager(site));
    return controlPlane(site, api, kubeconfig, running, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepareSite(folder: string, bin: Binaries, options: ControlPlaneOptions): Promise<Site> {
  const at = (file: string) => join(folder, file);
  const [etcdPort, etcdPeerPort, apiPort] = [await freePort(), await freePort(), await freePort()];
  mkdirSync(at('certs'));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(at('accounts.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(at('accounts.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(at('tokens.csv'), `${TOKENS.join('\n')}\n`, { mode: 0o600 });
  writeFileSync(at('audit-policy.json'), JSON.stringify(AUDIT_POLICY));
  writeFileSync(at('audit.log'), '');
  return { folder, bin, etcdPort, etcdPeerPort, apiPort, url: `https://127.0.0.1:${apiPort}`, options, at };
}

function startEtcd({ bin, at, etcdPort, etcdPeerPort }: Site): Server {
  const client = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${etcdPeerPort}`;
  return startServer({
    name: 'etcd',
    program: bin.etcd,
    logFile: at('etcd.log'),
    args: [
      `--data-dir=${at('etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync', // nothing here has to survive a power cut
      '--heartbeat-interval=20', // with nobody to wait for, its election takes 0.2 s instead of 1 s
      '--election-timeout=200',
      '--log-level=warn',
    ],
  });
}

async function startApiServer(site: Site, api: Api): Promise<Server> {
  const { bin, at, apiPort, etcdPort, options } = site;
  const server = startServer({
    name: 'kube-apiserver',
    program: bin['kube-apiserver'],
    logFile: at('kube-apiserver.log'),
    args: [
      `--etcd-servers=http://127.0.0.1:${etcdPort}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none', // it refuses to announce a loopback address
      `--secure-port=${apiPort}`,
      `--cert-dir=${at('certs')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${at('accounts.pub')}`,
      `--service-account-signing-key-file=${at('accounts.key')}`,
      `--token-auth-file=${at('tokens.csv')}`,
      '--authorization-mode=RBAC',
      // It would keep every pod from being created, since nothing makes the namespaces' default accounts.
      '--disable-admission-plugins=ServiceAccount',
      `--audit-policy-file=${at('audit-policy.json')}`,
      `--audit-log-path=${at('audit.log')}`,
      '--audit-log-mode=blocking-strict', // an entry is written before its request is answered
      '--shutdown-send-retry-after=false',
      ...(options.apiServerFlags ?? []),
    ],
  });
  await waitUntil('kube-apiserver is ready', () => api.get('/readyz'), { server });
  return server;
}

function startControllerManager(site: Site): Server {
  const { bin, at, options } = site;
  const hpa = { ...DEFAULT_HPA, ...options.hpa };
  return startServer({
    name: 'kube-controller-manager',
    program: bin['kube-controller-manager'],
    logFile: at('kube-controller-manager.log'),
    args: [
      `--kubeconfig=${writeKubeconfig(site, CONTROLLER_TOKEN)}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      '--secure-port=0',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
      `--controllers=${(options.controllers ?? DEFAULT_CONTROLLERS).join(',')}`,
      `--horizontal-pod-autoscaler-sync-period=${hpa.syncPeriod}`,
      `--horizontal-pod-autoscaler-downscale-stabilization=${hpa.downscaleStabilization}`,
      `--horizontal-pod-autoscaler-initial-readiness-delay=${hpa.initialReadinessDelay}`,
      `--horizontal-pod-autoscaler-cpu-initialization-period=${hpa.cpuInitializationPeriod}`,
      `--horizontal-pod-autoscaler-tolerance=${hpa.tolerance}`,
      ...(options.controllerManagerFlags ?? []),
    ],
  });
}

function writeKubeconfig(site: Site, token: string): string {
  const path = site.at(`kubeconfig-${randomUUID()}.json`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'rig', cluster: { server: site.url, 'certificate-authority': site.at('certs/apiserver.crt') } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'rig', context: { cluster: 'rig', user: 'user', namespace: 'default' } }],
    'current-context': 'rig',
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

/** Puts the handle together; `running` is [etcd, API server, controllers], whose middle one may be replaced. */
function controlPlane(
  site: Site,
  api: Api,
  kubeconfig: string,
  running: Server[],
  stop: () => Promise<void>,
): ControlPlane {
  const kubectl = (args: readonly string[], run: RunOptions = {}) =>
    runProgram(site.bin.kubectl, [`--kubeconfig=${kubeconfig}`, ...args], {
      ...run,
      env: { KUBECACHEDIR: site.at('kubectl-cache'), ...run.env },
    });
  const apply = async (objects: unknown) => {
    const items = Array.isArray(objects) ? objects : [objects];
    await kubectl(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  };
  const serviceAccountToken = async (namespace: string, name: string) => {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
    return (await api.request<{ status: { token: string } }>('POST', path, { body })).status.token;
  };
  return {
    url: site.url,
    caFile: site.at('certs/apiserver.crt'),
    servingCertificate: { certFile: site.at('certs/apiserver.crt'), keyFile: site.at('certs/apiserver.key') },
    adminToken: ADMIN_TOKEN,
    kubeconfig,
    api,
    kubelet: api.as(KUBELET_TOKEN),
    auditLog: () => readAuditLog(site.at('audit.log')),
    kubectl,
    apply,
    serviceAccountToken,
    kubeconfigFor: (token) => writeKubeconfig(site, token),
    pauseApiServer: () => running[1]?.signal('SIGSTOP'),
    resumeApiServer: () => running[1]?.signal('SIGCONT'),
    stopApiServer: async () => running[1]?.stop(0),
    startApiServer: async () => {
      await waitUntil('the port is free again', async () => !(await acceptsConnections(site.apiPort)));
      running[1] = await startApiServer(site, api);
    },
    stop: async () => {
      api.close();
      await stop();
    },
  };
}
