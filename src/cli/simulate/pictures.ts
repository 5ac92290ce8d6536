/** The pictures of a simulation. Colours of families are the same in all of them. */

import type { TimeSeries } from '../../domain/time-series.ts';
import type { Track } from '../../simulate/engine.ts';
import { type WatchedForecasts, watchedLevels } from '../../simulate/forescale/forecast-watch.ts';
import { familyOf, frontierLevels } from '../../simulate/frontier/compare.ts';
import type { PolicyReport } from '../../simulate/report.ts';
import { rowMs, stepAt, type Timetable } from '../../simulate/timetable.ts';
import { barChart } from '../html/bar-chart.ts';
import { lineChart } from '../html/line-chart.ts';
import { type Points, scatterChart } from '../html/scatter-chart.ts';
import { largest } from './largest.ts';
import { type Thinned, type Timeline, thinOut } from './timeline.ts';
import { percent } from './words.ts';

/** Index into the palette; other families take what is left in turn. */
const familyColours: { readonly [family: string]: number } = { forescale: 1, hpa: 2, 'recent-max': 3, static: 4 };
const otherColours = [5, 6, 8, 9, 10, 11] as const;

function colourOf(family: string, others: readonly string[]): number {
  return familyColours[family] ?? otherColours[Math.max(0, others.indexOf(family)) % otherColours.length]!;
}

/** Most points of one line over time: keeps a page of sixty days of minutes under 3 MB. */
const MOST_POINTS = 8_000;

/** One far above the others would flatten them all. */
const HIGHEST_COST = 6;
const DOMINATED_COLOUR = 7;

/** Cost against violations, the best of each family joined. Without violations a policy stands at half a step. */
export function frontierPicture(reports: readonly PolicyReport[], title: string): string {
  const families = [...new Set(reports.map(({ policy }) => familyOf(policy)))].filter((name) => name !== 'oracle');
  const others = families.filter((name) => !(name in familyColours));
  const shown = reports.filter(
    ({ policy, cost_over_oracle }) => policy !== 'oracle' && cost_over_oracle <= HIGHEST_COST,
  );
  const best = families.map((family) => undominated(shown.filter(({ policy }) => familyOf(policy) === family)));
  const rest = shown.filter((report) => !best.flat().includes(report));
  const series = [
    ...(rest.length > 0 ? [pointsOf('beaten by another of its family', DOMINATED_COLOUR, rest, false)] : []),
    ...families.map((family, i) => pointsOf(family, colourOf(family, others), best[i]!, true)),
  ].filter(({ x }) => x.length > 0);
  const shares = series.flatMap(({ x }) => Array.from(x));
  const [least, most] = [Math.min(1, ...shares), Math.max(1, ...shares)];
  const highest = Math.max(1.1, ...series.flatMap(({ y }) => Array.from(y)));
  const levels = frontierLevels.filter((share) => 100 * share >= least && 100 * share <= most);
  return scatterChart({
    title,
    height: 420,
    x: { label: 'percent of the time with too few replicas (log)', kind: 'log', from: 0.8 * least, to: most },
    y: { label: 'cost over the oracle’s', from: 1 },
    series,
    references: levels.map((share) => ({ name: percent(share), from: [100 * share, 1], to: [100 * share, highest] })),
  });
}

/** Percent of the rows; half a row stands for none, because the axis has no 0. */
function shortPercent({ violation_rows, rows }: PolicyReport): number {
  return (100 * Math.max(0.5, violation_rows)) / Math.max(1, rows);
}

/** Those that no other one of the list beats in both cost and violations, by ascending violations. */
function undominated(reports: readonly PolicyReport[]): readonly PolicyReport[] {
  const sorted = reports.toSorted(
    (a, b) => a.violation_rows - b.violation_rows || a.cost_over_oracle - b.cost_over_oracle,
  );
  let cheapest = Number.POSITIVE_INFINITY;
  return sorted.filter(({ cost_over_oracle: cost }) => {
    if (cost >= cheapest) return false;
    cheapest = cost;
    return true;
  });
}

