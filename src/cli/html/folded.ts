import { escapeHtml } from './escape.ts';

/** Markup that shows when its heading is clicked. */
export function folded(heading: string, body: string): string {
  return `<details><summary>${escapeHtml(heading)}</summary>${body}</details>\n`;
}
