/**
 * Holds a value against a zod schema and keeps whatever is right about it.
 *
 * zod's own parse gives all or nothing: one bad key hides the value from every check that looks at two settings
 * together. This walks objects, lists and mappings itself and asks zod only at the leaves, so that the cross-checks
 * still see the rest of the file and one message lists everything.
 */
import { z } from 'zod';
import type { DayChoice } from '../domain/calendar.ts';
import type { Objective } from '../domain/workload.ts';
import { didYouMean } from './did-you-mean.ts';
import { formatFound, type Path } from './problems.ts';

/** What is left of a configuration when wrong parts are taken out: everything may be absent. */
export type Draft<T> = T extends Objective | DayChoice
  ? T
  : T extends readonly (infer E)[]
    ? readonly (Draft<E> | undefined)[]
    : T extends object
      ? { readonly [K in keyof T]?: Draft<T[K]> | undefined }
      : T;

/** A problem before its line is known. */
export interface ShapeProblem {
  readonly path: Path;
  readonly expected: string;
  readonly found: string;
  readonly meant?: string;
}

interface Reading {
  readonly problems: ShapeProblem[];
}

const secretName = /pass|token|secret|credential|apikey/i;

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}

/** The keys of an object and, dotted, those of the objects in it: `replicas`, `replicas.min`. */
function knownKeys(schema: z.ZodObject): readonly string[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const inner = unwrap(field as z.ZodType);
    return inner instanceof z.ZodObject ? [key, ...Object.keys(inner.shape).map((name) => `${key}.${name}`)] : [key];
  });
}

function unknownKey(key: string, schema: z.ZodObject, path: Path): ShapeProblem {
  const meant = didYouMean(key, knownKeys(schema));
  const secret = secretName.test(key);
  return {
    path: [...path, key],
    expected: secret ? 'a setting that names a file (secrets are read from files only)' : 'a known setting',
    found: secret ? `"${key}" (value not shown)` : `"${key}"`,
    ...(meant === undefined ? {} : { meant }),
  };
}

function isMapping(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongKind(expected: string, value: unknown, path: Path, reading: Reading): undefined {
  reading.problems.push({ path, expected, found: formatFound(value) });
}

function readObject(schema: z.ZodObject, given: unknown, path: Path, reading: Reading): unknown {
  // A section that is needed and not there reads as an empty one, so that the message names the setting itself.
  const value = given === undefined ? {} : given;
  if (!isMapping(value)) return wrongKind('a mapping of settings', value, path, reading);
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(schema.shape, key)) reading.problems.push(unknownKey(key, schema, path));
  }
  const fields = Object.entries(schema.shape).map(([key, field]) => {
    const item = Object.hasOwn(value, key) ? value[key] : undefined;
    return [key, read(field as z.ZodType, item, [...path, key], reading)];
  });
  return Object.fromEntries(fields);
}

function readRecord(schema: z.ZodRecord, value: unknown, path: Path, reading: Reading): unknown {
  if (!isMapping(value)) return wrongKind('a mapping', value, path, reading);
  const entries = Object.entries(value).map(([key, item]) => {
    read(schema.keyType as z.ZodType, key, [...path, key], reading);
    return [key, read(schema.valueType as z.ZodType, item, [...path, key], reading)];
  });
  return Object.fromEntries(entries);
}

function readLeaf(schema: z.ZodType, value: unknown, path: Path, reading: Reading): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // One problem a leaf: its schema says everything it expects in one sentence.
  const issue = result.error.issues[0]!;
  const found = issue.code === 'custom' ? (issue.params?.['found'] as string | undefined) : undefined;
  const choices = schema instanceof z.ZodEnum ? schema.options.map(String) : [];
  const meant = typeof value === 'string' ? didYouMean(value, choices) : undefined;
  reading.problems.push({
    path,
    expected: issue.message,
    found: found ?? formatFound(value),
    ...(meant === undefined ? {} : { meant }),
  });
  return undefined;
}

function read(schema: z.ZodType, value: unknown, path: Path, reading: Reading): unknown {
  if (schema instanceof z.ZodOptional) {
    return value === undefined ? undefined : read(schema.unwrap() as z.ZodType, value, path, reading);
  }
  if (schema instanceof z.ZodPrefault) {
    return read(schema.unwrap() as z.ZodType, value === undefined ? schema.def.defaultValue : value, path, reading);
  }
  if (schema instanceof z.ZodObject) return readObject(schema, value, path, reading);
  if (schema instanceof z.ZodRecord) return readRecord(schema, value, path, reading);
  if (schema instanceof z.ZodArray) {
    if (!Array.isArray(value)) return wrongKind('a list', value, path, reading);
    return value.map((item, i) => read(schema.element as z.ZodType, item, [...path, i], reading));
  }
  return readLeaf(schema, value, path, reading);
}

/**
 * @returns the parts of `value` that fit, defaults filled in where nothing was given, and a problem for each part that
 *   does not. Without problems `schema.parse(value)` succeeds.
 */
export function readShape<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { readonly draft: Draft<z.output<S>>; readonly problems: readonly ShapeProblem[] } {
  const reading: Reading = { problems: [] };
  const draft = read(schema, value, [], reading) as Draft<z.output<S>>;
  return { draft, problems: reading.problems };
}
