/** What every chart has around its marks: axes, grid, legend, a name for screen readers. */
import { escapeHtml } from './escape.ts';
import { type AxisKind, createScale, type Scale } from './scale.ts';

export interface Axis {
  /** Quantity and unit, as in `requests per second`. */
  readonly label: string;
  readonly kind?: AxisKind;
  /** Shown at least; the data may reach further. */
  readonly from?: number;
  readonly to?: number;
  /** Never shown beyond: marks that reach further are cut off, which the text around the chart has to say. */
  readonly most?: number;
}

export interface LegendEntry {
  readonly name: string;
  /** Index into the palette. */
  readonly color: number;
  readonly mark: 'line' | 'band' | 'dashed';
}

/** What the caller gives to every kind of chart. */
export interface ChartBase {
  /** Heading of the figure and name for screen readers. */
  readonly title: string;
  /** Half width puts two charts side by side. */
  readonly width?: 'full' | 'half';
  readonly height?: number;
}

export interface PlotArea {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function plotArea({ width, height = 300 }: ChartBase): PlotArea {
  const wide = width === 'half' ? 470 : 960;
  return { width: wide, height, left: 62, right: wide - 12, top: 12, bottom: height - 44 };
}

/** Of the span of the data, above the largest value of a vertical axis, so that its mark is not cut by the edge. */
const HEADROOM = 0.04;

/** Scale of an axis over the data and the limits asked for. Without any finite value it runs from 0 to 1. */
export function axisScale(axis: Axis, data: Iterable<number>, start: number, end: number): Scale {
  const { kind = 'number' } = axis;
  // Upwards the coordinates of a drawing fall.
  const isVertical = start > end;
  let [from, to] = [axis.from ?? Number.POSITIVE_INFINITY, axis.to ?? Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (!Number.isFinite(value) || (kind === 'log' && value <= 0)) continue;
    if (value < from) from = value;
    if (value > to) to = value;
  }
  if (!Number.isFinite(from)) from = kind === 'log' ? 0.1 : 0;
  if (!Number.isFinite(to)) to = from + 1;
  else if (isVertical && kind === 'number' && axis.to === undefined) to += HEADROOM * (to - from);
  if (axis.most !== undefined) to = Math.min(to, axis.most);
  return createScale(kind, from, to, start, end);
}

export function round(value: number, digits = 2): string {
  return String(Number(value.toFixed(digits)));
}

/** Grid lines with their texts, and the label, of the vertical axis. */
export function verticalAxis({ left, right, top, bottom }: PlotArea, scale: Scale, label: string): string {
  const ticks = scale.ticks.map((tick) => {
    const y = round(scale.at(tick));
    return `<path class="grid" d="M${left} ${y}H${right}"/><text class="tick" x="${left - 8}" y="${y}" dy=".32em" text-anchor="end">${escapeHtml(scale.format(tick))}</text>`;
  });
  const middle = round((top + bottom) / 2);
  return `${ticks.join('')}<text class="axis" transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${escapeHtml(label)}</text>`;
}

/** Texts and label of the horizontal axis; the zoom script replaces the texts of the group `xticks`. */
export function horizontalAxis({ left, right, bottom, height }: PlotArea, scale: Scale, label: string): string {
  const ticks = scale.ticks.map((tick) => {
    const x = round(scale.at(tick));
    return `<path class="grid" d="M${x} ${bottom}v5"/><text class="tick" x="${x}" y="${bottom + 18}" text-anchor="middle">${escapeHtml(scale.format(tick))}</text>`;
  });
  const middle = round((left + right) / 2);
  const text = `<text class="axis" x="${middle}" y="${height - 6}" text-anchor="middle">${escapeHtml(label)}</text>`;
  return `<path class="base" d="M${left} ${bottom}H${right}"/><g class="xticks">${ticks.join('')}</g>${text}`;
}

/** The figure around the drawing: heading, legend, svg. */
export function figure(
  base: ChartBase,
  area: PlotArea,
  legend: readonly LegendEntry[],
  drawing: string,
  attributes = '',
): string {
  const entries = legend.map(
    ({ name, color, mark }) => `<li><i class="${mark} c${color}"></i>${escapeHtml(name)}</li>`,
  );
  const list = entries.length > 0 ? `<ul class="legend">${entries.join('')}</ul>` : '';
  const title = escapeHtml(base.title);
  return `<figure class="${base.width ?? 'full'}"${attributes}><figcaption>${title}${list}</figcaption><svg viewBox="0 0 ${area.width} ${area.height}" role="img" aria-label="${title}">${drawing}</svg></figure>\n`;
}

/** The part of the drawing that marks may not leave, in coordinates of its own: what the zoom script looks at. */
export function clipped({ left, right, top, bottom }: PlotArea, marks: string): string {
  const [width, height] = [right - left, bottom - top];
  return `<svg class="plot" x="${left}" y="${top}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none">${marks}</svg>`;
}
