/** The report of a proof as Markdown. */

import { rules } from '../../src/cli/simulate/assumptions.ts';
import { percent, pointsOf, verdict } from '../../src/cli/simulate/words.ts';
import { familyOf, type LevelReport, type OpenInterval } from '../../src/simulate/frontier/compare.ts';
import { familyAt, type Result, rivalsAt, type Standing, standingOf } from './results.ts';

export interface Circumstances {
  readonly command: string;
  readonly version: string;
  readonly node: string;
  readonly machine: string;
  /** Folder of the pictures, relative to the report. */
  readonly pictures: string;
  readonly failures: readonly { readonly name: string; readonly message: string }[];
}

export function formatProof(results: readonly Result[], about: Circumstances): string {
  const levels = results[0]?.frontier.levels.map(({ violation_share }) => violation_share) ?? [];
  const parts = [
    `# What equal violations cost\n\n${introduction(results, about)}`,
    ...levels.map((share, i) => levelPart(results, share, i)),
    losses(results),
    ...results.map((result) => casePart(result, about)),
    `## Every assumption\n\n${rules.map((rule) => `- ${rule}`).join('\n')}\n`,
  ];
  return `${parts.join('\n')}`;
}

function introduction(
  results: readonly Result[],
  { command, version, node, machine, failures }: Circumstances,
): string {
  const rows = results.reduce((sum, { frontier }) => sum + frontier.rows, 0);
  const broken = failures.map(({ name, message }) => `- ${name} could not be simulated: ${message.trim()}\n`).join('');
  return `${results.length} recorded traces, ${rows} scored decisions. All policies meet the same load by the same rules; each family of
policies is compared where its violations are the same. Costs are replica-hours over those of perfect foresight. The
yardstick is the cheapest of 48 HPAs (targets 0.15 to 0.9; windows of 5, 15 and 30 min), a constant fleet and the maximum
of the last 1, 3 or 7 days. Each family stands for its best settings in hindsight: forescale for those of six aims, the
methods of other autoscalers, which tune themselves on the warm-up, for those of the aims named with them. Intervals are
95 %, from resampled days.${scoredWords(results)}

    ${command}

forescale ${version}, Node ${node}, ${machine}.
${broken}`;
}

/** Nothing when the cases differ in it; each says its own below. */
function scoredWords(results: readonly Result[]): string {
  const parts = new Set(results.map(({ scored }) => partWords(scored)));
  if (parts.size !== 1) return '';
  return ` Scored is ${[...parts][0]} of each trace; the policies learn on what lies before.`;
}

const partWords = ([from, to]: Result['scored']) => `${Math.round(100 * from)} % to ${Math.round(100 * to)} %`;

const mdTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function costAt(level: LevelReport, name: string): string {
  const family = familyAt(level, name);
  if (family === undefined) return '—';
  return family.kind === 'reached' ? family.cost_over_oracle.toFixed(2) : 'missed';
}

function levelPart(results: readonly Result[], share: number, i: number): string {
  const at = (result: Result) => result.frontier.levels[i]!;
  const families = [...new Set(results.flatMap(({ policies }) => policies.map(({ policy }) => familyOf(policy))))];
  const others = families.filter((name) => !['oracle', 'forescale'].includes(name));
  const head = ['case', 'violating steps allowed', ...others, 'forescale', 'over yardstick', '95 %'];
  const rows = results.map((result) => {
    const level = at(result);
    const own = familyAt(level, 'forescale');
    const over = own?.kind === 'reached' ? own.over_yardstick : undefined;
    const names = others.map((name) => {
      const cost = costAt(level, name);
      return name === level.yardstick ? `**${cost}**` : cost;
    });
    const compared = over ? `${over.ratio.toFixed(3)}` : standingWords(standingOf(level));
    return [
      result.of.name,
      String(level.allowed_rows),
      ...names,
      costAt(level, 'forescale'),
      compared,
      ends(over?.interval),
    ];
  });
  return `## At ${percent(share)} of the time in violation\n\nThe yardstick is bold.\n\n${mdTable(head, rows)}\n\n${summary(results.map((result) => standingOf(at(result))))}\n`;
}

