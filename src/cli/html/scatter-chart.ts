/** Points by two numbers, joined where they belong together. */
import { escapeHtml } from './escape.ts';
import {
  type Axis,
  axisScale,
  type ChartBase,
  figure,
  horizontalAxis,
  plotArea,
  round,
  verticalAxis,
} from './frame.ts';
import { formatNumber, type Scale } from './scale.ts';

export interface Points {
  readonly name: string;
  readonly color: number;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** What a point is called when pointed at; its numbers stand behind it. */
  readonly labels?: readonly string[];
  /** Joins the points in their order. */
  readonly joined?: boolean;
}

export interface ScatterChart extends ChartBase {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Points[];
  /** Straight lines to compare with, as the diagonal of a reliability diagram. */
  readonly references?: readonly {
    readonly name: string;
    readonly from: readonly [x: number, y: number];
    readonly to: readonly [x: number, y: number];
  }[];
}

export function scatterChart(chart: ScatterChart): string {
  const { series, references = [] } = chart;
  const area = plotArea(chart);
  const data = (key: 'x' | 'y') => series.flatMap((points) => Array.from(points[key]));
  const x = axisScale(chart.x, data('x'), area.left + 6, area.right - 6);
  const y = axisScale(chart.y, data('y'), area.bottom, area.top);
  const lines = references.map(({ name, from, to }) => {
    const path = `M${round(x.at(from[0]))} ${round(y.at(from[1]))}L${round(x.at(to[0]))} ${round(y.at(to[1]))}`;
    return `<path class="reference" d="${path}"><title>${escapeHtml(name)}</title></path>`;
  });
  const legend = [
    ...series.map(({ name, color }) => ({ name, color, mark: 'line' }) as const),
    ...references.map(({ name }) => ({ name, color: 0, mark: 'dashed' }) as const),
  ];
  const drawing =
    verticalAxis(area, y, chart.y.label) +
    horizontalAxis(area, x, chart.x.label) +
    lines.join('') +
    series.map((points) => pointsOf(points, x, y)).join('');
  return figure(chart, area, legend, drawing);
}

/** A point that a logarithmic axis cannot show, or that is NaN, is left out. */
function pointsOf({ name, color, x: xs, y: ys, labels, joined }: Points, x: Scale, y: Scale): string {
  let [path, circles] = ['', ''];
  for (let i = 0; i < xs.length; i++) {
    const [px, py] = [x.at(xs[i]!), y.at(ys[i]!)];
    if (!Number.isFinite(px + py)) continue;
    path += `${path === '' ? 'M' : 'L'}${round(px)} ${round(py)}`;
    const title = `${labels?.[i] ?? name}: ${formatNumber(xs[i]!)}, ${formatNumber(ys[i]!)}`;
    circles += `<circle class="point c${color}" cx="${round(px)}" cy="${round(py)}" r="3.5"><title>${escapeHtml(title)}</title></circle>`;
  }
  return `${joined ? `<path class="line c${color}" d="${path}"/>` : ''}${circles}`;
}
