/** Settings of the whole daemon after defaults and cross-checks. Frozen; durations in milliseconds. */
import type { ExpertName } from './fleet.ts';
import type { ForecasterName } from './forecast.ts';
import type { AllocatorName, Budget } from './plan.ts';
import type { SignalTemplate, WorkloadSpec } from './workload.ts';

export interface Settings {
  readonly mode: 'dry-run' | 'act';
  /** Period of the loop. */
  readonly loopMs: number;
  /** Step of every series. */
  readonly stepMs: number;
  readonly prometheus: PrometheusSettings;
  readonly kubernetes: KubernetesSettings;
  readonly history: { readonly windowMs: number; readonly maxGapShare: number; readonly staleAfterMs: number };
  readonly forecast: ForecastSettings;
  readonly allocator: AllocatorName;
  readonly budgets: readonly Budget[];
  readonly decide: DecideSettings;
  readonly storage: { readonly dataDir: string; readonly modelDir: string };
  readonly http: { readonly host: string; readonly port: number };
  readonly log: { readonly level: 'error' | 'warn' | 'info' | 'debug'; readonly format: 'auto' | 'json' | 'text' };
  /** Workloads named in the file. Discovery adds to them. */
  readonly workloads: readonly WorkloadSpec[];
  readonly discovery?: DiscoverySettings;
}

export interface PrometheusSettings {
  readonly url: string;
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** Most samples one answer may hold; requests are split below it. */
  readonly maxSamples: number;
  /** `$window` of the signal templates: the span that each rate is taken over; at least a step and two scrapes. */
  readonly rateWindowMs: number;
  readonly bearerTokenFile?: string;
  readonly basicAuth?: { readonly username: string; readonly passwordFile: string };
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly serverName?: string;
  };
  readonly headers: { readonly [name: string]: string };
}

export interface KubernetesSettings {
  /** Path of a kubeconfig; in-cluster credentials, then the default kubeconfig, when absent. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Restricts every read and write to these namespaces; all when empty. */
  readonly namespaces: readonly string[];
  readonly timeoutMs: number;
  /** How long a floor may stand without renewal. */
  readonly leaseMs: number;
  /** Most writes per second. */
  readonly writesPerSecond: number;
}

export interface ForecastSettings {
  /** Cron expression of the refit clock. */
  readonly refitCron: string;
  readonly timeZone: string;
  /** Refits of many workloads are spread over this span. */
  readonly spreadMs: number;
  readonly candidates: readonly ForecasterName[];
  readonly experts: readonly ExpertName[];
  readonly workers: number;
  readonly fitTimeoutMs: number;
  readonly seed: number;
  readonly backend: 'auto' | 'wasm' | 'tensorflow';
}

export interface DecideSettings {
  /** Changes smaller than this share of the replicas are left alone on the way down. */
  readonly tolerance: number;
  /** The largest wanted count of this span holds on the way down. */
  readonly holdMs: number;
  /** At most this factor up and this share down at once. */
  readonly maxStepUpFactor: number;
  readonly maxStepDownShare: number;
  readonly freeze: readonly { readonly name: string; readonly startMs: number; readonly endMs: number }[];
}

/** Workloads found in the cluster by label selector or by the annotation `forescale.dev/enabled: "true"`. */
export interface DiscoverySettings {
  readonly labelSelector?: string;
  readonly annotation: boolean;
  readonly refreshMs: number;
  /** Settings of a discovered workload: defaults, then those of its namespace, then its annotations (`forescale.dev/…`). */
  readonly defaults: Omit<WorkloadSpec, 'ref'>;
  readonly byNamespace: { readonly [namespace: string]: Omit<WorkloadSpec, 'ref'> };
  /** Templates that annotations may name (`forescale.dev/requests: istio`). */
  readonly templates: { readonly [name: string]: SignalTemplate };
}
