/** A chart of load in block characters: what was, then what is expected with its upper bound. */
import { type Span, span } from './spans.ts';

const blocks = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

export interface ChartData {
  /** Load by step, oldest first; NaN is missing. */
  readonly past: readonly number[];
  /** Mean and upper bound by step from now on. */
  readonly mean: readonly number[];
  readonly upper: readonly number[];
}

/** `height` lines, top first, each `width` columns: two parts in seven are left to the forecast. */
export function drawChart(data: ChartData, width: number, height: number): readonly (readonly Span[])[] {
  const ahead = data.mean.length === 0 ? 0 : Math.floor((2 * width) / 7);
  const past = squeeze(data.past, width - ahead);
  const mean = squeeze(data.mean, ahead);
  const upper = squeeze(data.upper, ahead);
  const top = Math.max(1e-9, ...past.filter((value) => !Number.isNaN(value)), ...upper);
  return Array.from({ length: height }, (_, row) => {
    const floor = height - 1 - row;
    const cell = (value: number) => eighths((value / top) * height - floor);
    return [
      span(past.map((value) => blocks[cell(value)] || ' ').join(''), 'cyan'),
      ...mean.map((value, i) => forecastCell(cell(value), cell(upper[i]!))),
    ];
  });
}

/** Mean as a block, the way up to the bound as shade. */
function forecastCell(mean: number, upper: number): Span {
  if (mean >= 4) return span(blocks[mean]!, 'blue');
  if (upper >= 4) return span('░', 'blue');
  return span(blocks[mean] || ' ', 'blue');
}

function eighths(height: number): number {
  return Number.isNaN(height) ? 0 : Math.round(8 * Math.min(1, Math.max(0, height)));
}

/** Means of equal parts, so that any number of steps fits any number of columns. */
function squeeze(values: readonly number[], columns: number): readonly number[] {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    const part = values.slice(from, to).filter((value) => !Number.isNaN(value));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
