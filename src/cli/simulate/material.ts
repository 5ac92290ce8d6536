import type { Mark } from '../../domain/forecast.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import type { Objective } from '../../domain/workload.ts';
import type { StartUp } from '../../simulate/start-up.ts';

/** What is simulated, wherever it came from. */
export interface Material {
  /** Where the load was taken from, for headings. */
  readonly source: string;
  readonly trace: TimeSeries;
  /** How each step of the trace may be learned from; all `ok` when absent. */
  readonly marks?: readonly Mark[];
  readonly unit: 'requests per second' | 'CPU millicores';
  readonly perReplica: number;
  readonly startUp: StartUp;
  /** Throughput alone when absent. */
  readonly objective?: Objective;
  /** How capacity and start-up were found, in words. */
  readonly notes: readonly (readonly [name: string, found: string])[];
}
