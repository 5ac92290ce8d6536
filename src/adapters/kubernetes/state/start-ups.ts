/** Start-up samples of pods that are gone, which is most of them: a pod that was added for a peak lives for hours. */
import type { StartUpSample } from '../../../domain/cluster.ts';
import type { PodRecord } from './pod.ts';

const kept = 200;

export interface StartUpBook {
  /** A pod is gone; its sample stays if anybody asks for its workload. */
  gone(record: PodRecord, nowMs: number): void;
  /** Forgets all other workloads. */
  follow(workloads: ReadonlySet<string>): void;
  /** The newest 200 samples of pods gone and alive, newest last. Pods not ready yet are censored at `nowMs`. */
  samples(workload: string, alive: readonly PodRecord[], nowMs: number): readonly StartUpSample[];
}

export function createStartUpBook(): StartUpBook {
  let past = new Map<string, StartUpSample[]>();
  return {
    gone: ({ workload, sample, counts }, nowMs) => {
      const samples = past.get(workload);
      if (!samples || !counts) return;
      samples.push(seenAt(sample, nowMs));
      if (samples.length > kept) samples.shift();
    },
    follow: (workloads) => {
      past = new Map([...workloads].map((workload) => [workload, past.get(workload) ?? []]));
    },
    samples: (workload, alive, nowMs) => {
      const now = alive.filter(({ counts }) => counts).map(({ sample }) => seenAt(sample, nowMs));
      const all = [...(past.get(workload) ?? []), ...now];
      return all.sort((a, b) => a.createdMs - b.createdMs).slice(-kept);
    },
  };
}

function seenAt(sample: StartUpSample, nowMs: number): StartUpSample {
  return { ...sample, observedMs: nowMs };
}
