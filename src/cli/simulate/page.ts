/** The simulation as one self-contained HTML page. */
import { formatDuration } from '../../config/durations.ts';
import { neededByStep } from '../../simulate/needed.ts';
import type { PolicyReport } from '../../simulate/report.ts';
import { factList } from '../html/facts.ts';
import { folded } from '../html/folded.ts';
import { bulletList } from '../html/list.ts';
import { page, type Section } from '../html/page.ts';
import { htmlTable } from '../html/table.ts';
import { rules, settingFacts } from './assumptions.ts';
import { featuredPolicies, namedReports } from './featured.ts';
import { forecastPicture, frontierPicture, hoursPicture, moneyPicture, replicasPicture } from './pictures.ts';
import type { Outcome } from './run.ts';
import { levelTable, levelTitle, verdicts } from './words.ts';

export function formatPage(outcome: Outcome): string {
  const sections: readonly (Section | undefined)[] = [
    frontierSection(outcome),
    scoresSection(outcome),
    outcome.settings.prices && moneySection(outcome),
    ...timeSections(outcome),
    outcome.forecasts && forecastSection(outcome),
    assumptionsSection(outcome),
  ];
  const { material } = outcome;
  return page(
    `Simulation of ${material.source}`,
    summary(outcome),
    sections.filter((section) => section !== undefined),
  );
}

function summary({ frontier, reports }: Outcome): string {
  if (frontier) return verdicts(frontier).join(' ');
  const words = reports.map(
    ({ policy, cost_over_oracle, violation_share }) =>
      `${policy} ${cost_over_oracle.toFixed(2)} × at ${(100 * violation_share).toFixed(3)} %`,
  );
  return `Cost over perfect foresight, and share of the time with too few replicas: ${words.join('; ')}.`;
}

function frontierSection({ reports, frontier }: Outcome): Section {
  const tables = frontier?.levels.map((level) => {
    const { head, rows } = levelTable(level);
    return `<h3>${levelTitle(level, frontier.rows)}</h3>${htmlTable(head, rows, [5])}`;
  });
  return {
    title: frontier ? 'What equal violations cost' : 'Cost against violations',
    lead: `Lower and further left is better. Each point is one policy; point at it for its name. A policy without any violation stands at half a step; one above 6 × the oracle is in the tables only, one that another of its family beats in both is grey.${frontier ? ' Dashed lines are the levels of the tables.' : ''}`,
    body: [frontierPicture(reports, 'Cost over the oracle against violations'), ...(tables ?? [])],
  };
}

const share = (value: number) => `${(100 * value).toFixed(3)} %`;
const rough = (value: number) => `${(100 * value).toFixed(value < 1 ? 2 : 0)} %`;
const scoreColumns: Columns = [
  ['policy', ({ policy }) => policy],
  ['replica-hours', ({ replica_hours }) => replica_hours.toFixed(1)],
  ['cost/oracle', ({ cost_over_oracle }) => cost_over_oracle.toFixed(3)],
  ['violations', ({ violation_share }) => share(violation_share)],
  ['steps', ({ violation_rows }) => String(violation_rows)],
  ['unserved', ({ unserved_share }) => share(unserved_share)],
  ['θ under', ({ theta_u }) => rough(theta_u)],
  ['θ over', ({ theta_o }) => rough(theta_o)],
  ['τ under', ({ tau_u }) => rough(tau_u)],
  ['τ over', ({ tau_o }) => rough(tau_o)],
  ['υ', ({ upsilon }) => rough(upsilon)],
  ['ups', ({ scale_ups }) => String(scale_ups)],
  ['downs', ({ scale_downs }) => String(scale_downs)],
];

type Columns = readonly (readonly [heading: string, cell: (report: PolicyReport) => string])[];

/** The policies that matter, and all of them behind a click. */
function reportTables(columns: Columns, { reports, frontier }: Outcome): readonly string[] {
  const tableOf = (some: readonly PolicyReport[]) =>
    htmlTable(
      columns.map(([heading]) => heading),
      some.map((report) => columns.map(([, cell]) => cell(report))),
    );
  const named = namedReports(reports, frontier);
  if (named.length === reports.length) return [tableOf(reports)];
  return [tableOf(named), folded(`All ${reports.length} policies`, tableOf(reports))];
}

function scoresSection(outcome: Outcome): Section {
  return {
    title: 'Scores',
    lead: 'Elasticity metrics of SPEC RG (Herbst et al., SPEC-RG-2016-01): θ is the mean shortage and surplus relative to the need, τ the share of the time short and in surplus, υ the share of moves in another direction than the need’s. Following every wiggle makes υ small and is no merit in itself.',
    body: reportTables(scoreColumns, outcome),
  };
}

const moneyColumns: Columns = [
  ['policy', ({ policy }) => policy],
  ['money', ({ money }) => money!.toFixed(2)],
  ['over oracle', ({ money_over_oracle }) => money_over_oracle!.toFixed(3)],
  ['replicas changed', ({ replicas_changed }) => String(replicas_changed)],
];

function moneySection(outcome: Outcome): Section {
  const { reports, frontier } = outcome;
  const shown = featuredPolicies(reports, frontier).map((i) => reports[i]!);
  const oracle = reports.filter(({ policy }) => policy === 'oracle');
  return {
    title: 'Cost in money',
    lead: 'Replica-hours and changes at the prices given, over the scored part.',
    body: [moneyPicture([...shown, ...oracle]), ...reportTables(moneyColumns, outcome)],
  };
}

function timeSections({ simulation, reports, frontier }: Outcome): readonly Section[] {
  const { workloads, timetable, results } = simulation;
  const { trace, need } = workloads[0]!;
  const needed = neededByStep(trace, need);
  const featured = featuredPolicies(reports, frontier).map((i) => ({
    policy: results[i]!.policy,
    track: results[i]!.tracks[0]!,
  }));
  const drawn = featured.map(({ policy, track }) => replicasPicture(policy, track, needed, timetable));
  const pointMs = drawn[0]?.pointMs ?? timetable.decideMs;
  const thinned =
    pointMs === timetable.decideMs
      ? ''
      : ` Each point stands for ${formatDuration(pointMs)}: the largest need in it and the fewest replicas, and a stroke where any row of it was short.`;
  return [
    {
      title: 'Replicas against need',
      lead: `Drag to look closer.${thinned}`,
      body: drawn.map(({ picture }) => picture),
    },
    { title: 'When it goes wrong', body: [hoursPicture(featured, needed, timetable)] },
  ];
}

function forecastSection({ forecasts, material }: Outcome): Section {
  return {
    title: 'Forecast against truth',
    lead: 'What forescale expected for a step when replicas for it had to be asked for, and what came. Quantiles beyond twice the largest load are cut off. Drag to look closer.',
    body: [forecastPicture(forecasts!, material.trace, material.unit)],
  };
}

function assumptionsSection(outcome: Outcome): Section {
  return {
    title: 'Every assumption',
    body: [factList(settingFacts(outcome)), bulletList(rules)],
  };
}
