/** JSON Patch (RFC 6902) on plain data, as much as forescale sends: an absent value compares equal to null, as in the API server. */
import { isDeepStrictEqual } from 'node:util';
import type { PatchOperation } from '../../../../src/adapters/kubernetes/write/json-patch.ts';

type Node = { [name: string]: unknown };

/** @returns the patched copy, or undefined when a test does not hold. */
export function applyPatch<T>(document: T, patch: readonly PatchOperation[]): T | undefined {
  const copy = structuredClone(document);
  for (const operation of patch) {
    const segments = operation.path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = segments.pop() as string;
    const parent = segments.reduce<Node | undefined>((node, name) => node?.[name] as Node | undefined, copy as Node);
    if (!parent) return undefined; // the API server refuses a path whose parent is missing
    if (operation.op === 'test') {
      if (!isDeepStrictEqual(parent[last] ?? null, operation.value)) return undefined;
    } else if (operation.op === 'remove') {
      if (!(last in parent)) return undefined;
      delete parent[last];
    } else {
      if (operation.op === 'replace' && !(last in parent)) return undefined;
      parent[last] = operation.value;
    }
  }
  return withoutEmptyAnnotations(copy);
}

/** The API server does not keep an empty map. */
function withoutEmptyAnnotations<T>(document: T): T {
  const metadata = (document as { metadata?: { annotations?: object } }).metadata;
  if (metadata?.annotations && Object.keys(metadata.annotations).length === 0) delete metadata.annotations;
  return document;
}
