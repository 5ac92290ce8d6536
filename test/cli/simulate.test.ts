import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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
  let stop = new AbortController();

  beforeEach(async () => {
    stop = new AbortController();
    folder = await mkdtemp(join(tmpdir(), 'simulate-'));
    printed = '';
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function simulate(text: string | Buffer, extra: readonly string[] = [], name = 'trace.csv'): Promise<void> {
    const trace = join(folder, name);
    await writeFile(trace, text);
    const context: Context = {
      stop: stop.signal,
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

  it('refuses a load for more replicas than can be counted, instead of simulating none', async () => {
    const spiked = `${header}${rows.replace(/\n3600,\d+/, '\n3600,1e308')}`;
    assert.match(
      await refused(spiked),
      /--per-replica: expected a largest load for at most 4294967295 replicas, found \S+ requests per second at 10 a replica/,
    );
  });

  it('refuses a decision interval that does not divide the step, and a start-up longer than the trace', async () => {
    assert.match(await refused(header + rows, ['--decide-every', '45s']), /--decide-every: expected the step/);
    assert.match(await refused(header + rows, ['--start-up', '3h']), /--start-up: expected less than the trace/);
  });

  const faults: readonly (readonly [what: string, text: string, expected: RegExp])[] = [
    ['an empty file', '', /trace\.csv: the file is empty; expected a header such as unix_s,requests/],
    ['a header alone', header, /the trace has 0 rows; expected at least 2/],
    ['an unknown column', 'unix_s,hits\n0,1\n60,1\n', /line 1: expected a column "requests", found unix_s, hits/],
    ['a missing time column', 'ds,requests\n0,1\n60,1\n', /line 1: expected a column "unix_s", found ds, requests/],
    ['times that go back', `${header}60,1\n0,1\n`, /line 3, column unix_s: 0 comes after a later time/],
    ['a time that is there twice', `${header}0,1\n60,1\n60,1\n`, /line 4, column unix_s: 60 is there twice/],
    [
      'mixed steps',
      `${header}0,1\n60,1\n180,1\n`,
      /line 4, column unix_s: expected a regular step of 60 s, found 120 s/,
    ],
    ['text in a time', `${header}0,1\nnoon,1\n`, /line 3, column unix_s: expected seconds since 1970, found "noon"/],
    [
      'text in a number',
      `${header}0,1\n60,many\n`,
      /line 3, column requests: expected a number or nothing, found "many"/,
    ],
    ['an infinite load', `${header}0,1\n60,1e999\n`, /line 3, column requests: expected a number or nothing/],
    ['a negative load', `${header}0,1\n60,-5\n`, /line 3, column requests: expected a load of at least 0, found -5/],
    ['a row with a cell too many', `${header}0,1\n60,1,2\n`, /line 3: expected 2 cells as in the header, found 3/],
  ];
  for (const [what, text, expected] of faults) {
    it(`refuses ${what} with one error, and writes nothing`, async () => {
      const message = await refused(text);
      assert.match(message, expected);
      assert.match(message, /^simulate: 1 problem\. Nothing was simulated or written\.\n {2}[^\n]*$/);
    });
  }

  it('wants either a trace or a workload, and with a trace what a replica serves and how long it starts', async () => {
    assert.match(
      await refused(header + rows, ['--workload', 'shop/web']),
      /expected either --trace FILE or --workload .* both/,
    );
    assert.match(
      await refused(header + rows, ['--since', '30d']),
      /--since: expected only with --workload, found with --trace/,
    );
    assert.match(
      await refused(header + rows, ['--price', '-1']),
      /--price: expected money per replica-hour, above 0, got "-1"/,
    );
  });

  it('adds the prices, and lets perfect foresight pay for its changes', async () => {
    const price = ['--price', '0.5', '--price-change', '0.2', '-o', 'json', '--policies', 'static,oracle'];
    await simulate(header + rows, price);
    const [fixed, oracle] = JSON.parse(printed).policies;
    assert.equal(fixed.money, 0.5 * fixed.replica_hours);
    assert.equal(oracle.money_over_oracle, 1);
    assert.equal(oracle.money, 0.5 * oracle.replica_hours + 0.2 * oracle.replicas_changed);
    printed = '';
    await simulate(header + rows, ['--policies', 'oracle', '--price', '2']);
    assert.match(printed, /^policy .* money +money\/oracle$/m);
  });

  it('writes one page that loads nothing from elsewhere', async () => {
    await simulate(header + rows, ['--html', join(folder, 'page.html'), '--price', '1']);
    const page = await readFile(join(folder, 'page.html'), 'utf8');
    assert.doesNotMatch(page, /(src|href)=|url\(|@import|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    for (const heading of [
      'Cost against violations',
      'Scores',
      'Cost in money',
      'Replicas against need',
      'When it goes wrong',
      'Every assumption',
    ])
      assert.match(page, new RegExp(`<h2>${heading}</h2>`));
    assert.match(page, /serves 10 requests per second/);
  });

  it('stops between two rows when it is told to, with a sentence and without files', async () => {
    stop.abort();
    const message = await refused(header + rows, ['--html', join(folder, 'page.html')]);
    assert.equal(message, 'simulate: stopped. Nothing was written.');
  });

  it('ends with one sentence on a full disk, prints no result and writes none of the others (skipped without /dev/full)', async function () {
    if (!(await stat('/dev/full').catch(() => undefined))?.isCharacterDevice()) this.skip();
    const out = ['--output', '/dev/full', '--html', join(folder, 'p.html'), '--decisions', join(folder, 'rows')];
    await assert.rejects(
      simulate(header + rows, out),
      /^Error: \/dev\/full cannot be written: ENOSPC[^\n]* Nothing was written\.$/,
    );
    assert.equal(printed, '');
    assert.deepEqual(await readdir(folder), ['trace.csv']);
  });

  it('leaves nothing half-written when a file cannot be written', async () => {
    await writeFile(join(folder, 'rows'), 'a file where a folder is wanted');
    const out = ['--output', join(folder, 'r.json'), '--decisions', join(folder, 'rows')];
    await assert.rejects(simulate(header + rows, out), /cannot be written.*Nothing was written/);
    assert.deepEqual((await readdir(folder)).sort(), ['rows', 'trace.csv']);
  });
});
