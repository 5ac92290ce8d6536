/** How mocha is called, and which tests there are; paths from the root of the project, where it runs. */
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export const mocha = [
  join(root, 'node_modules/mocha/bin/mocha.js'),
  '--reporter',
  join(root, 'test/support/counting-reporter.cjs'),
];

/** These start an API server, Prometheus and the like. */
export const withServers = ['test/acceptance', 'test/rig'];

export function testsIn(folder: string): string {
  return join(folder, '**/*.test.ts');
}
