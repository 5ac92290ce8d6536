/** From the checked file to the settings of the daemon: other names, the same facts, frozen all the way down. */
import type { Budget } from '../domain/plan.ts';
import type { DecideSettings, DiscoverySettings, PrometheusSettings, Settings } from '../domain/settings.ts';
import type { SignalTemplate, WorkloadSpec } from '../domain/workload.ts';
import { donorOf } from './donors.ts';
import { type ConfigDraft, defaultsLevel, listed, namespaceLevel, workloadLevel } from './levels.ts';
import { parseMoment } from './local-time.ts';
import type { Config } from './schema.ts';
import { specFields } from './specs.ts';
import { presetTemplates, type Templates } from './templates.ts';

/** Without the keys whose value is undefined, which the domain's optional fields do not take. */
function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}

function templatesOf(config: Config): Templates {
  const own = Object.entries(config.templates).map(([name, template]): [string, SignalTemplate] => [
    name,
    compact({ name, ...template }) as SignalTemplate,
  ]);
  return Object.fromEntries(own);
}

function prometheusOf({ prometheus }: Config): PrometheusSettings {
  const { timeout, rateWindow, tls, ...rest } = prometheus;
  const own = { ...rest, timeoutMs: timeout, rateWindowMs: rateWindow, tls: tls && compact(tls) };
  return compact(own) as PrometheusSettings;
}

function kubernetesOf({ kubernetes }: Config): Settings['kubernetes'] {
  const { timeout, lease, ...rest } = kubernetes;
  return compact({ ...rest, timeoutMs: timeout, leaseMs: lease }) as Settings['kubernetes'];
}

function forecastOf({ forecast, timeZone }: Config): Settings['forecast'] {
  const { spread, fitTimeout, ...rest } = forecast;
  return { ...rest, timeZone, spreadMs: spread, fitTimeoutMs: fitTimeout };
}

/** The pool `default` is always there; without an entry of its own nothing limits it. */
function budgetsOf({ budgets }: Config): readonly Budget[] {
  return Object.entries({ default: {}, ...budgets }).map(
    ([pool, { cpu, memory, replicas }]: [string, Config['budgets'][string]]) => {
      return compact({ pool, cpuMillicores: cpu, memoryBytes: memory, replicas }) as Budget;
    },
  );
}

function decideOf({ decide, timeZone }: Config): DecideSettings {
  const ms = (text: string) => {
    const moment = parseMoment(text, timeZone);
    if (moment.kind !== 'moment') throw new Error(`unchecked moment: ${text}`);
    return moment.ms;
  };
  const { hold, freeze, ...rest } = decide;
  const frozen = freeze.map(({ name, start, end }) => ({ name, startMs: ms(start), endMs: ms(end) }));
  return { ...rest, holdMs: hold, freeze: frozen };
}

function workloadsOf(config: Config, own: Templates): readonly WorkloadSpec[] {
  const draft = config as ConfigDraft;
  return listed(draft).map(({ draft: item, index }) => {
    const { namespace, kind, name, like } = config.workloads[index]!;
    const ref = { namespace, kind, name };
    return {
      ref,
      ...(like === undefined ? {} : { like: donorOf(like, ref) }),
      ...specFields(workloadLevel(draft, item, index).fields, own, config.timeZone),
    };
  });
}

function discoveryOf(config: Config, own: Templates): DiscoverySettings | undefined {
  if (!config.discovery) return undefined;
  const draft = config as ConfigDraft;
  const { refresh, ...rest } = config.discovery;
  const namespaces = Object.keys(config.namespaces).map((namespace) => {
    const { fields } = namespaceLevel(draft, namespace);
    return [namespace, specFields(fields, own, config.timeZone)] as const;
  });
  return compact({
    ...rest,
    refreshMs: refresh,
    defaults: specFields(defaultsLevel(draft).fields, own, config.timeZone),
    byNamespace: Object.fromEntries(namespaces),
    templates: { ...presetTemplates, ...own },
  }) as DiscoverySettings;
}

/** @throws Error when the configuration did not pass every check (our bug) */
export function settingsOf(config: Config): Settings {
  const own = templatesOf(config);
  const discovery = discoveryOf(config, own);
  return deepFreeze({
    mode: config.mode,
    loopMs: config.loop,
    stepMs: config.step,
    prometheus: prometheusOf(config),
    kubernetes: kubernetesOf(config),
    history: {
      windowMs: config.history.window,
      maxGapShare: config.history.maxGapShare,
      staleAfterMs: config.history.staleAfter,
    },
    forecast: forecastOf(config),
    allocator: config.allocator,
    budgets: budgetsOf(config),
    decide: decideOf(config),
    storage: config.storage,
    http: config.http,
    log: config.log,
    workloads: workloadsOf(config, own),
    ...(discovery === undefined ? {} : { discovery }),
  });
}
