import assert from 'node:assert/strict';
import { Command } from 'commander';
import type { Context } from '../../src/cli/context.ts';
import { addDemoCommand } from '../../src/cli/demo.ts';

async function demo(args: readonly string[], stop = new AbortController()): Promise<string> {
  let printed = '';
  const context: Context = {
    stop: stop.signal,
    print: (text) => {
      printed += text;
    },
    say: () => {},
    exit: () => {},
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addDemoCommand(program, context);
  await program.parseAsync(['demo', ...args], { from: 'user' });
  return printed;
}

describe('forescale demo', () => {
  it('prints policies and changes as JSON: two simulated hours', async () => {
    const { policies, changes } = JSON.parse(
      await demo(['--for', '2h', '--speed', 'max', '--seed', '1', '-o', 'json']),
    );
    assert.deepEqual(
      policies.map((p: { policy: string }) => p.policy),
      ['forescale', 'hpa:0.7', 'hpa:0.5', 'oracle'],
    );
    for (const key of ['replica_hours', 'violation_share', 'scale_ups', 'scale_downs'])
      assert.equal(typeof policies[0][key], 'number', key);
    for (const { at, workload, from, to, reasons } of changes) {
      assert.match(at, /^2026-03-16T0[567]:\d\d:00\.000Z$/);
      assert.ok(['ai-guide', 'catalogue', 'checkout'].includes(workload));
      assert.notEqual(from, to);
      assert.match(reasons[0].message, /need \d+ replicas/);
    }
  });

  it('tells its changes as lines and ends with a table', async () => {
    const text = await demo(['--for', '2h', '--speed', 'max']);
    assert.match(text, /^forescale replays two weeks of the shop and learns them/);
    assert.match(text, /^Mon 0[567]:\d\d {2}(ai-guide|catalogue|checkout) +\d+ → \d+ +.*need \d+ replicas/m);
    assert.match(text, /^policy +replica-hours +time too few +ups +downs\nforescale /m);
  });

  it('prints no half of a document when it is stopped', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort('SIGINT'), 200);
    await assert.rejects(demo(['--for', '3d', '-o', 'json'], stop), /stopped before its end; nothing was printed/);
  });

  it('still sums up what it has when lines are stopped', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort('SIGINT'), 200);
    assert.match(await demo(['--for', '3d'], stop), /\nforescale +\d+ /);
  });

  it('names every problem of the command line at once', async () => {
    const bad = demo(['--for', '90d', '--speed', 'warp', '--seed', '-1']);
    await assert.rejects(bad, (error: Error) => {
      assert.match(error.message, /nothing was started/);
      assert.match(error.message, /--for: expected whole minutes up to 60d, such as 3d, got "90d"/);
      assert.match(error.message, /--speed: expected max or a number above 0, got "warp"/);
      assert.match(error.message, /--seed: expected a whole number/);
      return true;
    });
    await assert.rejects(demo(['--for', '30s']), /--for/);
    await assert.rejects(demo(['-o', 'xml']), /Allowed choices are text, json/);
  });
});
