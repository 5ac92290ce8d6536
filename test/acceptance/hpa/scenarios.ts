/** The scenarios of the differential test: families by what they stress, each member drawn from its own seed. */
import {
  type Behavior,
  type Dice,
  diceOf,
  type Metric,
  type PodHabits,
  type Policy,
  type Rules,
  type Scenario,
} from './scenario.ts';

type Draft = Partial<Scenario> & Pick<Scenario, 'metrics'>;

interface Family {
  readonly name: string;
  readonly count: number;
  readonly draw: (dice: Dice, index: number) => Draft;
}

const families: readonly Family[] = [
  { name: 'policies', count: 10, draw: (dice) => ({ ...numbersOnly(dice), behavior: behavior(dice) }) },
  { name: 'lopsided', count: 5, draw: (dice, i) => ({ ...numbersOnly(dice), behavior: lopsided(dice, i % 2 === 0) }) },
  { name: 'smallest-change', count: 2, draw: (dice) => ({ ...numbersOnly(dice), behavior: smallestChange(dice) }) },
  { name: 'default-up', count: 2, draw: (dice) => ({ ...numbersOnly(dice), ...defaultUp(dice) }) },
  { name: 'no-behavior', count: 3, draw: numbersOnly },
  { name: 'disabled', count: 2, draw: (dice, i) => ({ ...numbersOnly(dice), behavior: disabled(dice, i === 0) }) },
  { name: 'tolerance', count: 3, draw: (dice) => ({ ...nearTarget(dice), behavior: withTolerances(dice) }) },
  { name: 'cpu-utilisation', count: 8, draw: (dice) => onPods(dice, [utilisation(dice, 'cpu')]) },
  { name: 'cpu-average', count: 3, draw: (dice) => onPods(dice, [{ ...average('cpu', dice.whole(50, 400)) }]) },
  {
    name: 'memory',
    count: 3,
    draw: (dice, i) => onPods(dice, [i === 0 ? megabytes(dice) : utilisation(dice, 'memory')]),
  },
  { name: 'pods-metric', count: 4, draw: (dice) => onPods(dice, [perPod(dice, 'chats')]) },
  {
    name: 'object',
    count: 4,
    draw: (dice, i) => onPods(dice, [total(dice, 'object', i < 2 ? 'value' : 'average-value')]),
  },
  {
    name: 'external',
    count: 3,
    draw: (dice, i) => onPods(dice, [total(dice, 'external', i < 2 ? 'value' : 'average-value')]),
  },
  { name: 'several', count: 6, draw: several },
  { name: 'no-request', count: 2, draw: (dice) => onPods(dice, [utilisation(dice, 'cpu')], { withoutRequest: 0.2 }) },
  {
    name: 'no-pods',
    count: 1,
    draw: (dice) => ({ ...numbersOnly(dice), metrics: [total(dice, 'external', 'value')] }),
  },
  { name: 'by-hand', count: 3, draw: byHand },
  { name: 'to-zero', count: 2, draw: toZero },
];

export const scenarios: readonly Scenario[] = families.flatMap(({ name, count, draw }, family) =>
  Array.from({ length: count }, (_, i) => {
    const seed = 1000 * (family + 1) + i;
    const dice = diceOf(seed);
    const minReplicas = dice.whole(1, 2);
    const standard = { minReplicas, maxReplicas: 8, failing: 0, byHand: new Map() };
    return { ...standard, startReplicas: dice.whole(2, 4), ...draw(dice, i), name: `${name}-${i + 1}`, seed };
  }),
);

/** Many replicas and not one pod, so that policies have room: an average of an external metric looks at no pod. */
function numbersOnly(dice: Dice): Draft {
  const metrics = [total(dice, 'external', 'average-value')];
  return { metrics, maxReplicas: dice.whole(20, 120), startReplicas: dice.whole(2, 40), failing: 0.05 };
}

function nearTarget(dice: Dice): Draft {
  const metrics = [total(dice, 'external', 'value')];
  return { ...onPods(dice, metrics), failing: 0 };
}

function onPods(dice: Dice, metrics: readonly Metric[], habits: Partial<PodHabits> = {}): Draft {
  return {
    metrics,
    failing: dice.pick([0, 0, 0.1]),
    pods: { ...podHabits(dice), ...habits },
    behavior: { scaleUp: rules(dice, 'quick'), scaleDown: rules(dice, 'quick') },
  };
}

function podHabits(dice: Dice): PodHabits {
  return {
    containers: dice.pick([1, 2]),
    cpuMilli: dice.pick([100, 250, 500, 1000]),
    memoryBytes: dice.pick([64, 100, 333]) * 1_000_000,
    withoutRequest: 0,
    longestPending: dice.whole(0, 2),
    longestUnready: dice.whole(0, 3),
    longestTerminating: dice.whole(0, 2),
    flapping: dice.pick([0, 0.05, 0.15]),
    crashing: dice.pick([0, 0.02]),
    missing: dice.pick([0, 0.1, 0.3]),
    young: dice.pick([0, 0.5, 1]),
    idle: dice.pick([0, 0, 0.4]),
  };
}

/** `quick` scales so freely that the metrics show; else windows and periods hold it. */
function rules(dice: Dice, pace: 'quick' | 'held'): Rules {
  if (pace === 'quick') {
    const free: Policy = { type: 'Pods', value: 100, periodSeconds: 1 };
    return { stabilizationWindowSeconds: dice.pick([0, 0, 3]), policies: [free] };
  }
  const policies = Array.from({ length: dice.whole(1, 3) }, () => policy(dice));
  return {
    ...(dice.chance(0.85) && { stabilizationWindowSeconds: dice.pick([0, 3, 5, 7, 9]) }),
    ...(dice.chance(0.7) && { selectPolicy: dice.pick(['Max', 'Min'] as const) }),
    ...(dice.chance(0.85) && { policies }),
  };
}

