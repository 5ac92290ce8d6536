/**
 * From what an HPA is and what it shall be to one JSON patch.
 *
 * One patch is one atomic write, so a process that dies at any moment leaves either all or nothing of it. Its tests hold
 * the fields that the decision was made from, by value: the HPA controller's own updates of the status, every few
 * seconds, do not disturb it, as a precondition on the resourceVersion would.
 */
import type { Write } from '../../../domain/actuation.ts';
import { annotation } from '../annotations.ts';
import type { HpaView } from '../state/hpa-view.ts';
import type { Change } from './gate.ts';
import { type PatchOperation, pointer } from './json-patch.ts';

/** The fields that are ours while a lease stands or requests change. An annotation that is not named is to be absent. */
export interface DesiredHpa {
  readonly minReplicas: number;
  /** Percent; absent leaves the target alone. */
  readonly cpuPercent?: number;
  readonly annotations: { readonly [name: string]: string };
}

export interface HpaChange {
  readonly change: Extract<Change, { readonly kind: 'hpa' }>;
  readonly writes: readonly Write[];
}

/** @returns undefined when the HPA already is as desired. */
export function hpaChange(view: HpaView, desired: DesiredHpa): HpaChange | undefined {
  const edits = [...minEdits(view, desired), ...cpuEdits(view, desired), ...annotationEdits(view, desired)];
  if (edits.length === 0) return undefined;
  const patch: PatchOperation[] = [
    { op: 'test', path: pointer('metadata', 'uid'), value: view.uid },
    { op: 'test', path: pointer('spec', 'minReplicas'), value: view.minReplicas },
    { op: 'test', path: pointer('spec', 'maxReplicas'), value: view.maxReplicas },
    ...edits,
  ];
  const { namespace, name } = view;
  return { change: { kind: 'hpa', namespace, name, patch }, writes: describeWrites(view, desired) };
}

function minEdits(view: HpaView, { minReplicas }: DesiredHpa): readonly PatchOperation[] {
  if (minReplicas === view.minReplicas) return [];
  return [{ op: 'replace', path: pointer('spec', 'minReplicas'), value: minReplicas }];
}

function cpuEdits({ cpu }: HpaView, { cpuPercent }: DesiredHpa): readonly PatchOperation[] {
  if (!cpu || cpuPercent === undefined || cpuPercent === cpu.percent) return [];
  const metric = ['spec', 'metrics', cpu.index, 'resource'] as const;
  const path = pointer(...metric, 'target', 'averageUtilization');
  return [
    { op: 'test', path: pointer(...metric, 'name'), value: 'cpu' },
    { op: 'test', path, value: cpu.percent },
    { op: 'replace', path, value: cpuPercent },
  ];
}

/** The names that forescale writes. `paused` and `enabled` are people's, and stay. */
const written = [
  annotation.originalMin,
  annotation.floor,
  annotation.expires,
  annotation.originalCpuTarget,
  annotation.cpuTarget,
  annotation.pendingRequests,
];

function annotationEdits(view: HpaView, desired: DesiredHpa): readonly PatchOperation[] {
  const changed = written.filter((name) => view.annotations[name] !== desired.annotations[name]);
  if (changed.length === 0) return [];
  if (!view.hasAnnotations) {
    const path = pointer('metadata', 'annotations');
    return [
      { op: 'test', path, value: null },
      { op: 'add', path, value: desired.annotations },
    ];
  }
  return changed.flatMap((name) => annotationEdit(name, view.annotations[name], desired.annotations[name]));
}

function annotationEdit(
  name: string,
  before: string | undefined,
  after: string | undefined,
): readonly PatchOperation[] {
  const path = pointer('metadata', 'annotations', name);
  const test = { op: 'test', path, value: before ?? null } as const;
  return [test, after === undefined ? { op: 'remove', path } : { op: 'add', path, value: after }];
}

function describeWrites(view: HpaView, desired: DesiredHpa): readonly Write[] {
  const target = `HorizontalPodAutoscaler ${view.namespace}/${view.name}`;
  const writes: Write[] = [];
  const add = (field: string, from: string | undefined, to: string | undefined) => {
    if (from !== to) writes.push({ target, field, from: from ?? 'none', to: to ?? 'none' });
  };
  const { cpuPercent = view.cpu?.percent } = desired;
  const { expires, pendingRequests } = annotation;
  add('spec.minReplicas', String(view.minReplicas), String(desired.minReplicas));
  add('CPU utilisation target (%)', view.cpu && String(view.cpu.percent), view.cpu && String(cpuPercent));
  add('lease until', view.annotations[expires], desired.annotations[expires]);
  add('change of requests', view.annotations[pendingRequests], desired.annotations[pendingRequests]);
  // The rest are notes to ourselves; a write that changes only those still says so.
  return writes.length > 0 ? writes : [{ target, field: 'annotations', from: 'as before', to: 'as noted' }];
}
