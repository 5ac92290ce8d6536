/**
 * Random input is the same in each run, so that a failure is there again in the next one. `FORESCALE_FUZZ_SEED=N` tries another
 * (any integer); a property that fails says its seed. What a property finds becomes a test of its own.
 */
import process from 'node:process';
import fc from 'fast-check';

const { FORESCALE_FUZZ_SEED: given = '1' } = process.env;
const seed = Number(given);
if (given === '' || !Number.isInteger(seed))
  throw new Error(`FORESCALE_FUZZ_SEED: expected an integer, got "${given}"`);
fc.configureGlobal({ seed });
