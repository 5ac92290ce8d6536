/** Least and most replicas of every workload. */
import { allLevels, defaultsLevel, type Level, listed, workloadLevel } from '../levels.ts';
import type { Path } from '../problems.ts';
import { type Check, type CheckProblem, named } from './check.ts';

/** The nearest level that gives the limit; the nearest of all when none does. */
function whereLimit(level: Level, limit: 'min' | 'max'): Path {
  const layer = level.layers.find(({ fields }) => fields.replicas?.[limit] !== undefined) ?? level.layers[0];
  return [...layer.path, 'replicas', limit];
}

/** Said once, at the level that brings the two numbers together, not again at every workload below it. */
function minAboveMax(level: Level): readonly CheckProblem[] {
  const [{ path, fields: own }] = level.layers;
  const { min, max } = level.fields.replicas ?? {};
  if (min === undefined || max === undefined || min <= max) return [];
  const from = (limit: Path) =>
    limit[0] === path[0] && limit[1] === path[1] ? '' : `, from ${limit.slice(0, -2).join('.')}`;
  const [minPath, maxPath] = [whereLimit(level, 'min'), whereLimit(level, 'max')];
  if (own.replicas?.min !== undefined) {
    return [
      {
        path: minPath,
        expected: `at most ${named('replicas.max', `${max}${from(maxPath)}`)}`,
        found: String(min),
        about: [maxPath, [...path, 'replicas', 'max']],
      },
    ];
  }
  if (own.replicas?.max === undefined) return [];
  return [
    {
      path: maxPath,
      expected: `at least ${named('replicas.min', `${min}${from(minPath)}`)}`,
      found: String(max),
      about: [minPath, [...path, 'replicas', 'min']],
    },
  ];
}

export const minUpToMax: Check = (config) => allLevels(config).flatMap(minAboveMax);

function withoutMax(level: Level, why: string): readonly CheckProblem[] {
  if (level.fields.replicas?.max !== undefined) return [];
  return [
    {
      path: [...level.layers[0].path, 'replicas', 'max'],
      expected: `a whole number ${why}`,
      found: 'nothing',
      about: level.layers.map(({ path }) => [...path, 'replicas', 'max']),
    },
  ];
}

/** There is no default: a guess that is too low would shrink a workload. */
export const maxIsGiven: Check = (config) => [
  ...(config.discovery ? withoutMax(defaultsLevel(config), '(discovered workloads need one)') : []),
  ...listed(config).flatMap(({ draft, index }) =>
    // Without discovery the defaults need no limit of their own; with it the one message above is enough.
    config.discovery
      ? []
      : withoutMax(workloadLevel(config, draft, index), 'here, for the namespace or under defaults'),
  ),
];
