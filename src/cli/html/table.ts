import { escapeHtml } from './escape.ts';

/**
 * The first column and the head are headers of their rows and columns.
 *
 * @param texts - columns that hold text, set to the left; numbers are set to the right
 */
export function htmlTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  texts: readonly number[] = [],
): string {
  const side = (column: number) => (texts.includes(column) ? ' class="left"' : '');
  const top = head.map((name, i) => `<th scope="col"${side(i)}>${escapeHtml(name)}</th>`).join('');
  const lines = rows.map(([first = '', ...rest]) => {
    const cells = rest.map((cell, i) => `<td${side(i + 1)}>${escapeHtml(cell)}</td>`).join('');
    return `<tr><th scope="row">${escapeHtml(first)}</th>${cells}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${top}</tr></thead><tbody>${lines.join('')}</tbody></table></div>\n`;
}
