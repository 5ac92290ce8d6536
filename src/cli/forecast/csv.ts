/** One field of a CSV line with the column it starts in (1-based, in characters). */
export interface Field {
  readonly text: string;
  readonly column: number;
}

export interface Line {
  /** 1-based. */
  readonly number: number;
  readonly fields: readonly Field[];
}

/**
 * Splits RFC 4180 text without line breaks inside fields, one line after the other, so that a table of ten million rows
 * never stands in memory as objects; empty lines are left out. A quote that is not closed ends with its line.
 */
export function* csvLines(text: string): Generator<Line> {
  let [number, from] = [0, text.startsWith('\uFEFF') ? 1 : 0];
  while (from <= text.length) {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found;
    const row = text.slice(from, text[end - 1] === '\r' && end > from ? end - 1 : end);
    number += 1;
    from = end + 1;
    if (row.trim() !== '') yield { number, fields: splitLine(row) };
  }
}

function splitLine(line: string): Field[] {
  if (!line.includes('"')) return splitPlain(line);
  const fields: Field[] = [];
  let start = 0;
  while (start <= line.length) {
    const end = fieldEnd(line, start);
    const raw = line.slice(start, end).trim();
    const text = raw.startsWith('"')
      ? raw.slice(1, raw.endsWith('"') && raw.length > 1 ? -1 : undefined).replaceAll('""', '"')
      : raw;
    fields.push({ text, column: start + 1 });
    start = end + 1;
  }
  return fields;
}

function splitPlain(line: string): Field[] {
  let column = 1;
  return line.split(',').map((raw) => {
    const field = { text: raw.trim(), column };
    column += raw.length + 1;
    return field;
  });
}

/** Index of the comma that ends the field, or the length of the line. Doubled quotes open and close again, which is right. */
function fieldEnd(line: string, start: number): number {
  let quoted = false;
  for (let i = start; i < line.length; i++) {
    if (line[i] === '"') quoted = !quoted;
    else if (line[i] === ',' && !quoted) return i;
  }
  return line.length;
}

/** Quotes a field when it has to be. */
export function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const MOST_SHOWN = 80;

/** A piece of the input for a message: on one line, printable, and no longer than it helps. */
export function shown(text: string): string {
  const printable = text.replaceAll(/\p{C}/gu, '\uFFFD');
  return printable.length > MOST_SHOWN ? `${printable.slice(0, MOST_SHOWN)}…` : printable;
}
