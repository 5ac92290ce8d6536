/** The policies of `simulate` by name, for what has to hold for all of them. */

export const toldPolicies: readonly string[] = ['oracle', 'clairvoyant'];

/** Each word of the help that is not told the future, and settings that change how it sees the past. */
export const everyCausalPolicy: readonly string[] = [
  'forescale',
  'forescale:0.02',
  'forescale+hpa:0.7',
  'hpa:0.5',
  'hpa:0.7:stabilization=900s:up-stabilization=600s:tolerance=0.05',
  'hpa:0.6:metric=demand:delay=1200s',
  'static',
  'recent-max:12h',
  'reactive-quantile',
  'schedule',
  'holt-winters',
  'fft-profile',
  'hourly-profile',
  'q-learning:0.01',
];
