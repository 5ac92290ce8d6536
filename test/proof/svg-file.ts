import { style } from '../../src/cli/html/style.ts';

const LEFT = 62;
const ROW_HEIGHT = 20;
/** Of the mark, and of the space behind the text. */
const MARK_WIDTH = 24;
const GAP = 20;
const CHARACTER_WIDTH = 7;

/**
 * A figure of a chart as a file of its own, for documents that show pictures but no markup: the drawing with its legend
 * and its colours.
 *
 * @param figure - from a chart function of the pages
 */
export function svgFile(figure: string): string {
  const match = /<svg viewBox="0 0 (\d+) (\d+)"[^>]*aria-label="([^"]*)">(.*)<\/svg><\/figure>/s.exec(figure);
  if (match === null) throw new Error('not a figure of a chart');
  const [, width, height, title, drawing] = match;
  const legend = legendOf(figure, Number(width));
  const total = Number(height) + legend.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}" role="img" aria-label="${title}">
<style>${style.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</style>
<rect width="100%" height="100%" style="fill:var(--ground)"/>
${legend.text}
<g transform="translate(0 ${legend.height})">${drawing}</g>
</svg>
`;
}

/** Entries side by side, in as many rows as they need. */
function legendOf(figure: string, width: number): { readonly text: string; readonly height: number } {
  let [x, y] = [LEFT, ROW_HEIGHT];
  const entries = [...figure.matchAll(/<li><i class="(\w+) (c\d+)"><\/i>([^<]*)<\/li>/g)].map(
    ([, mark, color, name]) => {
      const entryWidth = MARK_WIDTH + CHARACTER_WIDTH * name!.length + GAP;
      if (x + entryWidth > width) [x, y] = [LEFT, y + ROW_HEIGHT];
      const at = x;
      x += entryWidth;
      const kind = mark === 'dashed' ? 'reference' : `line ${color}`;
      return `<path class="${kind}" style="stroke-width:3" d="M${at} ${y - 4}h18"/><text x="${at + MARK_WIDTH}" y="${y}">${name}</text>`;
    },
  );
  return { text: entries.join(''), height: y + ROW_HEIGHT / 2 };
}
