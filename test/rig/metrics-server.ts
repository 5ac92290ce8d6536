/**
 * Our own server behind metrics.k8s.io, custom.metrics.k8s.io and external.metrics.k8s.io, which drives
 * the real HPA controller by what a test says the pods use.
 *
 * The API server finds it through an APIService that names a Service of type ExternalName; it speaks
 * HTTPS with the API server's own certificate, which the APIService does not check.
 */

import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type List, labelSelectorQuery, type Pod } from './api.ts';
import type { ControlPlane } from './control-plane.ts';
import {
  customObjectMetric,
  customPodMetrics,
  type ExternalValue,
  emptyTables,
  externalMetrics,
  type PodUsage,
  type PodValue,
  podMetricsList,
  type Tables,
} from './metrics-tables.ts';
import { freePort, waitUntil } from './process.ts';

export interface MetricsServer {
  /** what each pod of a workload uses from now on; `undefined` takes the metric away */
  readonly setUsage: (namespace: string, workload: string, usage: PodUsage | undefined) => void;
  /** custom.metrics.k8s.io, metrics of type Pods */
  readonly setPodMetric: (namespace: string, workload: string, metric: string, value: PodValue | undefined) => void;
  /** custom.metrics.k8s.io, metrics of type Object; `resource` as in the URL, e.g. `services` */
  readonly setObjectMetric: (
    namespace: string,
    resource: string,
    name: string,
    metric: string,
    value: number | undefined,
  ) => void;
  /** external.metrics.k8s.io */
  readonly setExternal: (namespace: string, metric: string, values: readonly ExternalValue[] | undefined) => void;
  readonly stop: () => Promise<void>;
}

/** One question of the HPA controller, as it stands in the URL. */
export interface MetricsQuery {
  readonly group: string;
  readonly namespace: string;
  /** for an external metric its name */
  readonly resource: string;
  /** of the object, or `*` for the pods of the selector */
  readonly name?: string | undefined;
  readonly metric?: string | undefined;
  readonly selector: string;
}

/**
 * Answers in place of the tables: with a list of the API, with `undefined` (404) or with an error (500). It may take
 * its time, and write down when it was asked and what it said.
 */
export type Answerer = (query: MetricsQuery) => Promise<object | undefined>;

const APIS = [
  { group: 'metrics.k8s.io', version: 'v1beta1', resource: 'pods', kind: 'PodMetrics' },
  { group: 'custom.metrics.k8s.io', version: 'v1beta2', resource: 'pods', kind: 'MetricValueList' },
  { group: 'external.metrics.k8s.io', version: 'v1beta1', resource: 'metrics', kind: 'ExternalMetricValueList' },
] as const;

const SERVICE = { namespace: 'kube-system', name: 'rig-metrics' };

/** @param answerer - asked instead of the tables, which then have no say */
export async function startMetricsServer(plane: ControlPlane, answerer?: Answerer): Promise<MetricsServer> {
  const tables = emptyTables();
  const port = await freePort();
  const server = await listen(plane, answerer ?? ((query) => fromTables(plane, tables, query)), port);
  await register(plane, port);
  return {
    setUsage: (namespace, workload, usage) => put(tables.usage, `${namespace}/${workload}`, usage),
    setPodMetric: (namespace, workload, metric, value) =>
      put(tables.podMetrics, `${namespace}/${workload}/${metric}`, value),
    setObjectMetric: (namespace, resource, name, metric, value) =>
      put(tables.objectMetrics, `${namespace}/${resource}/${name}/${metric}`, value),
    setExternal: (namespace, metric, values) => put(tables.external, `${namespace}/${metric}`, values),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function put<T>(table: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) table.delete(key);
  else table.set(key, value);
}

async function listen(plane: ControlPlane, answerer: Answerer, port: number): Promise<Server> {
  const { certFile, keyFile } = plane.servingCertificate;
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (request, response) => {
    void respond(answerer, request, response);
  });
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function respond(answerer: Answerer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (code: number, body: unknown) => {
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  try {
    const body = await answer(answerer, new URL(request.url ?? '/', 'https://localhost'));
    if (body === undefined) send(404, failure(404, `${request.url} is not there`));
    else send(200, body);
  } catch (error) {
    send(500, failure(500, String(error)));
  }
}

function failure(code: number, message: string): unknown {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message };
}

/** `/apis/GROUP/VERSION[/namespaces/NS/RESOURCE[/NAME[/METRIC]]]`; undefined for what is not there. */
async function answer(answerer: Answerer, url: URL): Promise<unknown> {
  const [, , group = '', , , namespace, resource = '', name, metric] = url.pathname.split('/').map(decodeURIComponent);
  if (namespace === undefined) return discovery(group);
  const selector = url.searchParams.get('labelSelector') ?? '';
  return answerer({ group, namespace, resource, name, metric, selector });
}

async function fromTables(plane: ControlPlane, tables: Tables, query: MetricsQuery): Promise<object | undefined> {
  const { group, namespace, resource, name, metric, selector } = query;
  const now = new Date();
  const pods = async () => {
    const path = `/api/v1/namespaces/${namespace}/pods${labelSelectorQuery(selector)}`;
    return (await plane.kubelet.get<List<Pod>>(path)).items;
  };
  if (group === 'external.metrics.k8s.io') return externalMetrics(tables, namespace, resource, selector, now);
  if (group === 'metrics.k8s.io') return podMetricsList(tables, await pods(), now);
  if (name === undefined || metric === undefined) return undefined;
  if (name === '*') return customPodMetrics(tables, await pods(), metric, now);
  return customObjectMetric(tables, { namespace, resource: resource.split('.')[0] ?? '', name }, metric, now);
}

/** The API server asks for it to see whether we are there, the HPA controller to see which versions there are. */
function discovery(group: string): unknown {
  const api = APIS.find((candidate) => candidate.group === group);
  if (!api) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: `${api.group}/${api.version}`,
    resources: [{ name: api.resource, singularName: '', namespaced: true, kind: api.kind, verbs: ['get', 'list'] }],
  };
}

async function register(plane: ControlPlane, port: number): Promise<void> {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: SERVICE,
    spec: { type: 'ExternalName', externalName: 'localhost' },
  };
  const apiServices = APIS.map(({ group, version }) => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      service: { ...SERVICE, port },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  }));
  await plane.apply([service, ...apiServices]);
  for (const { metadata } of apiServices) await waitUntilAvailable(plane, metadata.name);
}

interface ApiService {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function waitUntilAvailable(plane: ControlPlane, name: string): Promise<void> {
  const path = `/apis/apiregistration.k8s.io/v1/apiservices/${name}`;
  await waitUntil(`${name} is available`, async () => {
    const { status } = await plane.api.get<ApiService>(path);
    return status?.conditions?.some(({ type, status: is }) => type === 'Available' && is === 'True');
  });
}
