/** A scenario as objects for the API server, and as the spec that our model takes. */
import {
  type ControllerSettings,
  defaultScaleDown,
  defaultScaleUp,
  type HpaSpec,
  type MetricSpec,
  type ScalingRules,
} from '../../../src/simulate/hpa/spec.ts';
import type { Behavior, Metric, Rules, Scenario } from './scenario.ts';

/** What an Object metric belongs to; the controller does not look whether it exists. */
const DESCRIBED = { apiVersion: 'v1', kind: 'Service', name: 'front' };

/** There is no Deployment controller in this cluster: the Deployment is nothing but its numbers. */
export function deploymentOf({ name, startReplicas }: Scenario): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: name, labels: { differential: 'yes' } },
    spec: {
      replicas: startReplicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'shop' }] } },
    },
  };
}

export function autoscalerOf({ name, minReplicas, maxReplicas, metrics, behavior }: Scenario): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas,
      maxReplicas,
      metrics: metrics.map(metricManifest),
      ...(behavior && { behavior }),
    },
  };
}

function metricManifest(metric: Metric): object {
  switch (metric.source) {
    case 'utilisation': {
      const target = { type: 'Utilization', averageUtilization: metric.percent };
      return { type: 'Resource', resource: { name: metric.resource, target } };
    }
    case 'resource':
      return { type: 'Resource', resource: { name: metric.resource, target: averageValue(metric.targetMilli) } };
    case 'pods':
      return { type: 'Pods', pods: { metric: { name: metric.name }, target: averageValue(metric.targetMilli) } };
    case 'object':
      return {
        type: 'Object',
        object: { describedObject: DESCRIBED, metric: { name: metric.name }, target: targetOf(metric) },
      };
    case 'external':
      return { type: 'External', external: { metric: { name: metric.name }, target: targetOf(metric) } };
  }
}

function averageValue(milli: number): object {
  return { type: 'AverageValue', averageValue: `${milli}m` };
}

function targetOf({ target, targetMilli }: Extract<Metric, { target: unknown }>): object {
  return target === 'value' ? { type: 'Value', value: `${targetMilli}m` } : averageValue(targetMilli);
}

export function specOf(scenario: Scenario, controller: ControllerSettings): HpaSpec {
  const { minReplicas, maxReplicas, metrics, behavior } = scenario;
  return {
    minReplicas,
    maxReplicas,
    metrics: metrics.map(metricSpec),
    ...(behavior && { behavior: withDefaults(behavior, controller) }),
    controller,
  };
}

function metricSpec(metric: Metric): MetricSpec {
  switch (metric.source) {
    case 'utilisation':
      return { kind: 'utilisation', resource: metric.resource, targetPercent: metric.percent };
    case 'resource':
      return { kind: 'resource', resource: metric.resource, targetMilli: metric.targetMilli };
    case 'pods':
      return { kind: 'pods', targetMilli: metric.targetMilli };
    case 'object':
    case 'external':
      return { kind: metric.target, targetMilli: metric.targetMilli };
  }
}

/** The window down that nobody set comes from the controller's flag, all else from the API server. */
function withDefaults({ scaleUp, scaleDown }: Behavior, controller: ControllerSettings) {
  const down = { ...defaultScaleDown, stabilisationMs: controller.downscaleStabilisationMs };
  return { scaleUp: merged(defaultScaleUp, scaleUp), scaleDown: merged(down, scaleDown) };
}

const selectPolicies = { Max: 'max', Min: 'min', Disabled: 'disabled' } as const;

function merged(defaults: ScalingRules, rules: Rules = {}): ScalingRules {
  const { stabilizationWindowSeconds: window, selectPolicy, policies, tolerance } = rules;
  return {
    stabilisationMs: window === undefined ? defaults.stabilisationMs : window * 1000,
    selectPolicy: selectPolicy === undefined ? defaults.selectPolicy : selectPolicies[selectPolicy],
    policies:
      policies?.map(({ type, value, periodSeconds }) => ({
        type: type === 'Pods' ? 'pods' : 'percent',
        value,
        periodMs: periodSeconds * 1000,
      })) ?? defaults.policies,
    ...(tolerance !== undefined && { tolerance: Number(tolerance) }),
  };
}
