import { escapeHtml } from './escape.ts';

/** Sentences one below the other. */
export function bulletList(sentences: readonly string[]): string {
  return `<ul class="sentences">${sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('')}</ul>\n`;
}
