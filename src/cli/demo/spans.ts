/** Lines of coloured text that know their width. */

const codes = { plain: '', bold: '1', dim: '2', red: '31', green: '32', yellow: '33', blue: '34', cyan: '36' } as const;
export type Colour = keyof typeof codes;

export interface Span {
  readonly text: string;
  readonly colour: Colour;
}

export function span(text: string, colour: Colour = 'plain'): Span {
  return { text, colour };
}

/** Cuts a line to `width` characters and paints it; every character in use here is one column wide. */
export function paint(line: readonly Span[], width: number, coloured: boolean): string {
  let left = width;
  let out = '';
  for (const { text, colour } of line) {
    const shown = [...text].slice(0, Math.max(0, left)).join('');
    left -= [...shown].length;
    out += coloured && codes[colour] !== '' && shown !== '' ? `\x1b[${codes[colour]}m${shown}\x1b[0m` : shown;
  }
  return out;
}
