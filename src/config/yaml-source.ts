/** YAML with positions: the plain value for the schema, and the line of any path in it for the messages. */
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { formatPath, type Path, type Problem } from './problems.ts';

interface YamlSource {
  /** Without the keys that have no value: a section whose settings are all commented out is an absent section. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Line of the key or list item at `path`, or of the nearest one above it; undefined for the file as a whole. */
  lineOf(path: Path): number | undefined;
}

function withoutEmptyKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutEmptyKeys(item)]));
}

interface Place {
  readonly node: unknown;
  readonly offset: number | undefined;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function step(node: unknown, part: string | number): Place | undefined {
  if (isMap(node)) {
    // The last one, because that is the one whose value counts.
    const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(part));
    return pair && { node: pair.value, offset: startOf(pair.key) };
  }
  if (!isSeq(node) || typeof part !== 'number') return undefined;
  const item = node.items[part];
  return item === undefined ? undefined : { node: item, offset: startOf(item) };
}

function offsetOf(root: unknown, path: Path): number | undefined {
  let place: Place = { node: root, offset: undefined };
  for (const part of path) {
    const next = step(place.node, part);
    if (!next) break;
    place = next;
  }
  return place.offset;
}

type Ancestors = readonly unknown[];

/** Path of a mapping from the nodes above it, root first, as `visit` lists them. */
function pathOf(ancestors: Ancestors, self: unknown): Path {
  const chain = [...ancestors, self];
  return chain.flatMap((node, i): Path => {
    const child = chain[i + 1];
    if (isSeq(node)) return [node.items.indexOf(child)];
    const key = (node as { key?: unknown }).key;
    return isScalar(key) ? [String(key.value)] : [];
  });
}

/** The same key twice in one mapping: YAML forbids it, and the reader cannot know which of the two counts. */
function duplicateKeys(document: Document, lines: LineCounter): readonly Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_, map, ancestors) {
      const firstLines = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const [name, line] = [String(key.value), lines.linePos(startOf(key) ?? 0).line];
        const first = firstLines.get(name);
        if (first === undefined) firstLines.set(name, line);
        else {
          const path = formatPath([...pathOf(ancestors, map), name]);
          problems.push({
            path,
            line,
            expected: 'each setting once',
            found: `a second "${name}", the first is on line ${first}`,
          });
        }
      }
    },
  });
  return problems;
}

function malformed(document: Document, lines: LineCounter): readonly Problem[] {
  return [...document.errors, ...document.warnings].map((error) => ({
    path: 'file',
    line: lines.linePos(error.pos[0]).line,
    expected: 'well-formed YAML',
    found: `an error: ${error.message.replace(/\s+/g, ' ')}`,
  }));
}

function plainValue(document: Document): { readonly value: unknown; readonly problems: readonly Problem[] } {
  try {
    return { value: withoutEmptyKeys(document.toJS({ maxAliasCount: 100 })), problems: [] };
  } catch (error) {
    // Aliases without an anchor, or so many of them that the value would explode.
    const found = `an error: ${(error as Error).message}`;
    return { value: undefined, problems: [{ path: 'file', expected: 'well-formed YAML', found }] };
  }
}

/** @returns `value` is undefined when the text is not well-formed; then `problems` says why. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const options = { prettyErrors: false, uniqueKeys: false, stringKeys: true, version: '1.2' } as const;
  const document = parseDocument(text, { lineCounter: lines, ...options });
  const lineOf = (path: Path) => {
    const offset = offsetOf(document.contents, path);
    return offset === undefined ? undefined : lines.linePos(offset).line;
  };
  const syntax = malformed(document, lines);
  if (syntax.length > 0) return { value: undefined, problems: syntax, lineOf };
  const { value, problems } = plainValue(document);
  return { value, problems: [...problems, ...duplicateKeys(document, lines)], lineOf };
}
