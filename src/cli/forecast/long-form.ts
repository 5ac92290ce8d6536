/** Many series in one table: `unique_id,ds,y`, in any column order, other columns ignored. */
import type { TimeSeries } from '../../domain/time-series.ts';
import { csvLines, type Field, type Line, shown } from './csv.ts';
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
  const lines = csvLines(text);
  const header = lines.next().value as Line | undefined;
  if (!header) return bad('line 1: expected the header unique_id,ds,y, found an empty file');
  const names = header.fields.map((field) => field.text);
  const places = COLUMNS.map((name) => names.indexOf(name));
  const isAmbiguous = COLUMNS.some((name, i) => places[i] !== names.lastIndexOf(name));
  if (isAmbiguous || places.some((place) => place < 0)) {
    const expected = `the columns ${COLUMNS.join(',')}${isAmbiguous ? ' once each' : ''}`;
    return bad(`line ${header.number}: expected ${expected}, found ${shown(names.join(','))}`);
  }
  const problems: string[] = [];
  const builders = new Map<string, Builder>();
  for (const line of lines) takeLine(line, places, builders, problems);
  if (builders.size === 0 && problems.length === 0) return bad('line 2: expected at least one row, found none');
  for (const builder of builders.values()) {
    if (!builder.known && builder.count > 0) problems.push(noValues(builder));
  }
  if (problems.length > 0) return { kind: 'bad', problems };
  return { kind: 'read', series: [...builders.values()].map(finish) };
}

function bad(problem: string): LongForm {
  return { kind: 'bad', problems: [problem] };
}

/** A series as far as it has been read. */
interface Builder {
  readonly id: string;
  readonly firstLine: number;
  /** Room for more values than there are. */
  values: Float64Array;
  count: number;
  /** Whether any value is there. */
  known: boolean;
  first: Instant;
  /** Of the row before; text as it stood. */
  last: Instant;
  lastText: string;
  /** Of the first two rows; every other row has to keep it. Undefined before the second row. */
  stepMs: number | undefined;
  /** The first break of a series is told: what follows it is off by the same amount. */
  broken: boolean;
}

function takeLine(
  { number, fields }: Line,
  places: readonly number[],
  builders: Map<string, Builder>,
  problems: string[],
): void {
  const [id, ds, y] = places.map((place) => fields[place]);
  if (!id || !ds || !y) {
    problems.push(`line ${number}: expected at least ${Math.max(...places) + 1} fields, found ${fields.length}`);
    return;
  }
  const instant = parseInstant(ds.text);
  const value = parseValue(y);
  if (id.text === '') problems.push(`line ${number}, column ${id.column} (unique_id): expected a name, found nothing`);
  if (!instant) {
    const expected = 'a whole number or an ISO 8601 time';
    problems.push(`line ${number}, column ${ds.column} (ds): expected ${expected}, found "${shown(ds.text)}"`);
  }
  if (value === undefined) {
    problems.push(`line ${number}, column ${y.column} (y): expected a number or nothing, found "${shown(y.text)}"`);
  }
  const builder = builders.get(id.text);
  if (!instant) {
    if (builder) builder.broken = true;
  } else if (builder) {
    checkStep(builder, number, ds, instant, problems);
    append(builder, value ?? Number.NaN, instant, ds.text);
  } else {
    builders.set(id.text, start(id.text, number, value ?? Number.NaN, instant, ds.text));
  }
  // What cannot be read is not missing.
  if (value === undefined && instant) builders.get(id.text)!.known = true;
}

function parseValue({ text }: Field): number | undefined {
  if (text === '' || text.toLowerCase() === 'nan') return Number.NaN;
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const ROOM = 64;

function start(id: string, firstLine: number, value: number, instant: Instant, text: string): Builder {
  const values = new Float64Array(ROOM);
  values[0] = value;
  const known = !Number.isNaN(value);
  return {
    id,
    firstLine,
    values,
    count: 1,
    known,
    first: instant,
    last: instant,
    lastText: text,
    stepMs: undefined,
    broken: false,
  };
}

function append(builder: Builder, value: number, instant: Instant, text: string): void {
  if (builder.count === builder.values.length) {
    const wider = new Float64Array(2 * builder.count);
    wider.set(builder.values);
    builder.values = wider;
  }
  builder.values[builder.count] = value;
  builder.count += 1;
  builder.known ||= !Number.isNaN(value);
  builder.stepMs ??= instant.ms - builder.first.ms;
  builder.last = instant;
  builder.lastText = text;
}

function checkStep(builder: Builder, line: number, ds: Field, instant: Instant, problems: string[]): void {
  const { id, last, lastText, stepMs, broken } = builder;
  const step = instant.ms - last.ms;
  if (broken || step === stepMs) return;
  const place = `line ${line}, column ${ds.column} (ds)`;
  if (stepMs === undefined && step <= 0) {
    problems.push(`${place}: expected a time after "${lastText}" of series ${shown(id)}, found "${ds.text}"`);
    builder.broken = true;
  } else if (stepMs !== undefined) {
    const expected = `a step of ${stepMs / 1000} in series ${shown(id)}`;
    const found = `${step / 1000} at "${ds.text}"`;
    problems.push(`${place}: expected ${expected}, found ${found} (leave y blank where a value is missing)`);
    builder.broken = true;
  }
}

function noValues({ id, firstLine }: Builder): string {
  return `line ${firstLine}: expected at least one value in series ${shown(id)}, found only missing ones`;
}

const ONE_SECOND_MS = 1_000;

/** A series of one row has no step of its own: a second, so that counters go on by one. */
function finish({ id, values, count, first, stepMs = ONE_SECOND_MS }: Builder): NamedSeries {
  return {
    id,
    series: { startMs: first.ms, stepMs, values: values.slice(0, count) },
    style: first.style,
  };
}
