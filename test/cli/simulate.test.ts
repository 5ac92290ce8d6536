import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import type { Context } from '../../src/cli/context.ts';
import { addSimulateCommand } from '../../src/cli/simulate.ts';

const header = 'unix_s,requests\n';
const rows = Array.from({ length: 120 }, (_, i) => `${i * 60},${600 + 300 * (i % 30)}`).join('\n');

describe('forescale simulate', () => {
  let folder = '';
  let printed = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulate-'));
    printed = '';
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function simulate(text: string | Buffer, extra: readonly string[] = [], name = 'trace.csv'): Promise<void> {
    const trace = join(folder, name);
    await writeFile(trace, text);
    const context: Context = {
      stop: new AbortController().signal,
      print: (part) => {
        printed += part;
      },
      say: () => {},
      exit: () => {},
    };
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    addSimulateCommand(program, context);
    const fixed = [
      '--trace',
      trace,
      '--column',
      'requests',
      '--per-replica',
      '10',
      '--start-up',
      '120s',
      '--warm-up',
      '30m',
    ];
    const policies = extra.includes('--policies') ? [] : ['--policies', 'hpa:0.5:stabilization=120s,oracle'];
    await program.parseAsync(['simulate', ...fixed, ...policies, ...extra], { from: 'user' });
  }

  async function refused(text: string, extra: readonly string[] = []): Promise<string> {
    const out = ['--output', join(folder, 'r.json'), '--decisions', join(folder, 'rows')];
    const error = await simulate(text, [...extra, ...out]).then(
      () => assert.fail('it was accepted'),
      (problem: Error) => problem,
    );
    assert.deepEqual(await readdir(folder), ['trace.csv'], 'nothing is written');
    return error.message;
  }

  it('prints a table with a line for each policy', async () => {
    await simulate(header + rows);
    assert.match(printed, /^policy +replica-hours +cost\/oracle/);
    assert.match(printed, /^hpa:0\.5:stabilization=120s +\d/m);
    assert.match(printed, /^oracle +\d+\.\d +1\.0000 +0\.000 %/m);
  });

  it('writes the report and one file of 90 rows for each policy', async () => {
    await simulate(header + rows, ['--output', join(folder, 'r.json'), '--decisions', join(folder, 'rows')]);
    const report = JSON.parse(await readFile(join(folder, 'r.json'), 'utf8'));
    assert.deepEqual(
      report.policies.map((p: { policy: string }) => p.policy),
      ['hpa:0.5:stabilization=120s', 'oracle'],
    );
    for (const key of [
      'replica_hours',
      'ready_hours',
      'cost_over_oracle',
      'violation_share',
      'unserved_share',
      'upsilon',
      'theta_u',
      'theta_o',
      'tau_u',
      'tau_o',
      'scale_ups',
      'scale_downs',
    ])
      assert.equal(typeof report.policies[0][key], 'number', key);
    assert.deepEqual((await readdir(join(folder, 'rows'))).sort(), ['hpa-0.5-stabilization=120s.csv', 'oracle.csv']);
    const lines = (await readFile(join(folder, 'rows', 'oracle.csv'), 'utf8')).trim().split('\n');
    assert.equal(lines.length, 91);
    assert.equal(lines[1], '1800,10,1,2,2');
  });

  it('reads a trace that ends in .gz, and prints JSON on request', async () => {
    await simulate(gzipSync(header + rows), ['-o', 'json'], 'trace.csv.gz');
    assert.equal(JSON.parse(printed).policies.length, 2);
  });

  it('names every problem of the command line at once', async () => {
    const message = await refused(header + rows, [
      '--per-replica',
      '0',
      '--warm-up',
      'long',
      '--objective',
      'fast',
      '--start-up',
      '1x',
    ]);
    assert.match(message, /^simulate: 4 problems\. Nothing was simulated or written\./);
    assert.match(message, /--per-replica: expected a rate per second above 0, got "0"/);
    assert.match(message, /--objective: expected "p95 latency 250ms"/);
  });

  it('names unknown policies and what was probably meant', async () => {
    const message = await refused(header + rows, [
      '--policies',
      'orcale,hpa,hpa:70,recent-max,static:1,forescale:2,hpa:0.5,hpa:0.5',
    ]);
    assert.match(message, /"orcale": expected one of .* \(did you mean "oracle"\?\)/);
    assert.match(message, /"hpa": expected a target in whole percent/);
    assert.match(message, /"hpa:70": expected a target/);
    assert.match(message, /"recent-max": expected a span of time, as in recent-max:7d/);
    assert.match(message, /"static:1": expected static without more/);
    assert.match(message, /"forescale:2": expected a share of time between 0 and 1/);
    assert.match(message, /"hpa:0\.5" is there twice/);
  });

  it('says where a trace is wrong: file, line and column', async () => {
    assert.match(
      await refused(`${header}0,1\n60,x`),
      /trace\.csv: line 3, column requests: expected a number or nothing, found "x"/,
    );
  });

  it('refuses a decision interval that does not divide the step, and a start-up longer than the trace', async () => {
    assert.match(await refused(header + rows, ['--decide-every', '45s']), /--decide-every: expected the step/);
    assert.match(await refused(header + rows, ['--start-up', '3h']), /--start-up: expected less than the trace/);
  });

  it('leaves nothing half-written when a file cannot be written', async () => {
    await writeFile(join(folder, 'rows'), 'a file where a folder is wanted');
    const out = ['--output', join(folder, 'r.json'), '--decisions', join(folder, 'rows')];
    await assert.rejects(simulate(header + rows, out), /cannot be written.*Nothing was written/);
    assert.deepEqual((await readdir(folder)).sort(), ['rows', 'trace.csv']);
  });
});
