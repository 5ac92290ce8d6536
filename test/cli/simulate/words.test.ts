import assert from 'node:assert/strict';
import { featuredPolicies, namedReports } from '../../../src/cli/simulate/featured.ts';
import { policyList } from '../../../src/cli/simulate/ladders.ts';
import { formatTable } from '../../../src/cli/simulate/table.ts';
import { levelTable, span, verdict } from '../../../src/cli/simulate/words.ts';
import type { FrontierReport, LevelReport } from '../../../src/simulate/frontier/compare.ts';
import type { PolicyReport } from '../../../src/simulate/report.ts';

const rowsOf = (policy: string, violation_rows: number) => ({ policy, violation_rows });

const level: LevelReport = {
  violation_share: 0.001,
  allowed_rows: 20,
  yardstick: 'hpa',
  families: [
    {
      family: 'forescale',
      kind: 'reached',
      cost_over_oracle: 1.6,
      interval: { low: 1.5, high: 1.7 },
      between: [rowsOf('forescale:0.001', 12), rowsOf('forescale:0.002', 25)],
      over_yardstick: { ratio: 0.8, interval: { low: 0.75, high: null } },
    },
    {
      family: 'hpa',
      kind: 'reached',
      cost_over_oracle: 2,
      interval: { low: 1.9, high: 2.2 },
      between: [rowsOf('hpa:0.4', 20), rowsOf('hpa:0.4', 20)],
    },
    { family: 'recent-max', kind: 'missed', closest: rowsOf('recent-max:7d', 31), cost_over_oracle: 3.25 },
  ],
};
const frontier: FrontierReport = { rows: 20_000, days: 14, levels: [level] };

const report = (policy: string, violation_rows: number, cost_over_oracle: number): PolicyReport => ({
  policy,
  rows: 20_000,
  replica_hours: 100 * cost_over_oracle,
  cost_over_oracle,
  ready_hours: 1,
  violation_share: violation_rows / 20_000,
  violation_rows,
  unserved_share: 0,
  theta_u: 0,
  theta_o: 0,
  tau_u: 0,
  tau_o: 0,
  upsilon: 0,
  scale_ups: 1,
  scale_downs: 2,
  replicas_changed: 3,
});
const reports = [
  report('forescale:0.001', 12, 1.7),
  report('forescale:0.002', 25, 1.55),
  report('hpa:0.4', 20, 2),
  report('hpa:0.5', 90, 1.8),
  report('recent-max:7d', 31, 3.25),
  report('oracle', 0, 1),
];

describe('words of a frontier', () => {
  it('says in a sentence what forescale costs beside the yardstick', () => {
    assert.equal(
      verdict(level, 'forescale'),
      'At 0.1 % forescale costs 1.600 × the oracle, 20.0 % less than hpa (95 %: −25.0 % to missed).',
    );
  });

  it('says plainly when it costs more', () => {
    const [own, ...rest] = level.families;
    const dear = { ...own, over_yardstick: { ratio: 1.155, interval: { low: 1.05, high: 1.25 } } } as typeof own;
    assert.match(
      verdict({ ...level, families: [dear!, ...rest] }, 'forescale'),
      /15\.5 % more than hpa \(95 %: \+5\.0 % to \+25\.0 %\)\.$/,
    );
  });

  it('says that a level is missed, by how much, and who reaches it', () => {
    assert.equal(
      verdict(level, 'recent-max'),
      'At 0.1 % recent-max misses the level: its least is 31 violating steps (recent-max:7d); hpa reaches it at 2.000 ×.',
    );
    const { yardstick: _, ...none } = level;
    assert.match(verdict(none, 'recent-max'), /; as do HPA, static and recent-max\.$/);
    assert.match(
      verdict(none, 'hpa'),
      /hpa costs 2\.000 × the oracle; HPA, static and recent-max all miss the level\.$/,
    );
  });

  it('puts the violating steps of both policies into the table, and what comes closest for a family that misses', () => {
    const { head, rows } = levelTable(level);
    assert.equal(head.at(-1), 'lies between (violating steps)');
    assert.equal(rows[0]!.at(-1), 'forescale:0.001 (12) and forescale:0.002 (25)');
    assert.deepEqual(rows[1]!.slice(0, 2), ['hpa (yardstick)', '2.000']);
    assert.equal(rows[1]!.at(-1), 'hpa:0.4 (20)');
    assert.deepEqual(rows[2]!, ['recent-max', 'missed', '—', '—', '—', 'closest: recent-max:7d (31) at 3.250']);
  });

  it('does not feign an interval from too few days', () => {
    assert.equal(span(undefined, String), 'too few days');
  });

  it('prints the levels and the sentences below the table of policies', () => {
    const text = formatTable(reports, frontier);
    assert.match(text, /\n0\.1 % of the time in violation \(20 of 20000 steps\)\nfamily +cost\/oracle/);
    assert.match(text, /\nAt 0\.1 % forescale costs .*\n$/);
  });
});

describe('featuredPolicies', () => {
  it('draws those that stand at 0.1 %: forescale and the yardstick', () => {
    const names = featuredPolicies(reports, frontier).map((i) => reports[i]!.policy);
    assert.deepEqual(names, ['forescale:0.001', 'hpa:0.4']);
  });

  it('draws the first four of a list, without the oracle', () => {
    const names = featuredPolicies(reports.toReversed(), undefined).map((i) => reports.toReversed()[i]!.policy);
    assert.deepEqual(names, ['recent-max:7d', 'hpa:0.5', 'hpa:0.4', 'forescale:0.002']);
  });

  it('lists the policies that the tables name', () => {
    const names = namedReports(reports, frontier).map(({ policy }) => policy);
    assert.deepEqual(names, ['forescale:0.001', 'forescale:0.002', 'hpa:0.4', 'recent-max:7d']);
    assert.equal(namedReports(reports, undefined).length, 6);
  });
});

describe('policyList', () => {
  it('runs 6 forescale, 48 HPAs from 0.15 to 0.9, static, 3 recent-max and the oracle for a frontier', () => {
    const names = policyList(undefined, true).split(',');
    const count = (word: string) => names.filter((name) => name.startsWith(word)).length;
    assert.deepEqual(
      [count('forescale:'), count('hpa:'), count('static'), count('recent-max:'), count('oracle')],
      [6, 48, 1, 3, 1],
    );
    assert.ok(names.includes('hpa:0.15:stabilization=300s') && names.includes('hpa:0.9:stabilization=1800s'));
  });

  it('puts what was typed first, and nothing twice', () => {
    const names = policyList('schedule, static,hpa:0.7', true).split(',');
    assert.deepEqual(names.slice(0, 3), ['schedule', 'static', 'hpa:0.7']);
    assert.equal(new Set(names).size, names.length);
  });

  it('runs what was typed and nothing else without a frontier', () => {
    assert.equal(policyList('oracle', false), 'oracle');
    assert.match(policyList(undefined, false), /^forescale,hpa:0\.7,/);
  });
});
