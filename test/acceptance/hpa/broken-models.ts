/** Our model with one rule broken each: a comparison that any of them passes would prove nothing. */
import {
  defaultScaleDown,
  defaultScaleUp,
  type HpaInput,
  type HpaSpec,
  type HpaState,
  type PodGroup,
  type ScalingRules,
} from '../../../src/simulate/hpa/spec.ts';
import { syncHpa } from '../../../src/simulate/hpa/sync.ts';

type Sync = typeof syncHpa;

export const brokenModels: Readonly<Record<string, Sync>> = {
  'a tolerance of 0.05': specified((spec) => ({ ...spec, controller: { ...spec.controller, tolerance: 0.05 } })),
  'one tolerance for all': ruled(({ tolerance: _, ...rules }) => rules),
  'the longer window for both directions': ruled((rules, { scaleUp, scaleDown }) => ({
    ...rules,
    stabilisationMs: Math.max(scaleUp.stabilisationMs, scaleDown.stabilisationMs),
  })),
  'no stabilisation window': ruled((rules) => ({ ...rules, stabilisationMs: 0 })),
  'selectPolicy min taken for max': ruled((rules) => ({
    ...rules,
    selectPolicy: rules.selectPolicy === 'min' ? 'max' : rules.selectPolicy,
  })),
  'selectPolicy disabled taken for max': ruled((rules) => ({
    ...rules,
    selectPolicy: rules.selectPolicy === 'disabled' ? 'max' : rules.selectPolicy,
  })),
  'only the first policy of several': ruled((rules) => ({ ...rules, policies: rules.policies.slice(0, 1) })),
  'no behavior field taken for the default behavior': specified((spec) => {
    const down = { ...defaultScaleDown, stabilisationMs: spec.controller.downscaleStabilisationMs };
    return { behavior: { scaleUp: defaultScaleUp, scaleDown: down }, ...spec };
  }),
  'no memory of what was added': remembering((state) => ({ ...state, added: [] })),
  'no memory of what was removed': remembering((state) => ({ ...state, removed: [] })),
  'only the first metric of several': (spec, state, input) =>
    syncHpa({ ...spec, metrics: spec.metrics.slice(0, 1) }, state, { ...input, readings: input.readings.slice(0, 1) }),
  'failed metrics left out': (spec, state, input) => {
    const works = (_: unknown, i: number) => input.readings[i]?.kind !== 'failed';
    return syncHpa({ ...spec, metrics: spec.metrics.filter(works) }, state, {
      ...input,
      readings: input.readings.filter(works),
    });
  },
  'pods without a sample left out': seeing((input) => {
    const isMeasured = (_: PodGroup, i: number) =>
      !input.readings.some((reading) => reading.kind === 'pods' && reading.samples[i] === undefined);
    return withPods(input, isMeasured);
  }),
  'unready pods taken for ready': seeing((input) => ({
    ...input,
    pods: input.pods.map((pod) => ({ ...pod, ready: { status: true, changedMs: 0 } })),
  })),
  'a request of 100 millicores where there is none': seeing((input) => ({
    ...input,
    pods: input.pods.map((pod) => ({ requestMilli: 100, ...pod })),
  })),
  'pending pods left out': seeing((input) => withPods(input, ({ phase }) => phase !== 'pending')),
  'pods that are being deleted left out': seeing((input) => withPods(input, ({ phase }) => phase !== 'terminating')),
  'pods that are being deleted taken for running': seeing((input) => ({
    ...input,
    pods: input.pods.map((pod) => (pod.phase === 'terminating' ? { ...pod, phase: 'running' } : pod)),
  })),
  'status.replicas taken from the spec': seeing((input) => ({ ...input, statusReplicas: input.replicas })),
};

function specified(change: (spec: HpaSpec) => HpaSpec): Sync {
  return (spec, state, input) => syncHpa(change(spec), state, input);
}

function ruled(change: (rules: ScalingRules, behavior: NonNullable<HpaSpec['behavior']>) => ScalingRules): Sync {
  return specified((spec) => {
    const { behavior } = spec;
    if (!behavior) return spec;
    return {
      ...spec,
      behavior: { scaleUp: change(behavior.scaleUp, behavior), scaleDown: change(behavior.scaleDown, behavior) },
    };
  });
}

function remembering(change: (state: HpaState) => HpaState): Sync {
  return (spec, state, input) => syncHpa(spec, change(state), input);
}

function seeing(change: (input: HpaInput) => HpaInput): Sync {
  return (spec, state, input) => syncHpa(spec, state, change(input));
}

function withPods(input: HpaInput, isKept: (pod: PodGroup, index: number) => boolean): HpaInput {
  const kept = input.pods.map(isKept);
  const among = <T>(list: readonly T[]) => list.filter((_, i) => kept[i]);
  const readings = input.readings.map((reading) =>
    reading.kind === 'pods' ? { ...reading, samples: among(reading.samples) } : reading,
  );
  return { ...input, pods: among(input.pods), readings };
}
