/**
 * The connection to one API server: credentials, pooled connections, time limit, who we say we are.
 *
 * Only write/gate.ts calls a writing method of these APIs; test/adapters/kubernetes/one-gate.test.ts holds it to that.
 */
import { accessSync, constants } from 'node:fs';
import {
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  createConfiguration,
  EventsV1Api,
  KubeConfig,
  type RequestContext,
  ServerConfiguration,
} from '@kubernetes/client-node';
import type { KubernetesSettings } from '../../../domain/settings.ts';
import { keepConnectionsAlive } from './keep-alive.ts';

/** Field manager, user agent and reporting controller. */
export const agentName = 'forescale';

const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';

export interface KubeClient {
  readonly server: string;
  /** Empty: the whole cluster. */
  readonly namespaces: readonly string[];
  /** For watches, which do not go through the APIs below. */
  readonly config: KubeConfig;
  readonly apps: AppsV1Api;
  readonly autoscaling: AutoscalingV2Api;
  readonly core: CoreV1Api;
  readonly events: EventsV1Api;
  /** Ends open connections; requests under way fail. */
  close(): Promise<void>;
}

/**
 * @param ending - aborts requests under way, for a process that has to end; whether a write happened is unknown then.
 * @throws Error that names the setting when there are no usable credentials; nothing is sent yet.
 */
export function createClient(settings: KubernetesSettings, ending?: AbortSignal): KubeClient {
  const config = loadConfig(settings);
  const server = usableServer(config, settings);
  const close = keepConnectionsAlive(config);
  nameOurselves(config);
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [timeLimit(settings.timeoutMs, ending)],
  });
  return {
    server,
    namespaces: settings.namespaces,
    config,
    apps: new AppsV1Api(configuration),
    autoscaling: new AutoscalingV2Api(configuration),
    core: new CoreV1Api(configuration),
    events: new EventsV1Api(configuration),
    close,
  };
}

function loadConfig({ kubeconfig, context }: KubernetesSettings): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig !== undefined) loadFile(config, kubeconfig);
  else if (process.env['KUBERNETES_SERVICE_HOST'] && isReadable(tokenFile)) config.loadFromCluster();
  else config.loadFromDefault();
  if (context !== undefined) useContext(config, context);
  return config;
}

function loadFile(config: KubeConfig, file: string): void {
  try {
    config.loadFromFile(file);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new Error(`kubernetes.kubeconfig: expected a readable kubeconfig at ${file}, found: ${found}`);
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function useContext(config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    throw new Error(`kubernetes.context: expected one of ${names.join(', ') || '(none)'}, got "${context}"`);
  }
  config.setCurrentContext(context);
}

/** The library refuses plain HTTP at the first request, in words that do not say what to change; so it is said here. */
function usableServer(config: KubeConfig, settings: KubernetesSettings): string {
  const cluster = config.getCurrentCluster();
  const where = settings.kubeconfig ?? 'the credentials found';
  if (!cluster) {
    const current = config.getCurrentContext() ?? '';
    throw new Error(`kubernetes.context: ${where} has no cluster for the context "${current}"`);
  }
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify) {
    throw new Error(
      `kubernetes: ${where} names the server ${cluster.server} without TLS; if that is meant, set ` +
        'insecure-skip-tls-verify: true on the cluster in the kubeconfig',
    );
  }
  return cluster.server;
}

/** Set here and not in a middleware, because watches take their headers from the credentials only. */
function nameOurselves(config: KubeConfig): void {
  const authenticate = config.applySecurityAuthentication.bind(config);
  config.applySecurityAuthentication = async (request) => {
    await authenticate(request);
    request.setHeaderParam('User-Agent', agentName);
  };
}

/** Without it a request waits for 300 s, the HTTP library's own limit. */
function timeLimit(timeoutMs: number, ending: AbortSignal | undefined) {
  return {
    pre: async (request: RequestContext) => {
      const late = AbortSignal.timeout(timeoutMs);
      request.setSignal(ending ? AbortSignal.any([late, ending]) : late);
      return request;
    },
    post: async <T>(response: T) => response,
  };
}
