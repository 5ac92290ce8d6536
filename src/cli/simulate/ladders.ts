/** The policies of `--frontier`, by the names that users could type too. */

const hpaTargets = Array.from({ length: 16 }, (_, i) => (15 + 5 * i) / 100);
const hpaWindows = ['300s', '900s', '1800s'] as const;
const forescaleShares = ['0.01', '0.005', '0.002', '0.001', '0.0003', '0.0001'] as const;

const ladders: readonly string[] = [
  ...forescaleShares.map((share) => `forescale:${share}`),
  ...hpaWindows.flatMap((window) => hpaTargets.map((target) => `hpa:${target}:stabilization=${window}`)),
  'static',
  'recent-max:1d',
  'recent-max:3d',
  'recent-max:7d',
  'oracle',
];

const fewPolicies = 'forescale,hpa:0.7,hpa:0.5,static,recent-max:7d,oracle';

/** What is run: the list as typed, and behind it whatever of the ladders is not in it. */
export function policyList(typed: string | undefined, frontier: boolean): string {
  if (!frontier) return typed ?? fewPolicies;
  const names = typed?.split(',').map((name) => name.trim()) ?? [];
  return [...names, ...ladders.filter((name) => !names.includes(name))].join(',');
}
