/**
 * mocha's spec output, and the counts in a file of this process in the folder that FORESCALE_TEST_COUNTS names, because the
 * line that closes `npm test` counts those of all processes and has to come after everything else that is printed.
 */
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      const folder = process.env.FORESCALE_TEST_COUNTS;
      if (folder)
        writeFileSync(
          join(folder, `counts-${process.pid}.json`),
          JSON.stringify({ passed: passes, failed: failures, skipped: pending }),
        );
    });
  }
};
