/**
 * Annotations on a discovered workload (`forescale.dev/min: "3"`) in place of settings in the file.
 *
 * They are read by the same fields as the file, so a value is right or wrong in both places alike.
 */
import { type SignalName, signalNames } from '../domain/workload.ts';
import { missingSignals } from './checks/signals.ts';
import { didYouMean } from './did-you-mean.ts';
import { formatFound, type Problem } from './problems.ts';
import { readShape } from './read-shape.ts';
import type { SpecFields } from './specs.ts';
import { bindQuantile, findTemplate, NO_SIGNAL, type Templates, templateNames } from './templates.ts';
import { type OwnFields, ownFields, type WorkloadFields } from './workload-schema.ts';

const ANNOTATION_PREFIX = 'forescale.dev/';

type Raw = string | number;

const asNumber = (text: string): Raw => (/^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text);
const asText = (text: string): Raw => text.trim();

interface Annotation {
  /** The setting that it stands for. */
  readonly setting: readonly [string, ...string[]];
  readonly read: (text: string) => Raw;
}

const signalAnnotations = signalNames.map((signal): [string, Annotation] => [
  signal,
  { setting: ['signals', signal], read: asText },
]);

/** Events and seasons have none: they are lists that must fit other settings of the file, and belong there. */
const annotations: { readonly [name: string]: Annotation } = {
  objective: { setting: ['objective'], read: asText },
  min: { setting: ['replicas', 'min'], read: asNumber },
  max: { setting: ['replicas', 'max'], read: asNumber },
  priority: { setting: ['priority'], read: asNumber },
  'cost-weight': { setting: ['costWeight'], read: asNumber },
  pool: { setting: ['pool'], read: asText },
  'violation-share': { setting: ['violationShare'], read: asText },
  'start-up': { setting: ['startUp'], read: asText },
  'per-replica': { setting: ['perReplica'], read: asNumber },
  'hpa-mode': { setting: ['hpaMode'], read: asText },
  'requests-mode': { setting: ['requestsMode'], read: asText },
  like: { setting: ['like'], read: asText },
  ...Object.fromEntries(signalAnnotations),
};

/** Switches for people. */
const switches = ['enabled', 'paused'];
/** What forescale itself notes down on the objects that it changed. */
const notes = [
  'original-min-replicas',
  'floor',
  'floor-expires',
  'original-cpu-target',
  'cpu-target',
  'pending-requests',
];

type MergedAnnotations =
  | {
      readonly kind: 'merged';
      readonly fields: SpecFields;
      /** For `donorOf`, which knows whose it is. */
      readonly like?: string;
    }
  /** The workload is not to be managed on half of its settings. */
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

interface AnnotationContext {
  /** `DiscoverySettings.templates`. */
  readonly templates: Templates;
  /** Pools of the budgets; `default` always counts. */
  readonly pools: readonly string[];
}

function problemAt(name: string, expected: string, found: string, meant?: string): Problem {
  return { path: `${ANNOTATION_PREFIX}${name}`, expected, found, ...(meant === undefined ? {} : { meant }) };
}

function unknownAnnotation(name: string): Problem {
  const meant = didYouMean(name, [...Object.keys(annotations), ...switches]);
  return problemAt(name, 'a known annotation', formatFound(name), meant && `${ANNOTATION_PREFIX}${meant}`);
}

/** The annotations that are settings, as they would stand in the file. */
function asSettings(given: readonly (readonly [string, string])[]): object {
  const settings: Record<string, unknown> = {};
  for (const [name, text] of given) {
    const { setting, read } = annotations[name]!;
    const [section, key] = setting;
    if (key === undefined) settings[section] = read(text);
    else settings[section] = { ...(settings[section] as object | undefined), [key]: read(text) };
  }
  return settings;
}

/** The annotation that stands for a setting. */
function annotationOf(path: readonly (string | number)[]): string {
  const found = Object.entries(annotations).find(([, { setting }]) => setting.every((part, i) => path[i] === part));
  if (!found) throw new Error(`no annotation for ${path.join('.')}`);
  return found[0];
}

interface Signals {
  readonly signals: SpecFields['signals'];
  readonly problems: readonly Problem[];
}

/** The template from which `bound` was made for another quantile. */
function unbound(bound: SpecFields['signals'][SignalName], defaults: SpecFields, templates: Templates) {
  return (
    bound &&
    (Object.values(templates).find((known) => bindQuantile(known, defaults.objective).name === bound.name) ?? bound)
  );
}

function mergeSignals(defaults: SpecFields, over: WorkloadFields, templates: Templates): Signals {
  const problems: Problem[] = [];
  const objective = over.objective ?? defaults.objective;
  const choose = (signal: SignalName) => {
    const name = over.signals?.[signal];
    if (name === undefined) return unbound(defaults.signals[signal], defaults, templates);
    if (name === NO_SIGNAL) return undefined;
    const found = findTemplate(signal, name, templates);
    const known = [...templateNames(signal, Object.keys(templates)), NO_SIGNAL];
    if (!found)
      problems.push(
        problemAt(signal, `a template for ${signal} (${known.join(', ')})`, formatFound(name), didYouMean(name, known)),
      );
    return found;
  };
  const chosen = signalNames.flatMap((signal) => {
    const template = choose(signal);
    return template ? [[signal, bindQuantile(template, objective)] as const] : [];
  });
  return { signals: Object.fromEntries(chosen), problems };
}

