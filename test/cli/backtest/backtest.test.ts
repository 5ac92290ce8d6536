import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { BacktestReport, ModelReport } from '../../../src/cli/backtest/report.ts';
import { noiseOf } from '../../evaluate/support.ts';
import { backtest, folder, load, longForm, writeWave } from './support.ts';

const usual = ['--horizon', '6', '--season-length', '24', '--models', 'arima', '-o', 'json'];

function parse(printed: string): BacktestReport {
  return JSON.parse(printed) as BacktestReport;
}

function modelOf(report: BacktestReport, name: ModelReport['model']): ModelReport {
  return report.models.find(({ model }) => model === name)!;
}

/** Everything but the times, which no seed can fix. */
function withoutTimes(printed: string): string {
  return printed.replace(/"mean_seconds": [0-9.e-]+/g, '"mean_seconds": 0');
}

describe('forescale backtest', () => {
  it('scores the yardsticks, ARIMA and what acts on the newest quarter of twenty days', async () => {
    const dir = await folder();
    await writeWave(dir.path('load.csv'));
    const { printed, failure } = await backtest('--input', dir.path('load.csv'), ...usual);
    assert.equal(failure, undefined);
    const report = parse(printed);
    assert.deepEqual(
      report.models.map(({ model }) => model),
      ['seasonal-naive', 'holt-winters', 'arima', 'acting'],
    );
    const [series] = report.series;
    assert.deepEqual([series!.last_origin, series!.step_seconds], [String(Date.UTC(2024, 0, 20, 18) / 1000), 3_600]);
    assert.equal(series!.fits.length, 4);
    for (const one of report.models) {
      assert.ok(one.mase > 0.3 && one.mase < 1.3, `${one.model}: MASE ${one.mase}`);
      assert.ok(one.coverage.shares['0.9']! > 0.75 && one.coverage.shares['0.9']! < 0.99);
      assert.equal(one.coverage.count, 6 * one.origins);
      assert.equal(one.coverage_by_part.length, 24);
      assert.ok(Math.abs(one.pit.reduce((sum, mass) => sum + mass, 0) - 1) < 1e-9);
      assert.ok(one.fits.mean_seconds! > 0);
    }
    assert.ok(report.parts_are_hours);
  });

  it('the same seed gives the same bytes but for the times', async () => {
    const dir = await folder();
    await writeWave(dir.path('load.csv'));
    const args = ['--input', dir.path('load.csv'), ...usual, '--origins', '12', '--html', dir.path('a.html')];
    const first = await backtest(...args);
    assert.equal(withoutTimes((await backtest(...args)).printed), withoutTimes(first.printed));
  });

  it('what comes behind the last origin but one changes nothing up to there: noise in the last day leaves the first fits', async () => {
    const dir = await folder();
    const noise = noiseOf(3);
    const values = Array.from({ length: 480 }, (_, hour) => load(hour, noise));
    const table = (of: (hour: number) => number) => `unique_id,ds,y\n${longForm('a', 480, of)}`;
    await writeFile(
      dir.path('a.csv'),
      table((hour) => values[hour]!),
    );
    await writeFile(
      dir.path('b.csv'),
      table((hour) => (hour < 456 ? values[hour]! : 5_000)),
    );
    const args = [...usual, '--origins', '5', '--stride', '24', '--refit-every', '1'];
    const fitsOf = async (name: string) =>
      parse((await backtest('--input', dir.path(name), ...args)).printed).series[0]!.fits;
    const [a, b] = [await fitsOf('a.csv'), await fitsOf('b.csv')];
    // Origins stand at 378, 402, …, 474; only the last one knows the noise.
    assert.deepEqual(b.slice(0, 4), a.slice(0, 4));
  });

  it('reads .gz, many series of several lengths, and pools them; one that never changes is left out and counted', async () => {
    const dir = await folder();
    const noise = noiseOf(9);
    const text = ['a', 'b', 'c'].map((id, i) => longForm(id, 240 + 24 * i, (hour) => (i + 1) * load(hour, noise)));
    const idle = longForm('idle', 240, () => 5);
    await writeFile(dir.path('many.csv.gz'), gzipSync(`unique_id,ds,y\n${text.join('')}${idle}`));
    const { printed } = await backtest('--input', dir.path('many.csv.gz'), ...usual, '--origins', '8');
    const report = parse(printed);
    assert.deepEqual(
      report.series.map(({ id }) => id),
      ['a', 'b', 'c', 'idle'],
    );
    const naive = modelOf(report, 'seasonal-naive');
    assert.deepEqual([naive.series, naive.left_out, naive.origins], [4, 1, 32]);
    const own = report.series.slice(0, 3).map(({ models }) => models.find(({ model }) => model === naive.model)!.mase);
    assert.ok(Math.abs(naive.mase - own.reduce((sum, mase) => sum + mase, 0) / 3) < 1e-12);
    const table = await backtest('--input', dir.path('many.csv.gz'), ...usual.slice(0, -2), '--origins', '8');
    assert.match(table.printed, /1 series never changed before the first origin; MASE, RMSSE and MSIS leave them out/);
  });

  it('a series without a sample before the first origin is left out with the reason, the others go on', async () => {
    const dir = await folder();
    const noise = noiseOf(2);
    const late = longForm('late', 240, (hour) => (hour < 235 ? '' : 7));
    await writeFile(dir.path('a.csv'), `unique_id,ds,y\n${longForm('a', 240, (h) => load(h, noise))}${late}`);
    const { printed } = await backtest('--input', dir.path('a.csv'), ...usual, '--origins', '3');
    const report = parse(printed);
    assert.equal(report.series.length, 1);
    assert.equal(report.failed[0]!.id, 'late');
    assert.match(report.failed[0]!.reason, /nothing to learn from/);
  });

  it('when no series can be learned from the command fails with every reason', async () => {
    const dir = await folder();
    await writeFile(dir.path('a.csv'), `unique_id,ds,y\n${longForm('late', 240, (hour) => (hour < 235 ? '' : 7))}`);
    const { printed, failure } = await backtest('--input', dir.path('a.csv'), ...usual, '--origins', '3');
    assert.equal(printed, '');
    assert.match(failure!, /1 problem\. Nothing was written\.\n {2}series late: late: nothing to learn from/);
  });

  it('of five series the page shows the best, the middle and the worst forecast', async () => {
    const dir = await folder();
    const noise = noiseOf(4);
    // Behind the only origin series a stays what it was, b is a fifth higher, … e four fifths.
    const wave = (k: number) => (hour: number) => load(hour, () => 0.1 * noise()) * (hour >= 234 ? 1 + 0.2 * k : 1);
    const text = ['a', 'b', 'c', 'd', 'e'].map((id, k) => longForm(id, 240, wave(k)));
    await writeFile(dir.path('a.csv'), `unique_id,ds,y\n${text.join('')}`);
    const args = ['--input', dir.path('a.csv'), ...usual, '--origins', '1'];
    assert.equal((await backtest(...args, '--html', dir.path('page.html'))).failure, undefined);
    const html = await readFile(dir.path('page.html'), 'utf8');
    const shown = [...html.matchAll(/<figure class="full" data-zoom="time"[^>]*><figcaption>(\w+)</g)].map(
      ([, id]) => id,
    );
    assert.equal(shown.length, 3);
    assert.equal(shown.at(-1), 'e');
  });

  it('the table says in its first two lines what was judged and what acts', async () => {
    const dir = await folder();
    await writeWave(dir.path('load.csv'));
    const { printed } = await backtest('--input', dir.path('load.csv'), ...usual.slice(0, -2), '--origins', '40');
    const lines = printed.split('\n');
    assert.match(
      lines[0]!,
      /series web, 6 steps ahead from 40 origins from 2024-01-1[67]T\d\d:00Z to 2024-01-20T18:00Z, 4 fits/,
    );
    assert.match(lines[1]!, /^(Seasonal naive|Holt-Winters|ARIMA) acts/);
    for (const part of ['MASE', 'OVER NAIVE', 'VERDICT OF THE GATE', 'rising ramps', 'worst, ']) {
      assert.ok(printed.includes(part), part);
    }
    assert.ok(
      lines.slice(1).every((line) => line.length <= 120),
      'fits a terminal',
    );
  });

  it('writes the page whole, with every picture, and no draft beside it', async () => {
    const dir = await folder();
    await writeWave(dir.path('load.csv'));
    const args = ['--input', dir.path('load.csv'), ...usual, '--origins', '30', '--html', dir.path('page.html')];
    assert.equal((await backtest(...args)).failure, undefined);
    const html = await readFile(dir.path('page.html'), 'utf8');
    assert.deepEqual(await dir.names(), ['load.csv', 'page.html']);
    assert.ok(html.endsWith('</html>\n'));
    assert.equal(html.match(/<figure/g)!.length, 9);
    for (const title of [
      'MASE of the median',
      'Gain over seasonal naive',
      'Coverage by hour of day',
      'PIT',
      'Reliability',
    ]) {
      assert.ok(html.includes(title), title);
    }
    assert.ok(!/NaN|Infinity|undefined/.test(html.replace(/<script>[\s\S]*<\/script>/, '')));
  });
});

