/** Every assumption of a simulation, in words. */
import { formatDuration } from '../../config/durations.ts';
import type { Objective } from '../../domain/workload.ts';
import { instant } from '../../observe/wording.ts';
import type { StartUp } from '../../simulate/start-up.ts';
import { rowMs } from '../../simulate/timetable.ts';
import type { Outcome } from './run.ts';
import { percent } from './words.ts';

type Fact = readonly [name: string, value: string];

export function settingFacts({ material, settings, simulation, failures }: Outcome): readonly Fact[] {
  const { timetable } = simulation;
  const { trace, unit, perReplica } = material;
  const at = (row: number) => instant(rowMs(timetable, row));
  const blank = trace.values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  return [
    ['load', material.source],
    ['whole trace', `${at(0)} on, ${trace.values.length} steps of ${formatDuration(trace.stepMs)}, ${blank} blank`],
    ['warm-up, unscored', `until ${at(timetable.warmUpRows)}`],
    ['scored', `until ${at(timetable.rows)}, a decision every ${formatDuration(timetable.decideMs)}`],
    ['one replica', `serves ${Number(perReplica.toPrecision(6))} ${unit}`],
    ['needed', neededWords(material.objective)],
    ['start-up', startUpWords(material.startUp)],
    ...(settings.scalePeak === undefined
      ? []
      : [['scaled', `so that the largest rate of the whole trace is ${settings.scalePeak}`] as const]),
    ...(settings.prices ? [['prices', pricesWords(settings.prices)] as const] : []),
    ...material.notes,
    [
      'forescale',
      `refits every ${formatDuration(settings.refitEveryMs)} of simulated time; ${failures.length} refits failed`,
    ],
    ['seed', String(settings.seed)],
  ];
}

function neededWords(objective: Objective | undefined): string {
  if (objective === undefined) return 'the least replicas, at least 1, whose throughput is not below the load';
  switch (objective.kind) {
    case 'wait':
      return `the least replicas, at least 1, for which an M/M/c queue is stable and at most ${percent(1 - objective.quantile)} of the requests wait longer than ${objective.seconds * 1000} ms`;
    case 'latency':
      return `the least replicas, at least 1, that keep the p${Number((100 * objective.quantile).toPrecision(6))} of the latency at ${objective.seconds * 1000} ms`;
    case 'utilisation':
      return `the least replicas, at least 1, that are busy at most ${percent(objective.share)} of what one serves`;
  }
}

function startUpWords(startUp: StartUp): string {
  if (startUp.kind === 'fixed') return `${formatDuration(startUp.ms)}, the same for every replica`;
  const { p50Ms, p99Ms } = startUp;
  return `drawn from the seed, the same draws for every policy: half within ${p50Ms / 1000} s, 99 % within ${p99Ms / 1000} s`;
}

function pricesWords({
  perReplicaHour,
  perChange,
}: {
  readonly perReplicaHour: number;
  readonly perChange: number;
}): string {
  return `${perReplicaHour} per replica-hour, ${perChange} per replica started or stopped`;
}

/** The same for every simulation. */
export const rules: readonly string[] = [
  'A row of the trace is the amount from its time to the next; within a step the load is constant. Blank rows need nothing and are not scored.',
  'At its decision a policy has seen only steps that had ended. What it wants holds from then on. The oracle and the clairvoyant are told the future; no other policy is.',
  'A replica that is asked for serves after its start-up. When fewer are wanted the youngest go first and at once, starting ones before running ones.',
  'A replica is billed from the moment it is wanted until it is not, while it starts too. cost/oracle is the ratio of replica-hours.',
  'Every policy begins the warm-up with what the first row needs, has no upper limit and at least 1 replica.',
  'A violation is a decision row with fewer replicas in service than the load of that step needs, by whatever little.',
  'Requests that are not served are lost; they do not come back. Load is spread evenly, replicas never fail, nodes are never full.',
  'hpa:T is the autoscaler of autoscaling/v2 with a sync at each decision, tolerance 0.1, and the utilisation of the last whole step, at most 1, as CPU is.',
  'clairvoyant:15m is sized for the true mean of the next 15 minutes alone, without allowance for the spread around it or for start-up. It shows what a perfect forecast of the mean is worth by itself: cheap, and short in a large part of the time. It is no bound; only the oracle is.',
  'On a frontier a family stands for its best settings in hindsight, the yardstick as well as forescale. Between two settings the cost is interpolated over the logarithm of the violating steps, half a step added; nothing is extrapolated.',
  'Intervals: 95 % of 10,000 resamples of whole days (UTC), the same days for both policies, settings and yardstick chosen anew in each.',
];
