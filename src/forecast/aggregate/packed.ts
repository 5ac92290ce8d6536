/** Saved numbers in one buffer, without the objects around them: those of a small array take several times its bytes. */
import type { Parameters } from '../parameters.ts';

/** What sets of parameters that are packed alike have in common. Text and plain lists are settings: they stand here. */
export interface Form {
  readonly entries: readonly Entry[];
  readonly doubles: number;
  readonly singles: number;
}

type Entry =
  | { readonly name: string; readonly kind: 'number' | 'doubles' | 'singles'; readonly length: number }
  | { readonly name: string; readonly kind: 'setting'; readonly length: 0; readonly value: Parameters[string] };

export function formOf(parameters: Parameters): Form {
  const entries = Object.entries(parameters).map(([name, value]) => entryOf(name, value));
  const singles = entries.reduce((sum, { kind, length }) => sum + (kind === 'singles' ? length : 0), 0);
  return { entries, singles, doubles: entries.reduce((sum, { length }) => sum + length, 0) - singles };
}

function entryOf(name: string, value: Parameters[string]): Entry {
  if (typeof value === 'number') return { name, kind: 'number', length: 1 };
  if (value instanceof Float64Array) return { name, kind: 'doubles', length: value.length };
  if (value instanceof Float32Array) return { name, kind: 'singles', length: value.length };
  return { name, kind: 'setting', length: 0, value };
}

export function packedBytes({ doubles, singles }: Form): number {
  return 8 * doubles + 4 * singles;
}

/** Writes parameters to the begin of a buffer. @throws Error when they are of another form (our own bug) */
export function pack(form: Form, parameters: Parameters, buffer: ArrayBuffer): void {
  const { doubles, singles } = numbersIn(form, buffer);
  let [d, s] = [0, 0];
  for (const entry of form.entries) {
    const value = parameters[entry.name];
    if (!suits(entry, value)) throw new Error(`state ${entry.name} is of another form than when it was packed first`);
    if (typeof value === 'number') doubles[d++] = value;
    else if (value instanceof Float32Array) {
      singles.set(value, s);
      s += value.length;
    } else if (value instanceof Float64Array) {
      doubles.set(value, d);
      d += value.length;
    }
  }
}

/** The parameters again; their arrays lie in the buffer. */
export function unpack(form: Form, buffer: ArrayBuffer): Parameters {
  const { doubles, singles } = numbersIn(form, buffer);
  let [d, s] = [0, 0];
  const parameters: { [name: string]: Parameters[string] } = {};
  for (const entry of form.entries) {
    const { name, kind, length } = entry;
    if (kind === 'setting') parameters[name] = entry.value;
    else if (kind === 'number') parameters[name] = doubles[d]!;
    else if (kind === 'doubles') parameters[name] = doubles.subarray(d, d + length);
    else parameters[name] = singles.subarray(s, s + length);
    if (kind === 'singles') s += length;
    else d += length;
  }
  return parameters;
}

function numbersIn({ doubles, singles }: Form, buffer: ArrayBuffer) {
  return { doubles: new Float64Array(buffer, 0, doubles), singles: new Float32Array(buffer, 8 * doubles, singles) };
}

function suits(entry: Entry, value: Parameters[string] | undefined): boolean {
  if (value === undefined) return false;
  if (entry.kind === 'setting') return value === entry.value || JSON.stringify(value) === JSON.stringify(entry.value);
  const { kind, length } = entryOf(entry.name, value);
  return kind === entry.kind && length === entry.length;
}
