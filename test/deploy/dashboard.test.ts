import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dashboard } from '../../deploy/dashboard/dashboard.ts';
import { metricNames } from '../../src/telemetry/metrics.ts';
import { exportedLabels } from './exported-labels.ts';
import { type DashboardPanel, deployFile, readDashboard, readRules } from './files.ts';
import { groupingsIn, labelsShownBy, selectorsIn } from './promql.ts';

const labels = exportedLabels();
const { panels, templating } = readDashboard();
const targets = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));
/** Series of the rule file itself. */
const recorded = new Set(readRules().flatMap((rule) => ('record' in rule ? [rule.record] : [])));

/** What an expression names that forescale does not export, in words. */
function strangers(expr: string, shown: readonly string[]): string[] {
  const selectors = selectorsIn(expr);
  const known = new Set(selectors.flatMap(({ metric }) => labels.get(metric) ?? []));
  return [
    ...selectors.filter(({ metric }) => !labels.has(metric)).map(({ metric }) => `no metric ${metric}`),
    ...selectors.flatMap(({ metric, matchers }) =>
      matchers
        .filter(({ label }) => !labels.get(metric)?.includes(label))
        .map(({ label }) => `${metric} has no label ${label}`),
    ),
    ...[...groupingsIn(expr), ...shown]
      .filter((label) => !known.has(label))
      .map((label) => `nothing has a label ${label}`),
  ];
}

function overlap(one: DashboardPanel, other: DashboardPanel): boolean {
  const [a, b] = [one.gridPos, other.gridPos];
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

describe('dashboard', () => {
  it('is what deploy/dashboard/write.ts makes now', () => {
    const written = readFileSync(deployFile('grafana', 'forescale.json'), 'utf8');
    assert.equal(written, `${JSON.stringify(dashboard, null, 2)}\n`, 'run: node deploy/dashboard/write.ts');
  });

  it('asks only for metrics and labels that forescale exports', () => {
    for (const { title, expr, legendFormat } of targets)
      assert.deepEqual(strangers(expr, labelsShownBy(legendFormat)), [], `${title}: ${expr}`);
    for (const { definition } of templating.list) if (definition) assert.deepEqual(strangers(definition, []), []);
  });

  it('finds strangers: a metric, a matcher and a grouping that do not exist are three', () => {
    assert.equal(strangers('sum by (shop) (forescale_nothing) + forescale_load{shard="1"}', []).length, 3);
  });

  it('shows every exported metric somewhere', () => {
    const used = targets.flatMap(({ expr }) => selectorsIn(expr)).map(({ metric }) => metric);
    const bare = new Set(used.map((metric) => metric.replace(/_(bucket|sum|count)$/, '')));
    assert.deepEqual(
      metricNames.filter((name) => !bare.has(name)),
      [],
    );
  });

  it('has 24 columns in which no two panels overlap, and ids that differ', () => {
    for (const [i, panel] of panels.entries()) {
      assert.ok(panel.gridPos.x + panel.gridPos.w <= 24, panel.title);
      for (const other of panels.slice(i + 1)) assert.ok(!overlap(panel, other), `${panel.title} and ${other.title}`);
    }
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  });

  it('names no variable that it does not define', () => {
    const defined = new Set([...templating.list.map(({ name }) => name), '__rate_interval', '__range']);
    const text = readFileSync(deployFile('grafana', 'forescale.json'), 'utf8');
    for (const [, name] of text.matchAll(/\$\{?(\w+)/g)) assert.ok(defined.has(name!), name);
  });
});

describe('alert rules', () => {
  it('ask only for metrics and labels that forescale exports', () => {
    for (const rule of readRules()) {
      const shown = 'alert' in rule ? labelsShownBy(Object.values(rule.annotations).join()) : [];
      assert.deepEqual(strangers(rule.expr, shown), [], rule.expr);
      for (const [name] of rule.expr.matchAll(/forescale:[\w:]+/g)) assert.ok(recorded.has(name), name);
    }
  });
});
