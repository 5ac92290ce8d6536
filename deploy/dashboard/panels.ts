/**
 * The few kinds of Grafana panels that the dashboard is made of, as plain data. Dashboard schema 39 (Grafana 10.4 and newer).
 * https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */

export interface Query {
  readonly expr: string;
  /** Name of the series, with labels as `{{label}}`; for a table the title of its column. */
  readonly legend: string;
}

export interface Panel {
  readonly type: string;
  readonly title: string;
  /** Of the 24 columns. */
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
  readonly body: { readonly [key: string]: unknown };
}

interface Look {
  readonly description: string;
  /** A unit of Grafana, such as `percentunit` or `s`. */
  readonly unit?: string;
  readonly width?: number;
  readonly height?: number;
  readonly fieldConfig?: { readonly [key: string]: unknown };
  readonly overrides?: readonly unknown[];
}

function fieldConfig({ unit = 'short', fieldConfig: more = {}, overrides = [] }: Look, custom: object = {}) {
  return { defaults: { unit, min: 0, custom, ...more }, overrides };
}

/** Lines over time. */
export function lines(title: string, queries: readonly Query[], look: Look): Panel {
  const custom = { drawStyle: 'line', lineWidth: 1, fillOpacity: 0, showPoints: 'never', spanNulls: false };
  return overTime(title, queries, look, custom);
}

/** Lines that keep a value until the next one: counts of replicas. */
export function steps(title: string, queries: readonly Query[], look: Look): Panel {
  const custom = {
    drawStyle: 'line',
    lineInterpolation: 'stepAfter',
    lineWidth: 1,
    fillOpacity: 0,
    showPoints: 'never',
  };
  return overTime(title, queries, look, custom);
}

/** Amounts on top of each other: what happened how often. */
export function stacked(title: string, queries: readonly Query[], look: Look): Panel {
  const custom = { drawStyle: 'bars', lineWidth: 0, fillOpacity: 80, stacking: { mode: 'normal', group: 'A' } };
  return overTime(title, queries, look, custom);
}

function overTime(title: string, queries: readonly Query[], look: Look, custom: object): Panel {
  const { description, width = 12, height = 8 } = look;
  const legend = { displayMode: 'list', placement: 'bottom', showLegend: true };
  const options = { legend, tooltip: { mode: 'multi', sort: 'desc' } };
  const body = { description, fieldConfig: fieldConfig(look, custom), options };
  return { type: 'timeseries', title, width, height, queries, body };
}

/** One number, or one name when `text` says so. */
export function number(title: string, query: Query, look: Look & { readonly text?: 'name' | 'value' }): Panel {
  const { description, width = 4, height = 4, text = 'value' } = look;
  const options = {
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    textMode: text,
    colorMode: 'none',
    graphMode: 'none',
  };
  return {
    type: 'stat',
    title,
    width,
    height,
    queries: [query],
    body: { description, fieldConfig: fieldConfig(look), options },
  };
}

/** One line per label, coloured while it is 1: which model acts, which signal is usable. */
export function timeline(title: string, query: Query, look: Look): Panel {
  const { description, width = 12, height = 6 } = look;
  const mappings = [
    {
      type: 'value',
      options: { 0: { text: ' ', color: 'transparent', index: 0 }, 1: { text: 'yes', color: 'green', index: 1 } },
    },
  ];
  const config = { defaults: { mappings, custom: { fillOpacity: 70, lineWidth: 0 } }, overrides: [] };
  const options = { mergeValues: true, showValue: 'never', legend: { showLegend: false } };
  return {
    type: 'state-timeline',
    title,
    width,
    height,
    queries: [query],
    body: { description, fieldConfig: config, options },
  };
}

/** The newest values side by side, one row per workload; `renames` gives titles to the labels. */
export function table(title: string, queries: readonly Query[], look: Look): Panel {
  const { description, width = 24, height = 8, overrides = [] } = look;
  const renameByName = Object.fromEntries(queries.map(({ legend }, i) => [`Value #${refId(i)}`, legend]));
  const transformations = [
    { id: 'merge', options: {} },
    { id: 'organize', options: { excludeByName: { Time: true }, renameByName } },
  ];
  const config = { defaults: { custom: { align: 'auto' } }, overrides };
  return { type: 'table', title, width, height, queries, body: { description, fieldConfig: config, transformations } };
}

/** A, B, C … */
export function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

/** Looks of single series by the name in the legend. */
export function byLegend(legend: string, properties: { readonly [id: string]: unknown }): unknown {
  return {
    matcher: { id: 'byName', options: legend },
    properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
  };
}
