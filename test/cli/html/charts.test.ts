import assert from 'node:assert/strict';
import { barChart } from '../../../src/cli/html/bar-chart.ts';
import { factList } from '../../../src/cli/html/facts.ts';
import { lineChart } from '../../../src/cli/html/line-chart.ts';
import { page } from '../../../src/cli/html/page.ts';
import { createScale, formatNumber } from '../../../src/cli/html/scale.ts';
import { scatterChart } from '../../../src/cli/html/scatter-chart.ts';
import { htmlTable } from '../../../src/cli/html/table.ts';

const axis = { label: 'load' };

function paths(markup: string, kind: string): string[] {
  return [...markup.matchAll(new RegExp(`<path class="${kind}[^"]*" d="([^"]*)"`, 'g'))].map((match) => match[1]!);
}

/** Every opened element is closed in its turn: what a browser would forgive, another program would not. */
function assertWellFormed(markup: string): void {
  const open: string[] = [];
  for (const [, close, name, attributes] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/gi)) {
    if (close) assert.equal(open.pop(), name, `near </${name}>`);
    else if (!attributes!.endsWith('/') && name !== 'meta') open.push(name!);
  }
  assert.deepEqual(open, []);
}

describe('createScale', () => {
  it('puts the ends of the data at the ends of the axis', () => {
    const scale = createScale('number', 10, 30, 100, 500);
    assert.deepEqual([10, 20, 30].map(scale.at), [100, 300, 500]);
  });

  it('ticks are round: 0 to 7.3 has 0, 2, 4, 6', () => {
    assert.deepEqual(createScale('number', 0, 7.3, 0, 1).ticks, [0, 2, 4, 6]);
    assert.deepEqual(createScale('number', -0.3, 0.31, 0, 1).ticks, [-0.2, 0, 0.2]);
  });

  it('seven days have a tick at each midnight, written as month and day', () => {
    const from = Date.UTC(2024, 4, 30);
    const scale = createScale('time', from, from + 7 * 86_400_000, 0, 1);
    assert.deepEqual(scale.ticks.slice(0, 3).map(scale.format), ['05-30', '05-31', '06-01']);
    assert.equal(scale.ticks.length, 8);
  });

  it('two hours have ticks on the clock', () => {
    const from = Date.UTC(2024, 4, 30, 9, 50);
    const scale = createScale('time', from, from + 7_200_000, 0, 1);
    assert.deepEqual(scale.ticks.slice(0, 2).map(scale.format), ['10:00', '10:15']);
  });

  it('a logarithmic axis gives each power of ten the same room', () => {
    const scale = createScale('log', 0.001, 1, 0, 300);
    assert.deepEqual(
      [0.01, 0.1].map((value) => Math.round(scale.at(value))),
      [100, 200],
    );
    assert.ok(scale.ticks.includes(0.001) && scale.ticks.includes(1));
  });

  it('data without extent still has a scale', () => {
    const scale = createScale('number', 5, 5, 0, 100);
    assert.ok(Number.isFinite(scale.at(5)) && scale.ticks.length > 0);
  });

  it('numbers are written short: four digits, no float noise', () => {
    assert.deepEqual([0.1 + 0.2, 1234567, 0, -0.00001, 3e12, Number.NaN].map(formatNumber), [
      '0.3',
      '1235000',
      '0',
      '-1.0e-5',
      '3.0e12',
      '—',
    ]);
  });
});

describe('lineChart', () => {
  const x = [0, 1, 2, 3, 4];

  it('NaN interrupts a line and a band', () => {
    const y = [1, 2, Number.NaN, 3, 4];
    const markup = lineChart({
      title: 't',
      x: axis,
      y: axis,
      lines: [{ name: 'a', color: 1, x, y }],
      bands: [{ name: 'b', color: 2, x, low: y.map((v) => v - 1), high: y.map((v) => v + 1) }],
    });
    assert.equal(paths(markup, 'line')[0]!.match(/M/g)!.length, 2);
    assert.equal(paths(markup, 'band')[0]!.match(/Z/g)!.length, 2);
    assert.ok(!markup.includes('NaN'));
    assertWellFormed(markup);
  });

  it('the largest value is 4 % below the top of the plot, the smallest at its bottom', () => {
    const markup = lineChart({ title: 't', x: axis, y: axis, height: 156, lines: [{ name: 'a', color: 1, x, y: x }] });
    assert.equal(paths(markup, 'line')[0], 'M0 100L221.5 76L443 51.9L664.5 27.9L886 3.8');
  });

  it('a line of steps holds each value until the next', () => {
    const markup = lineChart({
      title: 't',
      x: axis,
      y: axis,
      height: 156,
      lines: [{ name: 'a', color: 1, x: [0, 1, 2], y: [0, 1, 0], steps: true }],
    });
    assert.equal(paths(markup, 'line')[0], 'M0 100H443V3.8H886V100');
  });

  it('lines and bands of one name share an entry of the legend', () => {
    const line = { name: 'truth', color: 0, x, y: x };
    const markup = lineChart({ title: 't', x: axis, y: axis, lines: [line, line] });
    assert.equal(markup.match(/<li>/g)!.length, 1);
  });

  it('only a zoomable chart says its range to the script', () => {
    const lines = [{ name: 'a', color: 1, x: [1_000, 3_000], y: [1, 2] }];
    const time = { label: 'time', kind: 'time' } as const;
    assert.match(
      lineChart({ title: 't', x: time, y: axis, lines, zoom: true }),
      /data-zoom="time" data-from="1000" data-to="3000"/,
    );
    assert.ok(!lineChart({ title: 't', x: time, y: axis, lines }).includes('data-zoom'));
  });

  it('marks beyond the most that an axis shows leave the picture', () => {
    const lines = [{ name: 'a', color: 1, x: [0, 1], y: [10, 1_000] }];
    const markup = lineChart({ title: 't', x: axis, y: { ...axis, from: 0, most: 20 }, height: 156, lines });
    assert.equal(paths(markup, 'line')[0], 'M0 50L886 -4900');
  });

  it('without any data it is an empty frame', () => {
    assertWellFormed(lineChart({ title: 't', x: axis, y: axis, lines: [] }));
  });
});

