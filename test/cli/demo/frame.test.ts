import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { drawChart } from '../../../src/cli/demo/chart.ts';
import { drawFrame, type Scene, type WorkloadScene } from '../../../src/cli/demo/frame.ts';
import { changeLine, clockText, dayLine, scoreTable } from '../../../src/cli/demo/lines.ts';
import { paint, span } from '../../../src/cli/demo/spans.ts';

const workload: WorkloadScene = {
  title: 'Checkout',
  about: '15/s a replica',
  rate: 41.23456,
  past: Array.from({ length: 300 }, (_, i) => i),
  mean: Array.from({ length: 120 }, (_, i) => 300 - i),
  upper: Array.from({ length: 120 }, (_, i) => 330 - i),
  needed: 5,
  forescale: { wanted: 7, ready: 6 },
  rival: { wanted: 4, ready: 3 },
  why: '60 requests/s at 08:20 UTC need 7 replicas',
};

const score = {
  policy: 'forescale',
  replica_hours: 12.6,
  violation_share: 0.0004,
  scale_ups: 3,
  scale_downs: 2,
  workloads: {},
};
const atMs = Date.UTC(2026, 2, 16, 6, 3);

const scene: Scene = {
  nowMs: atMs,
  day: 1,
  days: 3,
  pace: '600 × real time',
  workloads: [workload, workload, workload],
  scores: [score, { ...score, policy: 'hpa:0.7', violation_share: 0.2 }],
  changes: ['first', 'second', 'third'],
};

function plainFrame(width: number, height: number, change: Partial<Scene> = {}): readonly string[] {
  return drawFrame({ ...scene, ...change }, width, height, false);
}

describe('demo frame', () => {
  it('fits terminals of any size: no line wider, no more lines than there are', () => {
    for (const [width, height] of [
      [200, 60],
      [100, 30],
      [80, 24],
      [40, 10],
      [10, 3],
      [1, 1],
    ] as const) {
      const lines = plainFrame(width, height);
      assert.ok(lines.length <= Math.max(0, height - 1), `${width}×${height}: ${lines.length} lines`);
      for (const line of lines) assert.ok([...line].length <= width, `${width}×${height}: ${line}`);
    }
  });

  it('draws taller charts on a taller terminal', () => {
    const blocks = (height: number) => plainFrame(80, height).filter((line) => /█{5}/.test(line)).length;
    assert.ok(blocks(50) > blocks(24));
  });

  it('says what is needed, what is ready and who is short', () => {
    const text = plainFrame(120, 40).join('\n');
    assert.match(text, /needed 5 +forescale 6 ready +\+1 starting +hpa:0\.7 3 ready, 2 too few +\+1 starting/);
    assert.match(text, /Checkout {2}41\.2 requests\/s/);
    assert.match(text, /why 60 requests\/s at 08:20 UTC need 7 replicas/);
  });

  it('says what keeps the clock from running', () => {
    assert.match(plainFrame(120, 40, { busy: 'learning' })[0]!, /Mon 06:03, day 1 of 3 · learning/);
  });

  it('shows the newest changes where there is room', () => {
    const tall = plainFrame(80, 60).join('\n');
    assert.match(tall, /first\n.*second\n.*third/);
  });

  it('paints without changing the text', () => {
    const painted = drawFrame(scene, 80, 24, true).map((line) => stripVTControlCharacters(line));
    assert.deepEqual(painted, plainFrame(80, 24));
  });
});

describe('demo chart', () => {
  it('fills the top row at the largest value only, and shades up to the bound', () => {
    const data = { past: [0, 50, 100], mean: [50, 50], upper: [100, 100] };
    const lines = drawChart(data, 7, 2).map((line) => line.map(({ text }) => text).join(''));
    assert.equal(lines.length, 2);
    assert.ok(lines.every((line) => [...line].length === 7));
    assert.match(lines[0]!, /█░░$/);
    assert.match(lines[1]!, /██$/);
  });

  it('leaves missing load empty and needs no forecast', () => {
    const lines = drawChart({ past: [Number.NaN, 10], mean: [], upper: [] }, 4, 1);
    assert.equal(lines[0]!.map(({ text }) => text).join(''), '  ██');
  });
});

describe('demo lines', () => {
  it('tells a change with day, hour and reasons', () => {
    const change = {
      atMs,
      workload: 'checkout',
      from: 3,
      to: 4,
      reasons: [
        { code: 'forecast-peak', message: 'peak' },
        { code: 'event', message: 'sale' },
      ],
    } as const;
    assert.equal(changeLine(change), 'Mon 06:03  checkout    3 → 4   peak; sale');
  });

  it('sums a day up', () => {
    assert.equal(dayLine(atMs, [score]), 'Mon 06:03  so far: forescale 13 replica-hours, 0.04 % short');
    assert.equal(clockText(Date.UTC(2026, 2, 22, 23, 59)), 'Sun 23:59');
  });

  it('ends with a table', () => {
    assert.match(
      scoreTable([score]),
      /policy +replica-hours +time too few +ups +downs\nforescale +13 +0\.04 % +3 +2\n/,
    );
  });
});

describe('paint', () => {
  it('cuts at the width across spans, and never inside a colour', () => {
    assert.equal(paint([span('abc', 'red'), span('def', 'green')], 4, true), '\x1b[31mabc\x1b[0m\x1b[32md\x1b[0m');
    assert.equal(paint([span('abc', 'red'), span('def')], 3, false), 'abc');
  });
});
