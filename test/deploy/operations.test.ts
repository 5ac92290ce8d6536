import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
});
