import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { frontierPicture } from '../../src/cli/simulate/pictures.ts';
import type { FamilyAtLevel, LevelReport } from '../../src/simulate/frontier/compare.ts';
import type { PolicyReport } from '../../src/simulate/report.ts';
import { readCases } from './cases.ts';
import { formatProof } from './markdown.ts';
import { type Result, standingOf } from './results.ts';
import { svgFile } from './svg-file.ts';

const point = (policy: string, violation_rows: number) => ({ policy, violation_rows });

function reached(family: string, cost: number, over?: { ratio: number; low: number; high: number }): FamilyAtLevel {
  const ratio = over && { over_yardstick: { ratio: over.ratio, interval: { low: over.low, high: over.high } } };
  const between = [point(`${family}:1`, 3), point(`${family}:1`, 3)] as const;
  return { family, kind: 'reached', cost_over_oracle: cost, between, interval: { low: cost, high: cost }, ...ratio };
}

const missed = (family: string): FamilyAtLevel => ({
  family,
  kind: 'missed',
  closest: point(`${family}:1`, 40),
  cost_over_oracle: 3,
});

function level(families: readonly FamilyAtLevel[], yardstick?: string): LevelReport {
  return { violation_share: 0.001, allowed_rows: 20, families, ...(yardstick !== undefined && { yardstick }) };
}

function result(name: string, at: LevelReport): Result {
  const of = { name, path: `/x/${name}.csv`, trace: `${name}.csv`, options: [['start-up', '120s']] as const };
  const policies = at.families.map(({ family }) => ({ policy: `${family}:1` }) as PolicyReport);
  return { of, policies, frontier: { rows: 20_000, days: 14, levels: [at] }, seconds: 61.4, scored: [0.5, 0.752] };
}

const cheaper = level([reached('hpa', 2), reached('forescale', 1.6, { ratio: 0.8, low: 0.7, high: 0.9 })], 'hpa');
const dearer = level([reached('hpa', 2), reached('forescale', 2.2, { ratio: 1.1, low: 0.95, high: 1.2 })], 'hpa');
const alone = level([missed('hpa'), reached('forescale', 2.2)]);
const short = level([reached('static', 4), missed('forescale')], 'static');
const neither = level([missed('hpa'), missed('forescale')]);
const rivalled = level(
  [reached('hpa', 2), reached('schedule', 1.3), reached('forescale', 1.6, { ratio: 0.8, low: 0.7, high: 0.9 })],
  'hpa',
);

const about = {
  command: 'npm run proof -- --cases cases.csv',
  version: '1.2.3',
  node: '24',
  machine: 'two cores',
  pictures: 'proof',
  failures: [{ name: 'broken', message: 'no such file' }],
};

describe('standingOf', () => {
  it('tells cheaper from dearer, and whether the interval is on one side', () => {
    assert.deepEqual(standingOf(cheaper), { kind: 'cheaper', ratio: 0.8, certain: true });
    assert.deepEqual(standingOf(dearer), { kind: 'dearer', ratio: 1.1, certain: false });
  });

  it('tells who reaches a level at all', () => {
    assert.deepEqual([alone, short, neither].map(standingOf), [
      { kind: 'alone' },
      { kind: 'missed' },
      { kind: 'both-miss' },
    ]);
  });
});

