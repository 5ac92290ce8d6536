import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemaText } from '../../src/config/json-schema.ts';

interface Node {
  readonly description?: string;
  readonly properties?: { readonly [name: string]: Node };
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
}

/** Paths of settings without a description. */
function undescribed(node: Node, path: string): readonly string[] {
  const fields = Object.entries(node.properties ?? {}).flatMap(([name, child]) => [
    ...(child.description ? [] : [`${path}.${name}`]),
    ...undescribed(child, `${path}.${name}`),
  ]);
  const item = node.items ? undescribed(node.items, `${path}[]`) : [];
  const each = typeof node.additionalProperties === 'object' ? undescribed(node.additionalProperties, `${path}.*`) : [];
  return [...fields, ...item, ...each];
}

describe('config/schema.json', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'config', 'schema.json'), 'utf8');

  it('is what the code defines (else: npm run schema)', () => assert.equal(text, jsonSchemaText()));

  it('describes every setting for the editor', () => {
    assert.deepEqual(undescribed(JSON.parse(text), ''), []);
  });

  it('refuses unknown settings at every level', () => {
    const open: string[] = [];
    const walk = (node: Node, path: string): void => {
      if (node.properties && node.additionalProperties !== false) open.push(path);
      for (const [name, child] of Object.entries(node.properties ?? {})) walk(child, `${path}.${name}`);
      if (node.items) walk(node.items, `${path}[]`);
      if (typeof node.additionalProperties === 'object') walk(node.additionalProperties, `${path}.*`);
    };
    walk(JSON.parse(text), '');
    assert.deepEqual(open, []);
  });
});
