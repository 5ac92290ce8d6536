import { escapeHtml } from './escape.ts';

/** A short list of names and what they are: settings, versions, assumptions. */
export function factList(facts: readonly (readonly [name: string, value: string])[]): string {
  const items = facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<dl>${items.join('')}</dl>\n`;
}