describe('formatProof', () => {
  const all = [cheaper, dearer, alone, short, neither].map((at, i) => result(`case${i}`, at));
  const text = formatProof(all, about);

  it('gives the command, the versions and what could not be simulated', () => {
    assert.match(text, /\n {4}npm run proof -- --cases cases\.csv\n\nforescale 1\.2\.3, Node 24, two cores\.\n/);
    assert.match(text, /- broken could not be simulated: no such file\n/);
  });

  it('says which part is scored, once for all or case by case where they differ: 50 % to 75 %', () => {
    assert.match(
      text,
      /\nScored is 50 % to 75 % of each trace;|resampled days\. Scored is 50 % to 75 % of each trace;/,
    );
    const mixed = formatProof([all[0]!, { ...all[1]!, scored: [0.3, 1] }], about);
    assert.doesNotMatch(mixed, /Scored is/);
    assert.match(mixed, /on 14 days, 30 % to 100 % of the trace; simulated in 61 s/);
  });

  it('counts on how many cases forescale is cheaper, dearer, alone and late, with median and worst', () => {
    assert.match(
      text,
      /cheaper than the yardstick on 1 of 5, dearer on 1, reaches the level alone on 1, misses what the yardstick reaches on 1; both miss it on 1\. Cost over the yardstick's: median 0\.950, worst 1\.100\./,
    );
  });

  it('has a row for each case, with the yardstick in bold', () => {
    assert.match(text, /\| case0 \| 20 \| \*\*2\.00\*\* \| — \| 1\.60 \| 0\.800 \| 0\.700 to 0\.900 \|/);
    assert.match(text, /\| case2 \| 20 \| missed \| — \| 2\.20 \| reaches it alone \| — \|/);
  });

  it('says plainly where forescale loses: dearer, missed, and behind a rival that is no yardstick', () => {
    const part = (results: readonly Result[]) =>
      /## Where forescale loses\n\n([^#]*)/.exec(formatProof(results, about))![1]!;
    const lines = part(all).trim().split('\n').slice(2);
    assert.deepEqual(
      lines.map((line) => /\*\*(\w+)\*\*/.exec(line)![1]),
      ['case1', 'case3', 'case4'],
    );
    assert.match(lines[0]!, /10\.0 % more than hpa .* The interval reaches both sides\.$/);
    assert.match(
      lines[1]!,
      /misses the level: its least is 40 violating steps \(forescale:1\); static reaches it at 4\.000 ×\.$/,
    );
    assert.match(part(all), /^At 3 of the 5 levels of all cases something else costs less/);
    assert.match(
      part([result('r', rivalled)]),
      /- \*\*r\*\*: At 0\.1 % forescale costs 1\.600 × the oracle, 20\.0 % less than hpa .*\. Cheaper: schedule 1\.300 ×\./,
    );
    const late = level([missed('hpa'), reached('schedule', 1.3), missed('forescale')]);
    assert.match(part([result('s', late)]), /as do HPA, static and recent-max\. Reached by: schedule 1\.300 ×\.$/m);
    assert.equal(part([result('c', cheaper)]).trim(), 'Nowhere on these cases and levels.');
  });

  it('has a part for each case with its settings and picture', () => {
    assert.match(
      text,
      /## case3\n\ncase3\.csv: start-up 120s\. 20000 scored steps on 14 days, 50 % to 75 % of the trace; simulated in 61 s\.\n\n!\[.*\]\(proof\/case3\.svg\)/,
    );
  });
});

describe('svgFile', () => {
  const report = (policy: string, violation_rows: number, cost_over_oracle: number) =>
    ({ policy, violation_rows, cost_over_oracle, rows: 10_000 }) as PolicyReport;
  const names = [
    'forescale',
    'hpa',
    'static',
    'recent-max',
    'schedule',
    'holt-winters',
    'fft-profile',
    'hourly-profile',
  ];
  const figure = frontierPicture(
    names.flatMap((name, i) => [report(`${name}:1`, 4 + i, 1.5 + i / 9), report(`${name}:2`, 40 + i, 1.2 + i / 9)]),
    'cost < all',
  );

  it('is one document with its own colours, and a legend in rows that fit', () => {
    const svg = svgFile(figure);
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 960 \d+"/);
    assert.match(svg, /aria-label="cost &lt; all"/);
    for (const name of names) assert.match(svg, new RegExp(`<text x="\\d+" y="\\d+">${name}</text>`));
    const places = [...svg.matchAll(/<text x="(\d+)" y="\d+">([a-z-]+)<\/text>/g)];
    for (const [, x, name] of places) assert.ok(Number(x) + 7 * name!.length < 960, name);
    const open = svg.match(/<(svg|g|style|text|path|circle|title|rect)\b[^>]*(?<!\/)>/g)!;
    const closed = svg.match(/<\/(svg|g|style|text|path|circle|title|rect)>/g)!;
    assert.equal(open.length, closed.length);
  });

  it('gives 8 families 8 colours', () => {
    const colours = [...figure.matchAll(/<i class="line (c\d+)"><\/i>(?!beaten)/g)].map(([, colour]) => colour);
    assert.equal(new Set(colours).size, 8);
  });

  it('refuses what is no figure', () => {
    assert.throws(() => svgFile('<p>'), /not a figure/);
  });
});

