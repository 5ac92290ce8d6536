import { style } from '../../src/cli/html/style.ts';

/** Room above the drawing for the legend, and between two of its entries. */
const LEGEND = { height: 34, gap: 26, characterWidth: 7 } as const;

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
  const total = Number(height) + LEGEND.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}" role="img" aria-label="${title}">
<style>${style.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</style>
<rect width="100%" height="100%" style="fill:var(--ground)"/>
${legendOf(figure)}
<g transform="translate(0 ${LEGEND.height})">${drawing}</g>
</svg>
`;
}

function legendOf(figure: string): string {
  let x = 62;
  const entries = [...figure.matchAll(/<li><i class="(\w+) (c\d)"><\/i>([^<]*)<\/li>/g)].map(
    ([, mark, color, name]) => {
      const at = x;
      x += LEGEND.gap + 18 + LEGEND.characterWidth * name!.length;
      const line = `<path class="line ${color}${mark === 'dashed' ? ' dashed' : ''}" style="stroke-width:3" d="M${at} 18h18"/>`;
      return `${line}<text x="${at + 24}" y="22">${name}</text>`;
    },
  );
  return entries.join('');
}
