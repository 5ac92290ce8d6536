import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readAlerts, root } from './files.ts';

const file = join(root, 'docs', 'operations.md');
const text = readFileSync(file, 'utf8');

/** Anchors as GitHub makes them from headings. */
const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
  heading!
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

describe('docs/operations.md', () => {
  it('has a section for every alert, under the address that the alert gives', () => {
    for (const { alert, annotations } of readAlerts()) {
      const [path, anchor] = annotations['runbook']!.split('#');
      assert.equal(path, 'docs/operations.md');
      assert.equal(anchor, alert.toLowerCase());
      assert.ok(anchors.includes(anchor!), alert);
    }
  });

  it('explains no alert that does not exist', () => {
    const alerts = readAlerts().map(({ alert }) => alert);
    for (const [, heading] of text.matchAll(/^### (Forescale\w+)$/gm)) assert.ok(alerts.includes(heading!), heading);
  });

  it('has no broken link, and names no file of deploy/ that is not there', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => join(dirname(file), target!));
    const named = [...text.matchAll(/\bdeploy\/[\w./-]*\w/g)].map(([path]) => join(root, path));
    // `deploy/forescale` is the Deployment in kubectl's own words.
    for (const path of [...links, ...named]) assert.ok(path.endsWith('deploy/forescale') || existsSync(path), path);
    assert.ok(links.length >= 4);
  });

  it('names only settings that the configuration knows', () => {
    type Schema = { readonly properties: { readonly [name: string]: Schema } };
    const schema = JSON.parse(readFileSync(join(root, 'config', 'schema.json'), 'utf8')) as Schema;
    const settings = [...text.matchAll(/`([a-z]\w+)\.([a-z]\w+)`/gi)].filter(
      ([, section]) => section! in schema.properties,
    );
    assert.ok(settings.length >= 5);
    for (const [path, section, key] of settings) assert.ok(key! in schema.properties[section!]!.properties, path);
  });
});
