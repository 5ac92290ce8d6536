/** Bars by category, with error bars and reference lines. */
import { escapeHtml } from './escape.ts';
import { type Axis, axisScale, type ChartBase, figure, type PlotArea, plotArea, round, verticalAxis } from './frame.ts';
import { formatNumber, type Scale } from './scale.ts';

/** Of the font of ticks, about. */
const CHARACTER_WIDTH = 6.6;

export interface Bars {
  readonly name: string;
  readonly color: number;
  /** One per category; NaN leaves it empty. */
  readonly values: ArrayLike<number>;
  /** Ends of an interval around each value. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

export interface BarChart extends ChartBase {
  readonly categories: readonly string[];
  readonly x?: { readonly label: string };
  readonly y: Axis;
  /** Side by side within each category. */
  readonly series: readonly Bars[];
  /** Horizontal lines to compare with. */
  readonly references?: readonly { readonly name: string; readonly value: number }[];
}

export function barChart(chart: BarChart): string {
  const { series, categories, references = [] } = chart;
  const area = plotArea(chart);
  const data = [
    ...series.flatMap(({ values, low, high }) => [values, low ?? [], high ?? []].flatMap((list) => Array.from(list))),
    ...references.map(({ value }) => value),
  ];
  const y = axisScale({ from: 0, ...chart.y }, data, area.bottom, area.top);
  const slot = (area.right - area.left) / Math.max(1, categories.length);
  const bars = series.flatMap((one, k) => {
    const width = (slot * 0.8) / series.length;
    return categories.map((category, i) => {
      const x = area.left + slot * (i + 0.1) + width * k;
      return bar(one, i, `${category}${series.length > 1 ? `, ${one.name}` : ''}`, { x, width, y });
    });
  });
  const lines = references.map(({ name, value }) => {
    const at = round(y.at(value));
    return `<path class="reference" d="M${area.left} ${at}H${area.right}"><title>${escapeHtml(name)}</title></path>`;
  });
  const legend = [
    ...(series.length > 1 ? series.map(({ name, color }) => ({ name, color, mark: 'band' }) as const) : []),
    ...references.map(({ name }) => ({ name, color: 0, mark: 'dashed' }) as const),
  ];
  const drawing =
    verticalAxis(area, y, chart.y.label) + categoryAxis(chart, area, slot) + bars.join('') + lines.join('');
  return figure(chart, area, legend, drawing);
}

interface Place {
  readonly x: number;
  readonly width: number;
  readonly y: Scale;
}

function bar({ values, low, high, color }: Bars, i: number, name: string, { x, width, y }: Place): string {
  const value = values[i]!;
  if (!Number.isFinite(value)) return '';
  const [zero, top] = [y.at(Math.max(y.from, Math.min(y.to, 0))), y.at(value)];
  const shape = `x="${round(x)}" y="${round(Math.min(zero, top))}" width="${round(width)}" height="${round(Math.max(0.5, Math.abs(zero - top)))}"`;
  const title = `<title>${escapeHtml(`${name}: ${formatNumber(value)}`)}</title>`;
  return `<rect class="bar c${color}" ${shape}>${title}</rect>${whisker(low?.[i], high?.[i], x + width / 2, y)}`;
}

function whisker(low: number | undefined, high: number | undefined, x: number, y: Scale): string {
  if (low === undefined || high === undefined || !Number.isFinite(low + high)) return '';
  return `<path class="whisker" d="M${round(x)} ${round(y.at(low))}V${round(y.at(high))}"/>`;
}

/** Neighbours of a long name are mostly shorter, so that it may reach a little into their room. */
const ROOM = 1.25;

/** Names break at spaces and hyphens; as many as fit are shown. */
function categoryAxis({ categories, x }: BarChart, { left, right, bottom, height }: PlotArea, slot: number): string {
  const broken = categories.map((name) => name.split(/(?<=-)| /));
  const longest = Math.max(1, ...broken.flat().map((word) => word.length));
  const every = Math.max(1, Math.ceil((longest * CHARACTER_WIDTH) / (ROOM * slot)));
  const names = broken.map((words, i) => {
    if (i % every !== 0) return '';
    const at = round(left + slot * (i + 0.5));
    const lines = words.map((word, k) => `<tspan x="${at}" dy="${k === 0 ? 0 : 13}">${escapeHtml(word)}</tspan>`);
    return `<text class="tick" y="${bottom + 17}" text-anchor="middle">${lines.join('')}</text>`;
  });
  const label = x
    ? `<text class="axis" x="${round((left + right) / 2)}" y="${height - 6}" text-anchor="middle">${escapeHtml(x.label)}</text>`
    : '';
  return `<path class="base" d="M${left} ${bottom}H${right}"/>${names.join('')}${label}`;
}
