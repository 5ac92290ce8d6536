/**
 * Removes from a node_modules folder what no program reads at run time. It goes by name alone, and only by names that
 * never hold code that Node loads, so that a new version of a package cannot be broken by it.
 *
 *   node prune.mjs node_modules
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import process from 'node:process';

/** Source maps, types, and reports of bundlers. */
const never = /\.(map|d\.[cm]?ts|tsbuildinfo|min\.js\.html)$/;
/** Builds of TensorFlow.js for browsers; in Node the entry point is dist/tf*.node.js. */
const browser = /\.(es2017|fesm)(\.min)?\.js$|\.min\.js$/;
/** Headers that only compiling the addon needs. */
const headers = join('@tensorflow', 'tfjs-node', 'deps', 'include');

function isIdle(path) {
  return never.test(path) || (path.includes(`${sep}@tensorflow${sep}`) && browser.test(path)) || path.endsWith(headers);
}

/** @returns bytes removed */
function prune(folder) {
  let removed = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (isIdle(path)) {
      removed += statSync(path).size;
      rmSync(path, { recursive: true });
    } else if (entry.isDirectory()) removed += prune(path);
  }
  return removed;
}

const folder = process.argv[2];
if (!folder) {
  process.stderr.write('usage: node prune.mjs NODE_MODULES\n');
  process.exit(1);
}
process.stdout.write(`prune: ${(prune(folder) / 1e6).toFixed(0)} MB removed from ${folder}\n`);
