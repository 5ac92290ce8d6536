/** One self-contained HTML file: no script, style, font or picture comes from elsewhere. */
import { escapeHtml } from './escape.ts';
import { style } from './style.ts';
import { zoomScript } from './zoom-script.ts';

export interface Section {
  readonly title: string;
  /** A sentence or two on how to read it. Plain text. */
  readonly lead?: string;
  /** Markup of figures and tables, from the functions beside this one. */
  readonly body: readonly string[];
}

/** Forbids the browser to load anything, should markup from outside ever slip through. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'";

/** A number and its sign stay on one line. */
function prose(text: string): string {
  return escapeHtml(text).replace(/ ([%×])/g, '\u00a0$1');
}

/** @param summary - plain text below the heading: what the page says, in one or two sentences */
export function page(title: string, summary: string, sections: readonly Section[]): string {
  const body = sections.map(({ title: heading, lead, body: parts }) => {
    const text = lead === undefined ? '' : `<p class="lead">${prose(lead)}</p>`;
    return `<section><h2>${escapeHtml(heading)}</h2>${text}<div class="row">${parts.join('')}</div></section>\n`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${prose(summary)}</p>
${body.join('')}<script>${zoomScript}</script>
</body>
</html>
`;
}
