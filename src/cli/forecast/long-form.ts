/** Many series in one table: `unique_id,ds,y`, in any column order, other columns ignored. */
import type { TimeSeries } from '../../domain/time-series.ts';
import { type Field, type Line, splitCsv } from './csv.ts';
import { type Instant, type InstantStyle, parseInstant } from './instants.ts';

export interface NamedSeries {
  readonly id: string;
  readonly series: TimeSeries;
  /** How its `ds` was written. */
  readonly style: InstantStyle;
}

export type LongForm =
  | { readonly kind: 'read'; readonly series: readonly NamedSeries[] }
  /** Every problem, each with line and column. */
  | { readonly kind: 'bad'; readonly problems: readonly string[] };

const COLUMNS = ['unique_id', 'ds', 'y'] as const;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Series come in the order of their first row. A blank `y` (or NaN) is missing. */
export function parseLongForm(text: string): LongForm {
  const [header, ...lines] = splitCsv(text);
  if (!header) return { kind: 'bad', problems: ['line 1: expected the header unique_id,ds,y, found an empty file'] };
  const places = COLUMNS.map((name) => header.fields.findIndex((field) => field.text === name));
  const missing = COLUMNS.filter((_, i) => places[i]! < 0);
  if (missing.length > 0) {
    const found = header.fields.map((field) => field.text).join(',');
    return {
      kind: 'bad',
      problems: [`line ${header.number}: expected the columns ${COLUMNS.join(',')}, found ${found}`],
    };
  }
  if (lines.length === 0) return { kind: 'bad', problems: ['line 2: expected at least one row, found none'] };
  const problems: string[] = [];
  const rows = gather(lines, places, problems);
  const series = [...rows].map(([id, points]) => toSeries(id, points, problems));
  return problems.length > 0 ? { kind: 'bad', problems } : { kind: 'read', series };
}

interface Point {
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly instant: Instant;
  readonly y: number;
}

function gather(lines: readonly Line[], places: readonly number[], problems: string[]): Map<string, Point[]> {
  const rows = new Map<string, Point[]>();
  for (const { number, fields } of lines) {
    const [id, ds, y] = places.map((place) => fields[place]);
    if (!id || !ds || !y) {
      problems.push(`line ${number}: expected at least ${Math.max(...places) + 1} fields, found ${fields.length}`);
      continue;
    }
    const instant = parseInstant(ds.text);
    const value = parseValue(y);
    if (id.text === '')
      problems.push(`line ${number}, column ${id.column} (unique_id): expected a name, found nothing`);
    if (!instant) {
      const expected = 'a whole number or an ISO 8601 time';
      problems.push(`line ${number}, column ${ds.column} (ds): expected ${expected}, found "${ds.text}"`);
    }
    if (value === undefined) {
      problems.push(`line ${number}, column ${y.column} (y): expected a number or nothing, found "${y.text}"`);
    }
    const points = rows.get(id.text) ?? [];
    rows.set(id.text, points);
    if (instant && value !== undefined) {
      points.push({ line: number, column: ds.column, text: ds.text, instant, y: value });
    }
  }
  return rows;
}

function parseValue({ text }: Field): number | undefined {
  if (text === '' || text.toLowerCase() === 'nan') return Number.NaN;
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The step is that of the first two rows; every other row has to keep it. */
function toSeries(id: string, points: readonly Point[], problems: string[]): NamedSeries {
  const first = points[0];
  const stepMs = points.length > 1 ? points[1]!.instant.ms - first!.instant.ms : 1000;
  if (points.length > 1 && stepMs <= 0) {
    problems.push(
      `line ${points[1]!.line}, column ${points[1]!.column} (ds): expected a time after "${first!.text}" of series ${id}, found "${points[1]!.text}"`,
    );
  } else {
    checkSteps(id, points, stepMs, problems);
  }
  if (points.length > 0 && !points.some((point) => Number.isFinite(point.y))) {
    problems.push(`line ${first!.line}: expected at least one value in series ${id}, found only missing ones`);
  }
  const values = Float64Array.from(points, (point) => point.y);
  return {
    id,
    series: { startMs: first?.instant.ms ?? 0, stepMs, values },
    style: first?.instant.style ?? { kind: 'number' },
  };
}

/** Only the first break of a series is told: what follows it is off by the same amount. */
function checkSteps(id: string, points: readonly Point[], stepMs: number, problems: string[]): void {
  const broken = points.findIndex((point, i) => i > 0 && point.instant.ms - points[i - 1]!.instant.ms !== stepMs);
  if (broken < 0) return;
  const { line, column, text, instant } = points[broken]!;
  const found = (instant.ms - points[broken - 1]!.instant.ms) / 1000;
  problems.push(
    `line ${line}, column ${column} (ds): expected a step of ${stepMs / 1000} in series ${id}, found ${found} at "${text}" (leave y blank where a value is missing)`,
  );
}
