/** The methods of today's autoscalers by name, each after its published description. */
import type { CausalPolicy } from '../policy.ts';
import { createPeer } from './create-peer.ts';
import { fftProfile } from './fft-profile.ts';
import { holtWinters } from './holt-winters.ts';
import { hourlyProfile } from './hourly-profile.ts';
import type { Peer } from './peer.ts';
import { qLearning } from './q-learning.ts';
import { reactiveQuantile } from './reactive-quantile.ts';
import { schedule } from './schedule.ts';

export interface PeerForm {
  readonly word: string;
  readonly meaning: string;
  /** @param violationShare - share of time in violation to tune for on the warm-up, 0.001 when absent */
  make(name: string, violationShare?: number): CausalPolicy;
}

function formOf<Rung>(word: string, meaning: string, peer: Peer<Rung>): PeerForm {
  return { word, meaning, make: (name, violationShare) => createPeer(name, peer, violationShare) };
}

export const peerForms: readonly PeerForm[] = [
  formOf('reactive-quantile', 'need of an upper quantile of the recent load', reactiveQuantile),
  formOf('schedule', 'fixed counts by weekday and hour, read off the warm-up', schedule),
  formOf('holt-winters', 'the predictive HPA: Holt-Winters on replicas, or the HPA if larger', holtWinters),
  formOf('fft-profile', "Crane's DSP prediction, or the HPA if larger", fftProfile),
  formOf('hourly-profile', 'predictive scaling of a cloud: hourly floors from 14 days, and an HPA', hourlyProfile),
  formOf('q-learning', 'reinforcement learning on replays of the warm-up', qLearning),
];