describe('barChart', () => {
  const bars = { name: 'cost', color: 1, values: [2, -1, Number.NaN] };

  it('bars grow from zero in both directions, and NaN has none', () => {
    const markup = barChart({ title: 't', height: 156, categories: ['a', 'b', 'c'], y: axis, series: [bars] });
    const rects = [...markup.matchAll(/<rect class="bar[^"]*" x="[^"]*" y="([^"]*)" width="[^"]*" height="([^"]*)"/g)];
    const [up, down] = rects.map(([, y, height]) => [Number(y), Number(height)] as const);
    assert.equal(rects.length, 2);
    // 100 units for −1 … 2 and 4 % of that: 64.1 up from zero, 32.05 down
    assert.deepEqual([up![0], up![1]], [15.85, 64.1]);
    assert.deepEqual([down![0], down![1]], [79.95, 32.05]);
  });

  it('has room for the names of 7 models in half of a page', () => {
    const models = ['seasonal naive', 'Holt-Winters', 'ARIMA', 'LSTM', 'hybrid', 'aggregate', 'what acted'];
    const values = models.map(() => 1);
    const markup = barChart({ title: 't', width: 'half', categories: models, y: axis, series: [{ ...bars, values }] });
    for (const word of models.flatMap((name) => name.split(/(?<=-)| /)))
      assert.ok(markup.includes(`>${word}</tspan>`), word);
  });

  it('names its bars for pointers and screen readers', () => {
    const markup = barChart({ title: 'Cost', categories: ['a', 'b', 'c'], y: axis, series: [bars] });
    assert.match(markup, /<title>a: 2<\/title>/);
    assert.match(markup, /role="img" aria-label="Cost"/);
    assertWellFormed(markup);
  });

  it('draws an interval only where both ends are known', () => {
    const series = [{ ...bars, values: [2, 3, 4], low: [1, Number.NaN, 3], high: [3, 4, 5] }];
    const markup = barChart({ title: 't', categories: ['a', 'b', 'c'], y: axis, series });
    assert.equal(markup.match(/class="whisker"/g)!.length, 2);
  });
});

describe('scatterChart', () => {
  it('leaves out what a logarithmic axis cannot show', () => {
    const series = [{ name: 'hpa', color: 1, x: [0, 0.01, 0.1], y: [1, 2, 3], joined: true }];
    const markup = scatterChart({ title: 't', x: { label: 'violations', kind: 'log' }, y: axis, series });
    assert.equal(markup.match(/<circle/g)!.length, 2);
    assert.ok(!/NaN|Infinity/.test(markup));
    assertWellFormed(markup);
  });
});

describe('page', () => {
  const hostile = '<script>alert("1")</script> & co';

  it('shows names from the data as text, never as markup', () => {
    const chart = lineChart({
      title: hostile,
      x: { label: hostile },
      y: { label: hostile },
      lines: [{ name: hostile, color: 1, x: [0], y: [1] }],
    });
    const bars = barChart({
      title: hostile,
      categories: [hostile],
      y: axis,
      series: [{ name: hostile, color: 1, values: [1] }],
    });
    const body = [chart, bars, htmlTable([hostile], [[hostile, hostile]]), factList([[hostile, hostile]])];
    const html = page(hostile, hostile, [{ title: hostile, lead: hostile, body }]);
    assert.ok(!html.includes('<script>alert'));
    assert.ok(html.includes('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; co'));
    assertWellFormed(html.replace(/<style>[\s\S]*<\/style>|<script>[\s\S]*<\/script>|<!doctype html>/g, ''));
  });

  it('loads nothing: no link, source, import or url, and a policy that forbids all', () => {
    const html = page('t', 's', []);
    assert.ok(!/(src|href)=|@import|url\(|fetch\(/.test(html));
    assert.match(html, /default-src 'none'/);
  });

  it('has a light and a dark look', () => {
    assert.match(page('t', 's', []), /prefers-color-scheme:dark/);
  });

  it('its script is valid JavaScript', () => {
    const [, script] = /<script>([\s\S]*)<\/script>/.exec(page('t', 's', []))!;
    assert.doesNotThrow(() => new Function(script!));
  });
});

describe('htmlTable', () => {
  it('the first cell of a row is its header, text columns are set to the left', () => {
    const markup = htmlTable(['model', 'why'], [['ARIMA', 'acts']], [1]);
    assert.match(markup, /<th scope="row">ARIMA<\/th><td class="left">acts<\/td>/);
    assertWellFormed(markup);
  });
});
