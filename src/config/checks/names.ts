/** Names that one setting gives and another uses, and names that must be used once. */
import { didYouMean } from '../did-you-mean.ts';
import { allLevels, listed } from '../levels.ts';
import { formatFound, formatPath, type Path } from '../problems.ts';
import { type Check, type CheckProblem, named } from './check.ts';

export const somethingToDo: Check = (config) =>
  config.discovery === undefined && config.workloads?.length === 0
    ? [
        {
          path: ['workloads'],
          expected: 'at least one workload, or discovery',
          found: 'neither',
          about: [['discovery']],
        },
      ]
    : [];

export const workloadsOnce: Check = (config) => {
  const first = new Map<string, number>();
  return listed(config).flatMap(({ draft: { namespace, kind, name }, index }): readonly CheckProblem[] => {
    if (namespace === undefined || name === undefined || kind === undefined) return [];
    const key = `${namespace}/${kind}/${name}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, index);
    return before === undefined
      ? []
      : [
          {
            path: ['workloads', index],
            expected: 'each workload once',
            found: `${key} again (as ${formatPath(['workloads', before])})`,
          },
        ];
  });
};

export const candidatesOnce: Check = ({ forecast }) => once('candidates', forecast?.candidates);

export const expertsOnce: Check = ({ forecast }) => once('experts', forecast?.experts);

function once(setting: string, names: readonly (string | undefined)[] = []): readonly CheckProblem[] {
  return names.flatMap((name, i) =>
    name === undefined || names.indexOf(name) === i
      ? []
      : [{ path: ['forecast', setting, i], expected: 'each model once', found: formatFound(name) }],
  );
}

/** The pool `default` is there without a budget of its own. */
export const poolsExist: Check = (config) => {
  const pools = ['default', ...Object.keys(config.budgets ?? {})];
  return allLevels(config).flatMap(({ layers: [{ path, fields }] }) => {
    if (fields.pool === undefined || pools.includes(fields.pool)) return [];
    const meant = didYouMean(fields.pool, pools);
    return [
      {
        path: [...path, 'pool'],
        expected: `a pool of budgets (${[...new Set(pools)].join(', ')})`,
        found: formatFound(fields.pool),
        ...(meant === undefined ? {} : { meant }),
      },
    ];
  });
};

export const budgetsLimitSomething: Check = ({ budgets = {} }) =>
  Object.entries(budgets).flatMap(([pool, budget]) => {
    if (budget === undefined || Object.values(budget).some((limit) => limit !== undefined)) return [];
    const path = ['budgets', pool];
    const about = ['cpu', 'memory', 'replicas'].map((limit) => [...path, limit]);
    return [{ path, expected: 'at least one of cpu, memory and replicas', found: 'none', about }];
  });

/** A namespace outside of `kubernetes.namespaces` would be configured and never touched. */
export const namespacesInReach: Check = (config) => {
  const reach = config.kubernetes?.namespaces ?? [];
  const outside = (path: Path, namespace: string | undefined): readonly CheckProblem[] => {
    if (reach.length === 0 || namespace === undefined || reach.includes(namespace)) return [];
    const expected = `one of ${named('kubernetes.namespaces', reach.join(', '))}`;
    const meant = didYouMean(
      namespace,
      reach.flatMap((name) => name ?? []),
    );
    return [
      {
        path,
        expected,
        found: formatFound(namespace),
        about: [['kubernetes', 'namespaces']],
        ...(meant === undefined ? {} : { meant }),
      },
    ];
  };
  return [
    ...Object.keys(config.namespaces ?? {}).flatMap((name) => outside(['namespaces', name], name)),
    ...listed(config).flatMap(({ draft, index }) => outside(['workloads', index, 'namespace'], draft.namespace)),
  ];
};

export const discoveryFindsSomething: Check = ({ discovery }) =>
  discovery?.annotation === false && discovery.labelSelector === undefined
    ? [
        {
          path: ['discovery', 'labelSelector'],
          expected: 'a label selector when annotation is false',
          found: 'nothing',
        },
      ]
    : [];