function policy(dice: Dice): Policy {
  const type = dice.pick(['Pods', 'Percent'] as const);
  const value = type === 'Pods' ? dice.whole(1, 9) : dice.pick([5, 10, 33, 50, 100, 150]);
  // The API server allows more than 100 % down too; no replica is left then, and the minimum holds.
  return { type, value, periodSeconds: dice.pick([1, 3, 5, 7, 11, 15]) };
}

function behavior(dice: Dice): Behavior {
  const sides = dice.pick(['both', 'both', 'both', 'up', 'down'] as const);
  return {
    ...(sides !== 'down' && { scaleUp: rules(dice, 'held') }),
    ...(sides !== 'up' && { scaleDown: rules(dice, 'held') }),
  };
}

/** Small enough for the 4 pods of the default to be more than the 100 %. */
function defaultUp(dice: Dice): Partial<Scenario> {
  const scaleDown: Rules = { stabilizationWindowSeconds: dice.pick([0, 3]) };
  return { behavior: { scaleDown }, minReplicas: 1, maxReplicas: dice.whole(12, 20), startReplicas: 2 };
}

/** A long period in one direction counts what a short one in the other has long forgotten, or has not. */
function lopsided(dice: Dice, longUp: boolean): Behavior {
  const long = { type: 'Pods', value: dice.whole(5, 12), periodSeconds: dice.pick([31, 61]) } as const;
  const short = { type: 'Pods', value: dice.whole(2, 5), periodSeconds: dice.pick([3, 5]) } as const;
  const of = (policy: Policy): Rules => ({ stabilizationWindowSeconds: 0, policies: [policy] });
  return longUp ? { scaleUp: of(long), scaleDown: of(short) } : { scaleUp: of(short), scaleDown: of(long) };
}

/** Both kinds of policy each way, so that the smaller change is now the one and now the other. */
function smallestChange(dice: Dice): Behavior {
  const either = (periodSeconds: number): Rules => ({
    stabilizationWindowSeconds: dice.pick([0, 3]),
    selectPolicy: 'Min',
    policies: [
      { type: 'Pods', value: dice.whole(3, 9), periodSeconds },
      { type: 'Percent', value: dice.pick([10, 25, 40]), periodSeconds },
    ],
  });
  return { scaleUp: either(1), scaleDown: either(3) };
}

function disabled(dice: Dice, up: boolean): Behavior {
  const off: Rules = { selectPolicy: 'Disabled' };
  const held = rules(dice, 'held');
  return up ? { scaleUp: off, scaleDown: held } : { scaleUp: held, scaleDown: off };
}

function withTolerances(dice: Dice): Behavior {
  return {
    scaleUp: { ...rules(dice, 'quick'), tolerance: dice.pick(['0', '0.03', '0.25']) },
    scaleDown: { ...rules(dice, 'quick'), tolerance: dice.pick(['0.02', '0.2', '0.5']) },
  };
}

function utilisation(dice: Dice, resource: 'cpu' | 'memory'): Metric {
  return { source: 'utilisation', resource, percent: dice.pick([20, 50, 60, 80, 130]) };
}

function average(resource: 'cpu' | 'memory', targetMilli: number): Metric {
  return { source: 'resource', resource, targetMilli };
}

function megabytes(dice: Dice): Metric {
  return average('memory', dice.whole(20, 200) * 1_000_000_000);
}

function perPod(dice: Dice, name: string): Metric {
  return { source: 'pods', name, targetMilli: dice.pick([900, 10_000, 33_333]) };
}

function total(dice: Dice, source: 'object' | 'external', target: 'value' | 'average-value', name = 'orders'): Metric {
  return { source, name, target, targetMilli: dice.pick([1_000, 7_500, 30_000]) };
}

function several(dice: Dice, index: number): Draft {
  const choices: readonly Metric[] = [
    utilisation(dice, 'cpu'),
    utilisation(dice, 'memory'),
    perPod(dice, 'chats'),
    total(dice, 'object', 'value', 'visits'),
    total(dice, 'external', 'average-value', 'orders'),
  ];
  const start = index % choices.length;
  const metrics = [...choices, ...choices].slice(start, start + 2 + (index % 2));
  return { ...onPods(dice, metrics, { missing: 0.1 }), failing: index < 2 ? 0 : 0.2 };
}

/** Above the maximum, below the minimum, and to zero for a while, which switches autoscaling off. */
function byHand(dice: Dice, index: number): Draft {
  const hands = [[20], [1], [0, 4], [6], [15]];
  const at = new Map(hands.map((replicas, i) => [3 + 4 * i, replicas]));
  const plain = onPods(dice, [utilisation(dice, 'cpu')], { withoutRequest: 0 });
  const limits = { minReplicas: 3, maxReplicas: 7, startReplicas: 4, byHand: at };
  if (index > 0) return { ...plain, ...limits };
  return { ...numbersOnly(dice), behavior: behavior(dice), ...limits };
}

/** With the feature gate HPAScaleToZero; the first has no `behavior` field. */
function toZero(dice: Dice, index: number): Draft {
  const base = onPods(dice, [total(dice, 'object', 'value')], { missing: 0, flapping: 0, crashing: 0, idle: 0 });
  const { behavior: quick, ...withoutBehavior } = base;
  return { ...withoutBehavior, ...(index > 0 && quick && { behavior: quick }), minReplicas: 0, failing: 0 };
}
