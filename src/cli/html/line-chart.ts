/** Lines and bands over a number or time. */
import {
  type Axis,
  axisScale,
  type ChartBase,
  clipped,
  figure,
  horizontalAxis,
  type LegendEntry,
  plotArea,
  round,
  verticalAxis,
} from './frame.ts';
import type { Scale } from './scale.ts';

export interface Line {
  /** Lines and bands of one name share one entry of the legend. */
  readonly name: string;
  readonly color: number;
  readonly x: ArrayLike<number>;
  /** NaN interrupts the line. */
  readonly y: ArrayLike<number>;
  readonly dashed?: boolean;
  /** Holds each value until the next one. */
  readonly steps?: boolean;
}

export interface Band {
  readonly name: string;
  readonly color: number;
  readonly x: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

export interface LineChart extends ChartBase {
  readonly x: Axis;
  readonly y: Axis;
  /** In the order of drawing, all below the lines. */
  readonly bands?: readonly Band[];
  readonly lines: readonly Line[];
  /** Drag to zoom into the horizontal axis. */
  readonly zoom?: boolean;
}

/** @returns a figure element; with `zoom` the page's script makes it zoomable */
export function lineChart(chart: LineChart): string {
  const { bands = [], lines } = chart;
  const area = plotArea(chart);
  const [width, height] = [area.right - area.left, area.bottom - area.top];
  const inner = {
    x: axisScale(chart.x, values([...lines, ...bands], 'x'), 0, width),
    y: axisScale(chart.y, [...values(lines, 'y'), ...values(bands, 'low'), ...values(bands, 'high')], height, 0),
  };
  const marks = [...bands.map((band) => bandPath(band, inner)), ...lines.map((line) => linePath(line, inner))];
  const outer = (scale: Scale, offset: number): Scale => ({ ...scale, at: (value) => scale.at(value) + offset });
  const drawing =
    verticalAxis(area, outer(inner.y, area.top), chart.y.label) +
    horizontalAxis(area, outer(inner.x, area.left), chart.x.label) +
    clipped(area, marks.join(''));
  const zoom = chart.zoom
    ? ` data-zoom="${chart.x.kind ?? 'number'}" data-from="${inner.x.from}" data-to="${inner.x.to}"`
    : '';
  return figure(chart, area, legendOf(lines, bands), drawing, zoom);
}

function* values<K extends string>(
  items: readonly { readonly [key in K]: ArrayLike<number> }[],
  key: K,
): Iterable<number> {
  for (const item of items) for (let i = 0; i < item[key].length; i++) yield item[key][i]!;
}

interface Scales {
  readonly x: Scale;
  readonly y: Scale;
}

function linePath({ x, y, color, dashed, steps }: Line, scales: Scales): string {
  let [path, pen] = ['', false];
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i])) {
      pen = false;
      continue;
    }
    const [px, py] = [round(scales.x.at(x[i]!)), round(scales.y.at(y[i]!), 1)];
    path += pen ? (steps ? `H${px}V${py}` : `L${px} ${py}`) : `M${px} ${py}`;
    pen = true;
  }
  return `<path class="line c${color}${dashed ? ' dashed' : ''}" d="${path}"/>`;
}

/** One closed shape per run of finite edges. */
function bandPath({ x, low, high, color }: Band, scales: Scales): string {
  let path = '';
  for (let from = 0; from < x.length; from++) {
    let to = from;
    while (to < x.length && Number.isFinite(low[to]! + high[to]!)) to += 1;
    if (to - from > 1) {
      const edge = (i: number, side: ArrayLike<number>) =>
        `${round(scales.x.at(x[i]!))} ${round(scales.y.at(side[i]!), 1)}`;
      const run = Array.from({ length: to - from }, (_, k) => from + k);
      const there = run.map((i) => edge(i, high)).join('L');
      const back = run
        .reverse()
        .map((i) => edge(i, low))
        .join('L');
      path += `M${there}L${back}Z`;
    }
    from = to;
  }
  return `<path class="band c${color}" d="${path}"/>`;
}

function legendOf(lines: readonly Line[], bands: readonly Band[]): readonly LegendEntry[] {
  const entries = [
    ...lines.map(({ name, color, dashed }) => ({ name, color, mark: dashed ? 'dashed' : 'line' }) as const),
    ...bands.map(({ name, color }) => ({ name, color, mark: 'band' }) as const),
  ];
  const seen = new Set<string>();
  return entries.filter(({ name }) => !seen.has(name) && seen.add(name));
}
