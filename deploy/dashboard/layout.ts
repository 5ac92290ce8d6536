/** From rows of panels to the JSON that Grafana imports: places, ids and targets. */
import { type Panel, refId } from './panels.ts';

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const COLUMNS = 24;
/** The data source that is chosen above the dashboard. */
export const datasource = { type: 'prometheus', uid: '$datasource' };

function targets({ type, queries }: Panel): unknown[] {
  const once = type === 'table' ? { instant: true, format: 'table' } : { range: true };
  return queries.map(({ expr, legend }, i) => ({ refId: refId(i), datasource, expr, legendFormat: legend, ...once }));
}

interface Place {
  x: number;
  y: number;
  /** Height of the tallest panel of the line being filled. */
  tallest: number;
}

function place(at: Place, { width, height }: Panel): { x: number; y: number; w: number; h: number } {
  if (at.x + width > COLUMNS) Object.assign(at, { x: 0, y: at.y + at.tallest, tallest: 0 });
  const gridPos = { x: at.x, y: at.y, w: width, h: height };
  at.x += width;
  at.tallest = Math.max(at.tallest, height);
  return gridPos;
}

/** Panels from left to right and from top to bottom, each row under a heading of its own. */
export function layOut(rows: readonly Row[]): unknown[] {
  const at: Place = { x: 0, y: 0, tallest: 0 };
  let id = 0;
  return rows.flatMap(({ title, panels }) => {
    Object.assign(at, { x: 0, y: at.y + at.tallest, tallest: 0 });
    const heading = {
      id: ++id,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y: at.y, w: COLUMNS, h: 1 },
    };
    at.y += 1;
    const placed = panels.map((panel) => ({
      id: ++id,
      type: panel.type,
      title: panel.title,
      datasource,
      gridPos: place(at, panel),
      ...panel.body,
      targets: targets(panel),
    }));
    return [heading, ...placed];
  });
}