function pointsOf(name: string, color: number, reports: readonly PolicyReport[], joined: boolean): Points {
  return {
    name,
    color,
    x: reports.map(shortPercent),
    y: reports.map(({ cost_over_oracle }) => cost_over_oracle),
    labels: reports.map(({ policy, violation_rows }) => `${policy}, ${violation_rows} steps`),
    joined,
  };
}

/** Replicas in service of one policy against the need. */
export function replicasPicture(
  policy: string,
  track: Track,
  needed: Uint32Array,
  timetable: Timetable,
): { readonly picture: string; readonly pointMs: number } {
  const { pointMs, need, ready, short } = thinOut(track, needed, timetable, MOST_POINTS);
  const picture = lineChart({
    title: policy,
    height: 260,
    x: { label: 'time, UTC', kind: 'time' },
    y: { label: 'replicas', from: 0 },
    bands: [{ name: 'too few', color: 2, ...short }],
    lines: [
      { name: 'needed', color: 0, ...need, steps: true },
      { name: 'in service', color: 1, ...ready, steps: true },
      { name: 'too few', color: 2, ...strokes(short) },
    ],
    zoom: true,
  });
  return { picture, pointMs };
}

/** An upright stroke at each place that is short: a band alone is thinner than a pixel on a page of weeks. */
function strokes({ x, low, high }: Timeline['short']): Thinned {
  const at = x.filter((_, i) => Number.isFinite(low[i]));
  const ends = x.flatMap((_, i) => (Number.isFinite(low[i]) ? [low[i]!, high[i]!, Number.NaN] : []));
  return { x: at.flatMap((ms) => [ms, ms, ms]), y: ends };
}

/** Violating steps by hour of the day, for several policies side by side. */
export function hoursPicture(
  policies: readonly { readonly policy: string; readonly track: Track }[],
  needed: Uint32Array,
  timetable: Timetable,
): string {
  const colours = [1, 2, 3, 5];
  return barChart({
    title: 'Violating steps by hour of day (UTC)',
    height: 260,
    categories: Array.from({ length: 24 }, (_, hour) => String(hour)),
    x: { label: 'hour' },
    y: { label: 'steps', to: 1 },
    series: policies.map(({ policy, track }, k) => ({
      name: policy,
      color: colours[k % colours.length]!,
      values: shortByHour(track, needed, timetable),
    })),
  });
}

const HOUR_MS = 3_600_000;

export function shortByHour(track: Track, needed: Uint32Array, timetable: Timetable): number[] {
  const hours = new Array<number>(24).fill(0);
  for (let row = timetable.warmUpRows; row < timetable.rows; row++) {
    const hour = Math.floor(rowMs(timetable, row) / HOUR_MS) % 24;
    if (track.ready[row]! < needed[stepAt(timetable, row)]!) hours[hour]!++;
  }
  return hours;
}

/** Forecasts made a lead ahead, against the load that came. */
export function forecastPicture(
  { steps, quantiles, leadSteps }: WatchedForecasts,
  trace: TimeSeries,
  unit: string,
): string {
  const x = steps.map((step) => trace.startMs + step * trace.stepMs);
  const truth = steps.map((step) => trace.values[step]!);
  const level = (wanted: (typeof watchedLevels)[number]) => quantiles[watchedLevels.indexOf(wanted)]!;
  return lineChart({
    title: `Forecast ${leadSteps} ${leadSteps === 1 ? 'step' : 'steps'} ahead`,
    height: 320,
    x: { label: 'time, UTC', kind: 'time' },
    y: { label: unit, from: 0, most: 2 * largest(truth) },
    bands: [{ name: '90 % interval', color: 1, x, low: level(0.05), high: level(0.95) }],
    lines: [
      { name: '99.9 % quantile', color: 2, x, y: level(0.999), dashed: true },
      { name: 'median', color: 1, x, y: level(0.5) },
      { name: 'truth', color: 0, x, y: truth },
    ],
    zoom: true,
  });
}

export function moneyPicture(reports: readonly PolicyReport[]): string {
  return barChart({
    title: 'Cost in money',
    height: 260,
    categories: reports.map(({ policy }) => policy.replaceAll(':', ' ')),
    y: { label: 'money, scored part' },
    series: [{ name: 'money', color: 1, values: reports.map(({ money }) => money!) }],
  });
}
