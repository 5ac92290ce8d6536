import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { csvField, csvLines } from '../../../src/cli/forecast/csv.ts';
import { formatInstant, parseInstant } from '../../../src/cli/forecast/instants.ts';
import { parseLongForm } from '../../../src/cli/forecast/long-form.ts';

function problemsOf(text: string): readonly string[] {
  const answer = parseLongForm(text);
  return answer.kind === 'bad' ? answer.problems : [];
}

describe('csvLines', () => {
  it('knows line and column of every field, skips empty lines and a byte order mark', () => {
    const lines = [...csvLines('\uFEFFa, b\r\n\r\n1,22,"x, ""y""",\n')];
    assert.deepEqual(lines, [
      {
        number: 1,
        fields: [
          { text: 'a', column: 1 },
          { text: 'b', column: 3 },
        ],
      },
      {
        number: 3,
        fields: [
          { text: '1', column: 1 },
          { text: '22', column: 3 },
          { text: 'x, "y"', column: 6 },
          { text: '', column: 17 },
        ],
      },
    ]);
  });

  it('undoes csvField for 300 arbitrary texts without line breaks', () => {
    const text = fc.string().map((s) => s.replace(/[\r\n]/g, '').trim());
    const property = fc.property(text, text, (a, b) => {
      const [line] = csvLines(`${csvField(a)},${csvField(b)},end`);
      assert.deepEqual(
        line!.fields.map((field) => field.text),
        [a, b, 'end'],
      );
    });
    fc.assert(property, { numRuns: 300, seed: 1 });
  });
});

describe('instants', () => {
  const shown: readonly [string, number, string][] = [
    ['17', 17_000, '18'],
    ['1700000000', 1_700_000_000_000, '1700000001'],
    ['5.0', 5_000, '6'],
    ['2026-02-28T23:59:59Z', Date.UTC(2026, 1, 28, 23, 59, 59), '2026-03-01T00:00:00Z'],
    ['2026-03-01 10:00', Date.UTC(2026, 2, 1, 10), '2026-03-01 10:00:01'],
    ['2026-03-01T10:00:00+02:00', Date.UTC(2026, 2, 1, 8), '2026-03-01T10:00:01+02:00'],
    ['2026-03-01T10:00:00-0530', Date.UTC(2026, 2, 1, 15, 30), '2026-03-01T10:00:01-0530'],
  ];
  for (const [text, ms, next] of shown) {
    it(`reads ${text} and writes the next second as ${next}`, () => {
      const instant = parseInstant(text)!;
      assert.equal(instant.ms, ms);
      assert.equal(formatInstant(ms + 1000, instant.style), next);
    });
  }

  it('keeps dates as dates: the day after 2026-02-28 is 2026-03-01', () => {
    const { ms, style } = parseInstant('2026-02-28')!;
    assert.equal(formatInstant(ms + 86_400_000, style), '2026-03-01');
  });

  for (const bad of [
    '',
    'x',
    '1.5',
    '2026-13-01',
    '2026-02-30',
    '2026-02-29T10:00Z',
    '2026-02-28T25:00',
    '1e3',
    '01/02/2026',
    '99999999999999999999',
  ]) {
    it(`does not read "${bad}"`, () => assert.equal(parseInstant(bad), undefined));
  }
});