function limitsFit(fields: SpecFields, over: WorkloadFields): readonly Problem[] {
  const { minReplicas: min, maxReplicas: max } = fields;
  if (min <= max) return [];
  if (over.replicas?.min !== undefined) return [problemAt('min', `at most the maximum (${max})`, String(min))];
  return [problemAt('max', `at least the minimum (${min})`, String(max))];
}

function poolExists({ pool }: SpecFields, pools: readonly string[]): readonly Problem[] {
  const known = [...new Set(['default', ...pools])];
  if (known.includes(pool)) return [];
  return [problemAt('pool', `a pool of budgets (${known.join(', ')})`, formatFound(pool), didYouMean(pool, known))];
}

function signalsSuffice(fields: SpecFields, over: WorkloadFields): readonly Problem[] {
  const names = Object.fromEntries(Object.entries(fields.signals).map(([signal, template]) => [signal, template.name]));
  const perReplica = fields.perReplicaRps;
  return missingSignals({
    objective: fields.objective,
    signals: names,
    ...(perReplica === undefined ? {} : { perReplica }),
  }).map(({ signal, reason }) => {
    const known = templateNames(signal, []).join(', ');
    const found = over.signals?.[signal] === NO_SIGNAL ? 'none' : 'nothing';
    return problemAt(signal, `a template (${known}), because ${reason}`, found);
  });
}

function mergeFields(defaults: SpecFields, over: WorkloadFields, signals: SpecFields['signals']): SpecFields {
  return {
    ...defaults,
    objective: over.objective ?? defaults.objective,
    minReplicas: over.replicas?.min ?? defaults.minReplicas,
    maxReplicas: over.replicas?.max ?? defaults.maxReplicas,
    priority: over.priority ?? defaults.priority,
    costWeight: over.costWeight ?? defaults.costWeight,
    pool: over.pool ?? defaults.pool,
    violationShare: over.violationShare ?? defaults.violationShare,
    ...(over.startUp === undefined ? {} : { startUpMs: over.startUp }),
    ...(over.perReplica === undefined ? {} : { perReplicaRps: over.perReplica }),
    hpaMode: over.hpaMode ?? defaults.hpaMode,
    requestsMode: over.requestsMode ?? defaults.requestsMode,
    signals,
  };
}

function frozen(fields: SpecFields): SpecFields {
  Object.freeze(fields.signals);
  return Object.freeze(fields);
}

function ourNames(all: { readonly [name: string]: string | undefined }): readonly (readonly [string, string])[] {
  return Object.entries(all).flatMap(([name, text]) => {
    const own = name.startsWith(ANNOTATION_PREFIX) ? name.slice(ANNOTATION_PREFIX.length) : undefined;
    return own === undefined || text === undefined || [...switches, ...notes].includes(own)
      ? []
      : [[own, text] as const];
  });
}

/** What does not fit together, without the settings that are wrong by themselves. */
function checkTogether(fields: SpecFields, over: WorkloadFields, pools: readonly string[]): readonly Problem[] {
  return [...limitsFit(fields, over), ...poolExists(fields, pools), ...signalsSuffice(fields, over)];
}

/**
 * Settings of a discovered workload: those of its namespace or the defaults, with its own annotations over them.
 *
 * @param defaults - `byNamespace[namespace]` of the discovery settings, else its `defaults`
 * @param all - every annotation of the workload; those without the prefix are not ours and are passed over
 */
export function mergeAnnotations(
  defaults: SpecFields,
  all: { readonly [name: string]: string | undefined },
  { templates, pools }: AnnotationContext,
): MergedAnnotations {
  const ours = ourNames(all);
  const unknown = ours.filter(([name]) => !Object.hasOwn(annotations, name)).map(([name]) => unknownAnnotation(name));
  const settings = ours.filter(([name]) => Object.hasOwn(annotations, name));
  const { draft, problems: wrong } = readShape(ownFields, asSettings(settings));
  const malformed = wrong.map(({ path, expected, found, meant }) =>
    problemAt(annotationOf(path), expected, found, meant),
  );
  const over = draft as OwnFields;
  const { signals, problems: signalProblems } = mergeSignals(defaults, over, templates);
  const fields = mergeFields(defaults, over, signals);
  const alone = [...unknown, ...malformed, ...signalProblems];
  const together = checkTogether(fields, over, pools).filter(
    ({ path }) => !alone.some((problem) => problem.path === path),
  );
  const problems = [...alone, ...together];
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'merged', fields: frozen(fields), ...(over.like !== undefined && { like: over.like }) };
}
