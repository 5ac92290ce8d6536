/** The refit clock by real seconds: what it says goes to our log and our metrics, and nowhere else. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type RefitClock, startRefitClock } from '../../src/app/refit-clock.ts';
import type { LogFields } from '../../src/domain/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { waitUntil } from '../rig/rig.ts';

const everySecond = { refitCron: '* * * * * *', timeZone: 'UTC' };
const patience = { timeoutMs: 60_000 };

describe('the refit clock', () => {
  let said: { level: string; message: string; fields: LogFields | undefined }[];
  let printed: string[];
  let metrics: ReturnType<typeof createMetrics>;
  let clock: RefitClock;
  const at = (level: string) => (message: string, fields?: LogFields) => void said.push({ level, message, fields });
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const real = { warn: console.warn, error: console.error, info: console.info, debug: console.debug };
  const start = (refit: () => Promise<void>) => {
    clock = startRefitClock({ log, metrics }, everySecond, refit);
  };
  const skipped = async () =>
    (await metrics.refits_skipped_total.get()).values.map(({ labels, value }) => [labels['cause'], value] as const);
  const counted = async (cause: string) => new Map(await skipped()).get(cause) ?? 0;

  /** A busy machine may miss a second at any time. */
  const warningsOf = (cause: string) =>
    said.filter(({ level, fields }) => level === 'warn' && fields?.['cause'] === cause);

  beforeEach(() => {
    [said, printed, metrics] = [[], [], createMetrics()];
    for (const name of ['warn', 'error', 'info', 'debug'] as const)
      console[name] = (...words) => void printed.push(words.join(' '));
  });
  afterEach(async () => {
    Object.assign(console, real);
    await clock.stop();
    assert.deepEqual(printed, []);
  });

  it('shows 0 of both causes before anything was left out', async () => {
    start(async () => undefined);
    assert.deepEqual(await skipped(), [
      ['overlap', 0],
      ['missed', 0],
    ]);
  });

  it('leaves out a refit while the one before runs: counted, and one warning with the time', async () => {
    let begun = 0;
    const held = Promise.withResolvers<void>();
    start(() => {
      begun += 1;
      return held.promise;
    });
    await waitUntil('a refit left out', async () => (await counted('overlap')) > 0, patience);
    held.resolve();
    assert.equal(begun, 1);
    const warnings = warningsOf('overlap');
    const [first] = warnings;
    assert.match(first!.message, /^no refit at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z: the refit before has not ended$/);
    assert.deepEqual(first!.fields, { stage: 'fit', cause: 'overlap' });
    assert.equal(warnings.length, await counted('overlap'));
    await waitUntil('the next refit', async () => begun > 1, patience);
  });

  it('says which times were missed by a process that stood still for three seconds', async () => {
    start(async () => undefined);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
    await waitUntil('a refit missed', async () => (await counted('missed')) > 0, patience);
    const warnings = warningsOf('missed');
    assert.equal(warnings.length, await counted('missed'));
    for (const { message } of warnings) assert.match(message, /Z: the process could not run at that time$/);
  });

  it('logs a refit that throws, with its error, and goes on', async () => {
    let begun = 0;
    start(async () => {
      begun += 1;
      if (begun === 1) throw new Error('no such workload');
    });
    await waitUntil('the second refit', async () => begun > 1, patience);
    const errors = said.filter(({ level }) => level === 'error');
    const fields = { stage: 'fit', error: new Error('no such workload') };
    assert.deepEqual(errors, [{ level: 'error', message: 'the refit ended early; what acted before goes on', fields }]);
  });
});
