/** Labels of every exported metric, by the names under which Prometheus has them. */
import { createMetrics } from '../../src/telemetry/metrics.ts';

interface Described {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

export function exportedLabels(): ReadonlyMap<string, readonly string[]> {
  const metrics = createMetrics().registry.getMetricsAsArray() as unknown as readonly Described[];
  return new Map(
    metrics.flatMap(({ name, type, labelNames }): [string, readonly string[]][] =>
      type === 'histogram'
        ? [
            [`${name}_bucket`, [...labelNames, 'le']],
            [`${name}_sum`, labelNames],
            [`${name}_count`, labelNames],
          ]
        : [[name, labelNames]],
    ),
  );
}