describe('npm run proof', function () {
  this.timeout(400_000);
  let folder = '';
  const at = (name: string) => join(folder, name);
  const columns =
    'case,trace,column,step_s,per_replica,scale_peak,start_up,decide_every,warm_up,score_until,objective\n';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'forescale-proof-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads the list, blank options left out', async () => {
    await writeFile(
      at('cases.csv'),
      `${columns}a,d/a.csv.gz,load,60,25,950,120s,60s,14d,99,wait p95 100ms\nb,b.csv,cpu,300,10,,5m,300s,1d,,\n`,
    );
    const [a, b] = await readCases(at('cases.csv'), undefined);
    assert.equal(a!.path, at('d/a.csv.gz'));
    assert.deepEqual(Object.fromEntries(a!.options)['objective'], 'wait p95 100ms');
    assert.deepEqual(
      b!.options.map(([option]) => option),
      ['column', 'per-replica', 'start-up', 'decide-every', 'warm-up'],
    );
    assert.deepEqual(
      (await readCases(at('cases.csv'), ['b'])).map(({ name }) => name),
      ['b'],
    );
  });

  it('refuses a case that is not there, a row that is too short and a list without columns', async () => {
    await writeFile(at('cases.csv'), `${columns}a,a.csv,load,60,25,,2m,60s,1d,,\n`);
    await assert.rejects(readCases(at('cases.csv'), ['a', 'z']), /--only: expected cases of .* \(a\), got z/);
    await writeFile(at('short.csv'), `${columns}a,a.csv\n`);
    await assert.rejects(readCases(at('short.csv'), undefined), /line 2: expected 11 cells, found 2/);
    await writeFile(at('bare.csv'), 'case,trace\n');
    await assert.rejects(readCases(at('bare.csv'), undefined), /line 1: expected the columns column, per_replica/);
  });

  it('writes the report and a picture for each case, and says which case failed', async () => {
    const rows = Array.from(
      { length: 4 * 288 },
      (_, i) => `${i * 300},${Math.round(9000 + 6000 * Math.sin(i / 45.8))}`,
    );
    await writeFile(at('wave.csv'), `unix_s,load\n${rows.join('\n')}\n`);
    const line = (name: string, trace: string) => `${name},${trace},load,300,5,,300s,300s,3d,,\n`;
    await writeFile(at('cases.csv'), `${columns}${line('wave', 'wave.csv')}${line('gone', 'gone.csv')}`);
    const script = join(import.meta.dirname, 'proof.ts');
    const args = [script, '--cases', at('cases.csv'), '--policies', 'schedule', '--output', at('out')];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /wave: 288 steps in \d+ s/);
    const text = await readFile(at('out/proof.md'), 'utf8');
    assert.match(text, /^# What equal violations cost\n\n1 recorded traces, 288 scored decisions/);
    assert.match(text, /- gone could not be simulated: .*gone\.csv cannot be read: ENOENT/);
    assert.match(text, /--cases cases\.csv --policies 'schedule'\n/);
    assert.match(text, /Scored is 75 % to 100 % of each trace/);
    assert.deepEqual(await readdir(at('out/proof')), ['wave.svg']);
  });
});
