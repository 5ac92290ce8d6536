/** Templates, and the signals that each objective needs. */
import { type Objective, type SignalName, signalNames } from '../../domain/workload.ts';
import { didYouMean } from '../did-you-mean.ts';
import { allLevels, type Fields, listed, workloadLevel } from '../levels.ts';
import { formatFound } from '../problems.ts';
import { findTemplate, NO_SIGNAL, presetTemplates, type Templates, templateNames } from '../templates.ts';
import type { Check, CheckProblem } from './check.ts';

/** Whether a name stands for a template, when all that is known of the file's own ones is their names. */
function isTemplate(signal: SignalName, name: string, own: readonly string[]): boolean {
  return name === NO_SIGNAL || own.includes(name) || findTemplate(signal, name, {} as Templates) !== undefined;
}

export const templatesExist: Check = (config) => {
  const own = Object.keys(config.templates ?? {});
  return allLevels(config).flatMap(({ layers: [{ path, fields }] }) =>
    signalNames.flatMap((signal): readonly CheckProblem[] => {
      const name = fields.signals?.[signal];
      if (name === undefined || isTemplate(signal, name, own)) return [];
      const known = [...templateNames(signal, own), NO_SIGNAL];
      const meant = didYouMean(name, known);
      const expected = `a template for ${signal} (${known.join(', ')})`;
      return [
        {
          path: [...path, 'signals', signal],
          expected,
          found: formatFound(name),
          ...(meant === undefined ? {} : { meant }),
        },
      ];
    }),
  );
};

export const templateNamesAreFree: Check = ({ templates = {} }) =>
  Object.keys(templates)
    .filter((name) => Object.hasOwn(presetTemplates, name) || name === NO_SIGNAL)
    .map((name) => ({ path: ['templates', name], expected: 'a name that no preset has', found: formatFound(name) }));

/** Without both the query would read every workload of the cluster, or one for all. */
export const queriesAreShared: Check = ({ templates = {} }) =>
  Object.entries(templates).flatMap(([name, template]) =>
    ['$namespaces', '$names']
      .filter((placeholder) => template?.query !== undefined && !new RegExp(`\\${placeholder}\\b`).test(template.query))
      .map((placeholder) => ({
        path: ['templates', name, 'query'],
        expected: `a query with the placeholder ${placeholder}`,
        found: 'a query without it',
      })),
  );

function groupsIn(pattern: string): number | undefined {
  try {
    // The empty alternative always matches, so that the groups can be counted.
    return new RegExp(`${pattern}|`).exec('')!.length - 1;
  } catch {
    return undefined;
  }
}

export const patternsHaveOneGroup: Check = ({ templates = {} }) =>
  Object.entries(templates).flatMap(([name, template]) => {
    const pattern = template?.namePattern;
    if (pattern === undefined || groupsIn(pattern) === 1) return [];
    const expected = 'a regular expression with one group, such as (.+)-svc';
    return [{ path: ['templates', name, 'namePattern'], expected, found: formatFound(pattern) }];
  });

const needed: { readonly [kind in Objective['kind']]: readonly SignalName[] } = {
  latency: ['requests', 'latency'],
  wait: ['requests'],
  utilisation: ['cpu'],
};

/** Signals that the settings need and do not have, with the reason in words. */
export function missingSignals(fields: Fields): readonly { readonly signal: SignalName; readonly reason: string }[] {
  const has = (signal: SignalName) => {
    const name = fields.signals?.[signal];
    return name !== undefined && name !== NO_SIGNAL;
  };
  const kind = fields.objective?.kind;
  const forObjective =
    kind === undefined ? [] : needed[kind].map((signal) => ({ signal, reason: `the objective (${kind}) needs it` }));
  const forCapacity = { signal: 'requests', reason: 'perReplica counts requests per second' } as const;
  const all = fields.perReplica === undefined ? forObjective : [...forObjective, forCapacity];
  return all.filter(({ signal }, i) => !has(signal) && all.findIndex((other) => other.signal === signal) === i);
}

export const objectivesCanBeSeen: Check = (config) => {
  const own = Object.keys(config.templates ?? {});
  return listed(config).flatMap(({ draft, index }) => {
    const { fields, layers } = workloadLevel(config, draft, index);
    return missingSignals(fields).map(({ signal, reason }) => ({
      path: ['workloads', index, 'signals', signal],
      expected: `a template (${templateNames(signal, own).join(', ')}), because ${reason}`,
      found: fields.signals?.[signal] === NO_SIGNAL ? 'none' : 'nothing',
      about: layers.flatMap(({ path }) => [
        [...path, 'signals', signal],
        [...path, 'objective'],
        [...path, 'signals'],
      ]),
    }));
  });
};
