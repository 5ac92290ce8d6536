/**
 * mocha's spec output, and what `npm test` closes with in a file of this process in the folder that FORESCALE_TEST_COUNTS
 * names: the counts of all processes, and what failed, come after everything else that is printed.
 */
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on('fail', (test, error) => failures.push(`${test.fullTitle()}\n${error?.stack ?? error}`));
    runner.once('end', () => {
      const { passes = 0, failures: failed = 0, pending = 0 } = runner.stats ?? {};
      const folder = process.env.FORESCALE_TEST_COUNTS;
      if (folder)
        writeFileSync(
          join(folder, `counts-${process.pid}.json`),
          JSON.stringify({ passed: passes, failed, skipped: pending, failures }),
        );
    });
  }
};