function ends(interval: OpenInterval | undefined): string {
  if (interval === undefined) return '—';
  return [interval.low, interval.high].map((end) => (end === null ? 'missed' : end.toFixed(3))).join(' to ');
}

function standingWords(standing: Standing): string {
  switch (standing.kind) {
    case 'cheaper':
    case 'dearer':
      return standing.ratio.toFixed(3);
    case 'alone':
      return 'reaches it alone';
    case 'missed':
      return 'missed';
    case 'both-miss':
      return 'both miss';
  }
}

function summary(standings: readonly Standing[]): string {
  const count = (kind: Standing['kind']) => standings.filter((standing) => standing.kind === kind).length;
  const ratios = standings.flatMap((one) => ('ratio' in one ? [one.ratio] : [])).sort((a, b) => a - b);
  const middle =
    ratios.length === 0
      ? ''
      : ` Cost over the yardstick's: median ${medianOf(ratios).toFixed(3)}, worst ${ratios.at(-1)!.toFixed(3)}.`;
  return `forescale is cheaper than the yardstick on ${count('cheaper')} of ${standings.length}, dearer on ${count('dearer')}, reaches the level alone on ${count('alone')}, misses what the yardstick reaches on ${count('missed')}; both miss it on ${count('both-miss')}.${middle}`;
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}

function losses(results: readonly Result[]): string {
  const lines = results.flatMap(({ of, frontier }) =>
    frontier.levels.flatMap((level) => lossAt(level).map((words) => `- **${of.name}**: ${words}`)),
  );
  const total = results.reduce((sum, { frontier }) => sum + frontier.levels.length, 0);
  const text =
    lines.length === 0
      ? 'Nowhere on these cases and levels.'
      : `At ${lines.length} of the ${total} levels of all cases something else costs less, reaches what forescale misses, or nothing reaches it.\n\n${lines.join('\n')}`;
  return `## Where forescale loses\n\n${text}\n`;
}

/** At most one sentence for a level: how forescale stands, and whoever is better. */
function lossAt(level: LevelReport): readonly string[] {
  const standing = standingOf(level);
  const rivals = rivalsAt(level);
  const isAhead = standing.kind === 'cheaper' || standing.kind === 'alone';
  if (isAhead && rivals.length === 0) return [];
  const sure = standing.kind === 'dearer' && !standing.certain ? ' The interval reaches both sides.' : '';
  const others = rivals.filter(({ family }) => family !== level.yardstick);
  const better = others.map(({ family, cost_over_oracle }) => `${family} ${cost_over_oracle.toFixed(3)} ×`);
  const reach = familyAt(level, 'forescale')?.kind === 'reached' ? 'Cheaper' : 'Reached by';
  return [`${verdict(level, 'forescale')}${sure}${better.length > 0 ? ` ${reach}: ${better.join(', ')}.` : ''}`];
}

function casePart({ of, frontier, seconds, scored }: Result, { pictures }: Circumstances): string {
  const settings = of.options.map(([option, value]) => `${option} ${value}`).join(', ');
  const tables = frontier.levels.map((level) => {
    const rows = level.families
      .filter(({ family }) => family !== 'oracle')
      .map((family) =>
        family.kind === 'reached'
          ? [family.family, family.cost_over_oracle.toFixed(3), ends(family.interval), pointsOf(family)]
          : [
              family.family,
              'missed',
              '—',
              `closest: ${family.closest.policy} (${family.closest.violation_rows}) at ${family.cost_over_oracle.toFixed(3)}`,
            ],
      );
    const title = `${percent(level.violation_share)}: ${level.allowed_rows} of ${frontier.rows} steps`;
    return `${title}\n\n${mdTable(['family', 'cost/oracle', '95 %', 'lies between (violating steps)'], rows)}\n`;
  });
  return `## ${of.name}\n\n${of.trace}: ${settings}. ${frontier.rows} scored steps on ${frontier.days} days, ${partWords(scored)} of the trace; simulated in ${Math.round(seconds)} s.\n\n![cost against violations, ${of.name}](${pictures}/${of.name}.svg)\n\n${tables.join('\n')}`;
}
