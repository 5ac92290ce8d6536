import assert from 'node:assert/strict';
import { parseTrace } from '../../src/simulate/parse-trace.ts';

function traceOf(text: string, column = 'requests', scalePeak?: number) {
  const answer = parseTrace(text, column, scalePeak);
  if (answer.kind === 'bad') throw new Error(answer.problem);
  return answer.trace;
}

describe('parseTrace', () => {
  it('turns amounts per step into rates: 120 requests in 60 s are 2 a second', () => {
    const trace = traceOf('unix_s,requests\n600,120\n660,\n720,30\n');
    assert.deepEqual([trace.startMs, trace.stepMs], [600_000, 60_000]);
    assert.deepEqual([...trace.values], [2, Number.NaN, 0.5]);
  });

  it('finds its column among others, with carriage returns, quotes and a byte-order mark', () => {
    const trace = traceOf('\uFEFF"unix_s",cpu,"requests"\r\n0,7,60\r\n60,8,120\r\n\r\n');
    assert.deepEqual([...trace.values], [1, 2]);
  });

  it('scales the largest rate of the whole trace to the peak asked for', () => {
    const trace = traceOf('unix_s,requests\n0,60\n60,120\n120,\n', 'requests', 100);
    assert.deepEqual([...trace.values], [50, 100, Number.NaN]);
  });

  const bad: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
    ['an empty file', '', /the file is empty; expected a header such as unix_s,requests/],
    ['a column that is not there', 'unix_s,cpu\n0,1\n60,1', /line 1: expected a column "requests", found unix_s, cpu/],
    [
      'a column that is there twice',
      'unix_s,requests,requests\n0,1,2\n60,1,2',
      /line 1: expected one column "requests", found 2/,
    ],
    [
      'nothing but blanks',
      'unix_s,requests\n0,\n60,',
      /column "requests": expected an amount somewhere, found only blanks/,
    ],
    ['no times', 'time,requests\n0,1\n60,1', /line 1: expected a column "unix_s"/],
    ['a single row', 'unix_s,requests\n0,1\n', /the trace has 1 rows; expected at least 2/],
    ['descending times', 'unix_s,requests\n60,1\n0,1', /line 3, column unix_s: 0 comes after a later time/],
    ['a time twice', 'unix_s,requests\n0,1\n60,1\n60,2', /line 4, column unix_s: 60 is there twice/],
    [
      'mixed steps',
      'unix_s,requests\n0,1\n60,1\n180,2',
      /line 4, column unix_s: expected a regular step of 60 s, found 120 s/,
    ],
    [
      'text in numbers',
      'unix_s,requests\n0,1\n60,many',
      /line 3, column requests: expected a number or nothing, found "many"/,
    ],
    [
      'a negative load',
      'unix_s,requests\n0,1\n60,-3',
      /line 3, column requests: expected a load of at least 0, found -3/,
    ],
    ['infinity', 'unix_s,requests\n0,1\n60,1e999', /line 3, column requests: expected a number/],
    ['a short row', 'unix_s,requests\n0,1\n60', /line 3: expected 2 cells as in the header, found 1/],
    [
      'text as time',
      'unix_s,requests\nnoon,1\n60,2',
      /line 2, column unix_s: expected seconds since 1970, found "noon"/,
    ],
  ];
  for (const [what, text, problem] of bad) {
    it(`refuses ${what} and says where`, () => {
      const answer = parseTrace(text, 'requests');
      assert.equal(answer.kind, 'bad');
      assert.match((answer as { problem: string }).problem, problem);
    });
  }

  it('refuses to scale a trace of zeros', () => {
    assert.throws(() => traceOf('unix_s,requests\n0,0\n60,0', 'requests', 10), /holds no load that could be scaled/);
  });
});