describe('forescale backtest, bad input', () => {
  const header = 'unique_id,ds,y\n';

  async function refused(text: string, ...more: readonly string[]): Promise<string> {
    const dir = await folder();
    await writeFile(dir.path('bad.csv'), text);
    const args = ['--input', dir.path('bad.csv'), '--horizon', '2', '--season-length', '4', ...more];
    const { printed, failure } = await backtest(...args, '--html', dir.path('page.html'));
    assert.equal(printed, '');
    assert.deepEqual(await dir.names(), ['bad.csv']);
    return failure!.replace(dir.path('bad.csv'), 'bad.csv');
  }

  const cases: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    [
      'an empty file',
      '',
      /bad\.csv: 1 problem\. Nothing was written\.\n {2}line 1: expected the header unique_id,ds,y/,
    ],
    ['a missing column', 'unique_id,y\na,1\n', /line 1: expected the columns unique_id,ds,y, found unique_id,y/],
    [
      'text in numbers',
      `${header}a,1,2\na,2,many\n`,
      /line 3, column 5 \(y\): expected a number or nothing, found "many"/,
    ],
    ['unsorted times', `${header}a,1,2\na,2,2\na,0,2\n`, /line 4, column 3 \(ds\): expected a step of 1 .* found -2/],
    ['duplicated times', `${header}a,1,2\na,2,2\na,2,2\n`, /line 4, column 3 \(ds\): expected a step of 1 .* found 0/],
    ['mixed steps', `${header}a,1,2\na,2,2\na,4,2\n`, /line 4, column 3 \(ds\): expected a step of 1 .* found 2/],
  ];
  for (const [what, text, message] of cases) {
    it(`${what} is told by line and column, and nothing is written`, async () => {
      assert.match(await refused(text), message);
    });
  }

  it('a series that is too short says how many steps it needs', async () => {
    const message = await refused(`${header}${longForm('a', 13, (hour) => hour)}`, '--origins', '3', '--stride', '1');
    assert.match(message, /series a: expected at least 14 steps for 3 origins a step apart, found 13/);
  });

  it('a file that is not there is named', async () => {
    const { failure } = await backtest('--input', '/nowhere/load.csv', '--horizon', '2', '--season-length', '4');
    assert.match(failure!, /\/nowhere\/load\.csv cannot be read/);
  });

  it('a page that cannot be written prints no result either', async () => {
    const dir = await folder();
    await writeWave(dir.path('load.csv'), 5);
    const html = `${dir.path('load.csv')}/page.html`;
    const args = ['--input', dir.path('load.csv'), ...usual, '--origins', '2', '--html', html];
    const { printed, failure } = await backtest(...args);
    assert.equal(printed, '');
    assert.match(failure!, /cannot be written.*Nothing was written/);
    assert.deepEqual(await dir.names(), ['load.csv']);
  });

  it('all problems of the options are told at once', async () => {
    const { failure } = await backtest(
      ...['--input', 'a.csv', '--horizon', '0', '--season-length', '24,day', '--levels', '0.5,1.5', '--seed', 'x'],
      ...['--models', 'arima,prophet', '--origins', '9999', '--since', '30d'],
    );
    const lines = failure!.split('\n');
    assert.equal(lines[0], 'options: 7 problems. Nothing was written.');
    assert.deepEqual(
      lines
        .slice(1)
        .map((line) => line.trim().split(':')[0])
        .sort(),
      ['--horizon', '--levels', '--models', '--origins', '--season-length', '--seed', '--since'],
    );
  });

  it('a level, season or model that is there twice is refused', async () => {
    const twice = ['--levels', '0.5,0.9,0.5', '--season-length', '24,24', '--models', 'arima,arima'];
    const { failure } = await backtest('--input', 'a.csv', '--horizon', '2', ...twice);
    assert.match(failure!, /options: 3 problems/);
    for (const option of ['levels', 'season-length', 'models'])
      assert.match(failure!, new RegExp(`--${option}: expected`));
  });

  it('a file needs its horizon and season, and either a file or a workload is needed', async () => {
    assert.match((await backtest('--input', 'a.csv')).failure!, /2 problems.*\n.*--horizon.*\n.*--season-length/);
    assert.match((await backtest()).failure!, /expected either --input FILE or --workload .*, found neither/);
    const both = ['--input', 'a', '--workload', 'a/Deployment/b', '--horizon', '1', '--season-length', '1'];
    assert.match((await backtest(...both)).failure!, /found both/);
  });
});
