/** The methods of today's autoscalers by name, each after its published description. */
import type { CausalPolicy } from '../policy.ts';
import { createPeer } from './create-peer.ts';
import { fftProfile } from './fft-profile.ts';
import { holtWinters } from './holt-winters.ts';
import { hourlyProfile } from './hourly-profile.ts';
import { qLearning } from './q-learning.ts';
import { reactiveQuantile } from './reactive-quantile.ts';
import { schedule } from './schedule.ts';

export interface PeerForm {
  readonly word: string;
  readonly meaning: string;
  /** @param violationShare - share of time in violation to tune for on the warm-up, 0.001 when absent */
  make(name: string, violationShare?: number): CausalPolicy;
}

export const peerForms: readonly PeerForm[] = [
  {
    word: 'reactive-quantile',
    meaning: 'need of an upper quantile of the recent load',
    make: (name, violationShare) => createPeer(name, reactiveQuantile, violationShare),
  },
  {
    word: 'schedule',
    meaning: 'fixed counts by weekday and hour, read off the warm-up',
    make: (name, violationShare) => createPeer(name, schedule, violationShare),
  },
  {
    word: 'holt-winters',
    meaning: 'the predictive HPA: Holt-Winters on replicas, or the HPA if larger',
    make: (name, violationShare) => createPeer(name, holtWinters, violationShare),
  },
  {
    word: 'fft-profile',
    meaning: "Crane's DSP prediction, or the HPA if larger",
    make: (name, violationShare) => createPeer(name, fftProfile, violationShare),
  },
  {
    word: 'hourly-profile',
    meaning: 'predictive scaling of a cloud: hourly floors from 14 days, and an HPA',
    make: (name, violationShare) => createPeer(name, hourlyProfile, violationShare),
  },
  {
    word: 'q-learning',
    meaning: 'reinforcement learning on replays of the warm-up',
    make: (name, violationShare) => createPeer(name, qLearning, violationShare),
  },
];