describe('parseLongForm', () => {
  it('takes columns in any order, interleaved series, blank and NaN as missing', () => {
    const answer = parseLongForm('y,extra,ds,unique_id\n1,-,1,a\n5,-,7,b\n,-,2,a\nNaN,-,8,b\n3,-,3,a');
    if (answer.kind === 'bad') assert.fail(answer.problems.join());
    assert.deepEqual(
      answer.series.map(({ id }) => id),
      ['a', 'b'],
    );
    assert.deepEqual(Array.from(answer.series[0]!.series.values), [1, Number.NaN, 3]);
    assert.equal(answer.series[1]!.series.startMs, 7000);
    assert.equal(answer.series[1]!.series.stepMs, 1000);
  });

  const bad: readonly [string, string, RegExp][] = [
    ['an empty file', '', /^line 1: expected the header unique_id,ds,y, found an empty file$/],
    ['a header without rows', 'unique_id,ds,y\n', /^line 2: expected at least one row/],
    [
      'a missing column',
      'unique_id,ds,value\na,1,2',
      /^line 1: expected the columns unique_id,ds,y, found unique_id,ds,value$/,
    ],
    [
      'a column that is there twice',
      'unique_id,ds,y,y\na,1,2,3',
      /^line 1: expected the columns unique_id,ds,y once each, found unique_id,ds,y,y$/,
    ],
    [
      'a long line that is no header',
      `${'\u0000x'.repeat(1000)}\na,1,2`,
      /^line 1: expected the columns unique_id,ds,y, found (\uFFFDx){40}…$/,
    ],
    [
      'a value of a thousand characters',
      `unique_id,ds,y\na,1,${'x'.repeat(1000)}\na,2,1`,
      /^line 2, column 5 \(y\): expected a number or nothing, found "x{80}…"$/,
    ],
    [
      'time that runs backwards',
      'unique_id,ds,y\na,2,1\na,1,2',
      /^line 3, column 3 \(ds\): expected a time after "2" of series a, found "1"$/,
    ],
    ['one time twice', 'unique_id,ds,y\na,1,1\na,1,2', /^line 3.*expected a time after/],
    [
      'a nameless series',
      'unique_id,ds,y\n,1,1\n,2,2',
      /^line 2, column 1 \(unique_id\): expected a name, found nothing$/,
    ],
    ['an infinite value', 'unique_id,ds,y\na,1,1e999\na,2,1', /^line 2, column 5 \(y\): .* found "1e999"$/],
    [
      'steps that are mixed',
      'unique_id,ds,y\na,1,1\na,2,2\na,4,3\na,6,3',
      /^line 4, column 3 \(ds\): expected a step of 1 in series a, found 2 at "4" \(leave y blank where a value is missing\)$/,
    ],
    [
      'time that runs backwards later on',
      'unique_id,ds,y\na,1,1\na,2,2\na,3,2\na,1,3',
      /^line 5, column 3 \(ds\): expected a step of 1 in series a, found -2 at "1"/,
    ],
    ['a decimal comma', 'unique_id,ds,y\na,1,"2,5"\na,2,1', /^line 2, column 5 \(y\): expected .* found "2,5"$/],
    ['hexadecimal', 'unique_id,ds,y\na,1,0x10\na,2,1', /^line 2, column 5 \(y\)/],
  ];
  it('tells only the first break of a series, and no missing values where a value cannot be read', () => {
    assert.equal(problemsOf('unique_id,ds,y\na,1,1\na,2,2\na,4,3\na,9,3\na,1,3').length, 1);
    assert.deepEqual(problemsOf('unique_id,ds,y\na,1,x\na,2,y').length, 2);
    assert.deepEqual(problemsOf('unique_id,ds,y\na,1,1\na,x,1\na,3,1').length, 1);
  });

  it('reads 300,000 rows of 3 series into as many values', () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => `s${i % 3},${Math.floor(i / 3)},${i}`);
    const answer = parseLongForm(['unique_id,ds,y', ...rows].join('\r\n'));
    if (answer.kind === 'bad') assert.fail(answer.problems.join());
    assert.deepEqual(
      answer.series.map(({ id, series }) => [id, series.values.length, series.values.at(-1)]),
      [
        ['s0', 100_000, 299_997],
        ['s1', 100_000, 299_998],
        ['s2', 100_000, 299_999],
      ],
    );
  });

  for (const [what, text, message] of bad)
    it(`refuses ${what}`, () => assert.match(problemsOf(text)[0] ?? '', message));
});
