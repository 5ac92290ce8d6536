/**
 * Workload settings come from levels: the defaults, then the namespace, then the workload itself, nearer ones first.
 * `replicas` and `signals` are merged setting by setting; everything else is replaced as a whole.
 */
import type { Path } from './problems.ts';
import type { Draft } from './read-shape.ts';
import type { Config } from './schema.ts';
import type { WorkloadFields } from './workload-schema.ts';

export type Fields = Draft<WorkloadFields>;
export type ConfigDraft = Draft<Config>;

interface Layer {
  readonly path: Path;
  readonly fields: Fields;
}

export interface Level {
  /** Nearest first; the last are the defaults. */
  readonly layers: readonly [Layer, ...Layer[]];
  readonly fields: Fields;
}

function defined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, item]) => item !== undefined)) as Partial<T>;
}

/** `near` over `far`. */
export function mergeFields(far: Fields, near: Fields): Fields {
  return {
    ...far,
    ...defined(near),
    replicas: { ...defined(far.replicas), ...defined(near.replicas) },
    signals: { ...defined(far.signals), ...defined(near.signals) },
  };
}

function level(layers: readonly [Layer, ...Layer[]]): Level {
  const fields = layers.toReversed().reduce<Fields>((far, { fields: near }) => mergeFields(far, near), {});
  return { layers, fields };
}

export function defaultsLayer(config: ConfigDraft): Layer {
  return { path: ['defaults'], fields: config.defaults ?? {} };
}

function namespaceLayers(config: ConfigDraft, namespace: string | undefined): readonly Layer[] {
  const namespaces = config.namespaces ?? {};
  if (namespace === undefined || !Object.hasOwn(namespaces, namespace)) return [];
  return [{ path: ['namespaces', namespace], fields: namespaces[namespace] ?? {} }];
}

export function defaultsLevel(config: ConfigDraft): Level {
  return level([defaultsLayer(config)]);
}

/** What holds in a namespace for a workload without settings of its own. */
export function namespaceLevel(config: ConfigDraft, namespace: string): Level {
  const [layer, ...more] = [...namespaceLayers(config, namespace), defaultsLayer(config)];
  return level([layer!, ...more]);
}

export type WorkloadDraft = NonNullable<NonNullable<ConfigDraft['workloads']>[number]>;

export function workloadLevel(config: ConfigDraft, draft: WorkloadDraft, index: number): Level {
  const { namespace, name: _name, kind: _kind, like: _like, ...fields } = draft;
  return level([{ path: ['workloads', index], fields }, ...namespaceLayers(config, namespace), defaultsLayer(config)]);
}

/** Listed workloads that are mappings at all, with their position in the list. */
export function listed(config: ConfigDraft): readonly { readonly draft: WorkloadDraft; readonly index: number }[] {
  return (config.workloads ?? []).flatMap((draft, index) => (draft ? [{ draft, index }] : []));
}

/** Every level of the file: defaults, each namespace, each workload. */
export function allLevels(config: ConfigDraft): readonly Level[] {
  return [
    defaultsLevel(config),
    ...Object.keys(config.namespaces ?? {}).map((namespace) => namespaceLevel(config, namespace)),
    ...listed(config).map(({ draft, index }) => workloadLevel(config, draft, index)),
  ];
}
