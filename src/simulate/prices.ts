/** What replicas cost, in any currency. */
export interface Prices {
  readonly perReplicaHour: number;
  /** For each replica that is started or stopped. */
  readonly perChange: number;
}
