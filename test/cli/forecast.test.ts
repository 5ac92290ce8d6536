import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { after, before, describe, it } from 'mocha';
import { addForecastCommand } from '../../src/cli/forecast.ts';
import { shopLoad } from '../forecast/made-series.ts';

describe('forescale forecast', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'forescale-forecast-'));
  });
  after(() => rm(folder, { recursive: true }));

  let said = '';

  /** Runs the command in-process. @returns what it printed. */
  async function run(args: readonly string[], stop = new AbortController().signal, models?: string): Promise<string> {
    let printed = '';
    said = '';
    const program = new Command('forescale').exitOverride().configureOutput({ writeErr: () => {} });
    const context = {
      stop,
      print: (text: string) => {
        printed += text;
      },
      say: (text: string) => {
        said += text;
      },
      exit: () => {},
    };
    addForecastCommand(program, context, models);
    await program.parseAsync(['forecast', ...args], { from: 'user' });
    return printed;
  }

  async function input(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text);
    return path;
  }

  const few = ['unique_id,ds,y', 'b,1,3', 'b,2,', 'b,3,5', 'a,11,7', 'a,12,8'].join('\n');

  it('writes 2 rows a series in the order of the input, with the levels as typed', async () => {
    const path = await input('few.csv', few);
    const out = await run(['--input', path, '--horizon', '2', '--season-length', '24', '--levels', '0.90,0.5']);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    assert.deepEqual(rows[0], ['unique_id', 'ds', 'mean', 'q0.90', 'q0.5']);
    assert.deepEqual(
      rows.slice(1).map((row) => row.slice(0, 2)),
      [
        ['b', '4'],
        ['b', '5'],
        ['a', '13'],
        ['a', '14'],
      ],
    );
    for (const row of rows.slice(1)) assert.ok(Number(row[3]) >= Number(row[4]), row.join(','));
  });

  it('has the levels 0.025, 0.1, 0.5, 0.9 and 0.975 by default', async () => {
    const out = await run(['--input', await input('few.csv', few), '--horizon', '1', '--season-length', '24']);
    assert.match(out, /^unique_id,ds,mean,q0.025,q0.1,q0.5,q0.9,q0.975\n/);
  });

  it('reads .gz, continues ISO times, quotes names with commas, and writes a file', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, i) => `"shop, ""eu""",2026-03-01T${String(i % 24).padStart(2, '0')}:00:00Z,${i}`,
    );
    const day = ['unique_id,ds,y', ...rows.slice(0, 24)].join('\n');
    const output = join(folder, 'out.csv');
    await run([
      '--input',
      await input('iso.csv.gz', day),
      '--horizon',
      '2',
      '--season-length',
      '24',
      '--output',
      output,
    ]);
    const lines = (await readFile(output, 'utf8')).split('\n');
    assert.ok(lines[1]!.startsWith('"shop, ""eu""",2026-03-02T00:00:00Z,'), lines[1]);
  });

  it('forecasts 3 weeks of hours, twice the same bytes, 24 hours ahead within 6 % on average', async () => {
    const load = shopLoad(28, 24, 0.05);
    const known = 21 * 24;
    const rows = Array.from(load.values.subarray(0, known), (y, t) => `shop,${1_700_000_000 + 3600 * t},${y}`);
    const path = await input('shop.csv', ['unique_id,ds,y', ...rows].join('\n'));
    const args = ['--input', path, '--horizon', '24', '--season-length', '24,168', '--levels', '0.5', '--seed', '4'];
    const out = await run(args);
    assert.equal(await run(args), out);
    const medians = out
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[3]));
    const errors = medians.map((median, i) => Math.abs(median / load.values[known + i]! - 1));
    assert.ok(errors.reduce((a, b) => a + b) / 24 < 0.06, `${errors}`);
    assert.equal(out.split('\n')[1]!.split(',')[1], String(1_700_000_000 + 3600 * known));
  });

  const table = (values: readonly (number | string)[], from = 1) =>
    ['unique_id,ds,y', ...values.map((y, t) => `x,${from + t},${y}`)].join('\n');
  const hours = (n: number) =>
    Array.from({ length: n }, (_, t) => 50 + 20 * Math.sin((2 * Math.PI * t) / 24) + (t % 7));

  const odd: readonly [string, readonly (number | string)[], RegExp][] = [
    ['a block of 100 missing values', hours(400).map((y, t) => (t >= 150 && t < 250 ? '' : y)), /^$/],
    ['nothing but zeros', new Array(100).fill(0), /^$/],
    ['a constant', new Array(100).fill(12.5), /^$/],
    ['3 points', [4, 5, 6], /^$/],
    ['1 point', [4], /^$/],
    ['negative values', hours(300).map((y) => y - 60), /^$/],
    [
      'a spike of a million times',
      hours(300).map((y, t) => (t === 200 ? 1e6 * y : y)),
      /^series x has values far out of the range of all others: taken as missing\n$/,
    ],
    ['two seasons that are longer than the history', hours(20), /^$/],
  ];
  for (const [what, values, expected] of odd) {
    it(`forecasts ${what}: finite, in order, and says ${expected.source === '^$' ? 'nothing' : 'why'}`, async () => {
      const path = await input('odd.csv', table(values));
      const out = await run(['--input', path, '--horizon', '30', '--season-length', '24,168']);
      const rows = out.trim().split('\n').slice(1);
      assert.equal(rows.length, 30);
      for (const row of rows) {
        const [, , mean, ...quantiles] = row.split(',').map(Number);
        assert.ok([mean!, ...quantiles].every(Number.isFinite), row);
        for (let i = 1; i < quantiles.length; i++) assert.ok(quantiles[i]! >= quantiles[i - 1]!, row);
      }
      assert.match(said, expected);
    });
  }

  it('forecasts 25,000 points from the newest 20,160 and says so', async () => {
    const path = await input('many.csv', table(hours(25_000)));
    const out = await run(['--input', path, '--horizon', '2', '--season-length', '1', '--levels', '0.5']);
    assert.match(out, /^unique_id,ds,mean,q0.5\nx,25001,/);
    assert.equal(said, 'series x has more than 20160 points: forecast from the newest 20160\n');
  });

  it('works without a season', async () => {
    const path = await input('plain.csv', table([3, 4, 3, 5, 4, 4, 3, 5, 4, 5, 4, 3, 4, 5]));
    const out = await run(['--input', path, '--horizon', '2', '--season-length', '1', '--levels', '0.5']);
    const [mean, median] = out.split('\n')[1]!.split(',').slice(2).map(Number);
    assert.ok(mean! > 3 && mean! < 5 && mean === median, out);
  });

  it('takes the shipped prior with --prior alone: other numbers, the same twice, nothing to say', async () => {
    const path = await input('prior.csv', table(Array.from(shopLoad(21, 24, 0.05).values)));
    const args = ['--input', path, '--horizon', '24', '--season-length', '24,168'];
    const plain = await run(args);
    const prior = await run([...args, '--prior']);
    assert.notEqual(prior, plain);
    assert.equal(said, '');
    assert.equal(await run([...args, '--prior']), prior);
  });

  it('forecasts the bytes of the others when the prior is not there, is damaged or cannot see so far, and says which', async () => {
    const path = await input('prior.csv', table(hours(500)));
    const models = join(folder, 'models');
    const args = ['--input', path, '--horizon', '24', '--season-length', '24,168'];
    const stop = new AbortController().signal;
    const plain = await run(args);
    assert.equal(await run([...args, '--prior'], stop, models), plain);
    assert.equal(said, `forecast without the prior: there is none in ${models}\n`);
    await mkdir(join(models, 'prior'), { recursive: true });
    await writeFile(join(models, 'prior/manifest.json'), '{');
    assert.equal(await run([...args, '--prior'], stop, models), plain);
    assert.match(said, /^forecast without the prior: networks prior: .*JSON.*; moved to .*prior\.set-aside\n$/);
    const noSeason = ['--input', path, '--horizon', '24', '--season-length', '1', '--levels', '0.5'];
    assert.equal(await run([...noSeason, '--prior']), await run(noSeason));
    await run([...noSeason, '--prior']);
    assert.match(said, /^member prior-lstm has nothing to say: it needs a season to take for a day\n/);
  });

  it('leaves no file behind, not even half of one, when it is stopped', async () => {
    const stop = new AbortController();
    const path = await input('long.csv', table(hours(5_000)));
    const args = ['--input', path, '--horizon', '48', '--season-length', '24', '--output', join(folder, 'half.csv')];
    const running = run(args, stop.signal);
    setTimeout(() => stop.abort(), 100);
    await assert.rejects(running, /stopped\. Nothing was written\./);
    const left = (await readdir(folder)).filter((name) => name.startsWith('half'));
    assert.deepEqual(left, []);
  });

  it('tells all 5 problems of a table with line and column, and writes nothing', async () => {
    const bad = ['unique_id,ds,y', 'a,1,x', 'a,2,4', 'a,3', 'b,q,1', 'c,1,1', 'c,2,2', 'c,4,3', 'd,1,', 'd,2,nan'].join(
      '\n',
    );
    const path = await input('bad.csv', bad);
    const output = join(folder, 'never.csv');
    const failed = run(['--input', path, '--horizon', '1', '--season-length', '24', '--output', output]);
    await assert.rejects(failed, (error: Error) => {
      assert.equal(
        error.message,
        [
          `${path}: 5 problems. Nothing was written.`,
          '  line 2, column 5 (y): expected a number or nothing, found "x"',
          '  line 4: expected at least 3 fields, found 2',
          '  line 5, column 3 (ds): expected a whole number or an ISO 8601 time, found "q"',
          '  line 8, column 3 (ds): expected a step of 1 in series c, found 2 at "4" (leave y blank where a value is missing)',
          '  line 9: expected at least one value in series d, found only missing ones',
        ].join('\n'),
      );
      return true;
    });
    await assert.rejects(readFile(output), /ENOENT/);
  });

  const badOptions: readonly [string, readonly string[], RegExp][] = [
    ['a horizon of 0', ['--horizon', '0'], /--horizon: expected a whole number from 1 to 100000, found "0"/],
    [
      'a season that no memory holds',
      ['--season-length', '100000000000'],
      /--season-length: expected a whole number from 1 to 10000000, found "100000000000"/,
    ],
    ['a season of half a day in words', ['--season-length', '24,noon'], /--season-length: .* found "noon"/],
    ['a level of 1', ['--levels', '0.5,1'], /--levels: expected numbers between 0 and 1, found "1"/],
    ['an empty level', ['--levels', '0.5,'], /--levels: expected numbers between 0 and 1, found ""/],
    ['one level twice', ['--levels', '0.5,0.50'], /--levels: expected each level once/],
    ['a negative seed', ['--seed=-1'], /--seed: .* found "-1"/],
  ];
  for (const [what, args, message] of badOptions) {
    it(`refuses ${what}`, async () => {
      const rest = ['--input', 'not-read.csv', ...(args[0] === '--horizon' ? [] : ['--horizon', '1'])];
      const season = args[0] === '--season-length' ? [] : ['--season-length', '24'];
      await assert.rejects(run([...rest, ...season, ...args]), message);
    });
  }

  it('tells of all three options that are needed and not given', async () => {
    await assert.rejects(run([]), (error: Error) => {
      assert.equal(
        error.message,
        [
          'options: 3 problems. Nothing was written.',
          '  --input: expected the path of a table, found nothing',
          '  --horizon: expected a number of steps, found nothing',
          '  --season-length: expected numbers of steps such as 24,168, found nothing',
        ].join('\n'),
      );
      return true;
    });
  });

  it('says before the work that the result has no place', async () => {
    const path = await input('unread.csv', 'not a table');
    const args = ['--input', path, '--horizon', '1', '--season-length', '24', '--output', folder];
    await assert.rejects(run(args), /cannot be written: it is a folder\. Nothing was written\./);
  });

  it('tells all problems of the options at once', async () => {
    const failed = run(['--input', 'x', '--horizon', 'a', '--season-length', '0', '--levels', '2']);
    await assert.rejects(failed, /options: 3 problems/);
  });

  it('names a file that is not there', async () => {
    const failed = run(['--input', join(folder, 'no.csv'), '--horizon', '1', '--season-length', '24']);
    await assert.rejects(failed, /no\.csv cannot be read: ENOENT/);
  });
});
