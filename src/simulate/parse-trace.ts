import type { TimeSeries } from '../domain/time-series.ts';

export type TraceAnswer =
  | { readonly kind: 'ok'; readonly trace: TimeSeries }
  | { readonly kind: 'bad'; readonly problem: string };

/**
 * Reads a trace: a header with `unix_s` and the column, then one row a step with the amount in that step, blank where
 * it is missing. Times must be on a regular grid, each row one step behind the one before.
 *
 * @param scalePeak - when given, the largest rate of the whole trace becomes this many per second
 * @returns rates per second (amount / step), NaN where blank; or the first problem, with line and column
 */
export function parseTrace(text: string, column: string, scalePeak?: number): TraceAnswer {
  const lines = text.split(/\r?\n/);
  while (lines.length > 0 && lines[lines.length - 1]!.trim() === '') lines.pop();
  if (lines.length === 0) return bad(`the file is empty; expected a header such as unix_s,${column}`);
  const header = splitRow(lines[0]!.replace(/^\uFEFF/, ''));
  const timeAt = header.indexOf('unix_s');
  const valueAt = header.indexOf(column);
  if (timeAt < 0) return bad(`line 1: expected a column "unix_s", found ${header.join(', ')}`);
  if (valueAt < 0) return bad(`line 1: expected a column "${column}", found ${header.join(', ')}`);
  for (const name of ['unix_s', column]) {
    const count = header.filter((cell) => cell === name).length;
    if (count > 1) return bad(`line 1: expected one column "${name}", found ${count}`);
  }
  const rows = readRows(lines, { timeAt, valueAt, width: header.length, column });
  if (rows.kind === 'bad') return rows;
  if (rows.amounts.every(Number.isNaN))
    return bad(`column "${column}": expected an amount somewhere, found only blanks`);
  const stepS = rows.times[1]! - rows.times[0]!;
  // NaN (blank) never compares as larger.
  let largest = 0;
  for (const amount of rows.amounts) if (amount > largest) largest = amount;
  if (scalePeak !== undefined && largest === 0) return bad(`column "${column}" holds no load that could be scaled`);
  const factor = (scalePeak === undefined ? 1 : (scalePeak * stepS) / largest) / stepS;
  return {
    kind: 'ok',
    trace: {
      startMs: rows.times[0]! * 1000,
      stepMs: stepS * 1000,
      values: rows.amounts.map((amount) => amount * factor),
    },
  };
}

function bad(problem: string): { readonly kind: 'bad'; readonly problem: string } {
  return { kind: 'bad', problem };
}

interface Layout {
  readonly timeAt: number;
  readonly valueAt: number;
  readonly width: number;
  readonly column: string;
}

type Rows =
  | { readonly kind: 'ok'; readonly times: readonly number[]; readonly amounts: Float64Array }
  | { readonly kind: 'bad'; readonly problem: string };

function readRows(lines: readonly string[], layout: Layout): Rows {
  const times: number[] = [];
  const amounts = new Float64Array(lines.length - 1);
  for (let i = 1; i < lines.length; i++) {
    const cells = splitRow(lines[i]!);
    if (cells.length !== layout.width)
      return bad(`line ${i + 1}: expected ${layout.width} cells as in the header, found ${cells.length}`);
    const time = cells[layout.timeAt]!;
    const problem = timeProblem(time, times) ?? amountProblem(cells[layout.valueAt]!, layout.column);
    if (problem !== undefined) return bad(`line ${i + 1}, ${problem}`);
    times.push(Number(time));
    amounts[i - 1] = cells[layout.valueAt] === '' ? Number.NaN : Number(cells[layout.valueAt]);
  }
  if (times.length < 2) return bad(`the trace has ${times.length} rows; expected at least 2, to know its step`);
  return { kind: 'ok', times, amounts };
}

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function timeProblem(cell: string, times: readonly number[]): string | undefined {
  if (!numberForm.test(cell)) return `column unix_s: expected seconds since 1970, found "${cell}"`;
  if (times.length === 0) return undefined;
  const gap = Number(cell) - times[times.length - 1]!;
  if (gap === 0) return `column unix_s: ${cell} is there twice`;
  if (gap < 0) return `column unix_s: ${cell} comes after a later time; expected ascending times`;
  const step = times.length > 1 ? times[1]! - times[0]! : gap;
  if (gap !== step)
    return `column unix_s: expected a regular step of ${step} s, found ${gap} s; leave missing amounts blank`;
  return undefined;
}

function amountProblem(cell: string, column: string): string | undefined {
  if (cell === '') return undefined;
  if (!numberForm.test(cell) || !Number.isFinite(Number(cell)))
    return `column ${column}: expected a number or nothing, found "${cell}"`;
  if (Number(cell) < 0) return `column ${column}: expected a load of at least 0, found ${cell}`;
  return undefined;
}

function splitRow(line: string): string[] {
  return line.split(',').map((cell) => {
    const trimmed = cell.trim();
    return trimmed.startsWith('"') && trimmed.endsWith('"') && trimmed.length >= 2 ? trimmed.slice(1, -1) : trimmed;
  });
}
