/** From the name of a template in the file or an annotation to the template itself. */
import type { Objective, SignalName, SignalTemplate } from '../domain/workload.ts';
import { presets } from './presets.ts';

export type Templates = { readonly [name: string]: SignalTemplate };

/** Switches a signal off that a farther level switched on. */
export const NO_SIGNAL = 'none';

/** What is observed when no objective asks for another quantile of the latency. */
const USUAL_QUANTILE = 0.95;

/** Every preset under its full name (`istio-latency`), for annotations to name. */
export const presetTemplates: Templates = Object.fromEntries(
  Object.values(presets)
    .flat()
    .map((template) => [template.name, template]),
);

/** Names that may stand for `signal`: short ones of the presets, then the file's own. */
export function templateNames(signal: SignalName, own: readonly string[]): readonly string[] {
  const short = presets[signal].map(({ name }) => name.slice(0, -signal.length - 1));
  return [...short, ...own.filter((name) => !Object.hasOwn(presetTemplates, name))];
}

/**
 * @param name - `istio` or `istio-latency` for a preset of this signal, or the name of one in `own`
 * @returns undefined when there is none, and for a preset of another signal: it would be observed in a wrong unit
 */
export function findTemplate(signal: SignalName, name: string, own: Templates): SignalTemplate | undefined {
  const preset = presets[signal].find((template) => template.name === name || template.name === `${name}-${signal}`);
  if (preset || Object.hasOwn(presetTemplates, name)) return preset;
  return Object.hasOwn(own, name) ? own[name] : undefined;
}

function quantileOf(objective: Objective): number {
  return objective.kind === 'latency' ? objective.quantile : USUAL_QUANTILE;
}

/**
 * Puts the quantile of the objective into a latency template. The name says which, because templates of one name are
 * read together.
 */
export function bindQuantile(template: SignalTemplate, objective: Objective): SignalTemplate {
  if (!template.query.includes('$quantile')) return template;
  const quantile = quantileOf(objective);
  return {
    ...template,
    name: `${template.name}-p${Number((quantile * 100).toPrecision(12))}`,
    query: template.query.replaceAll('$quantile', String(quantile)),
  };
}
