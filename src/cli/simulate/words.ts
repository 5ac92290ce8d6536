/** How figures of a comparison read in tables and sentences. */
import type { FamilyAtLevel, FrontierReport, LevelReport, OpenInterval } from '../../simulate/frontier/compare.ts';

/** `0.015 %`, as short as it is exact. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`;
}

export function times(ratio: number): string {
  return `${ratio.toFixed(3)} ×`;
}

/** Both ends, or what lies beyond an end that is open. */
export function span(interval: OpenInterval | undefined, form: (value: number) => string): string {
  if (interval === undefined) return 'too few days';
  const [low, high] = [interval.low, interval.high].map((end) => (end === null ? 'missed' : form(end)));
  return `${low} to ${high}`;
}

type Reached = Extract<FamilyAtLevel, { kind: 'reached' }>;

/** `hpa:0.5 (16)` or `hpa:0.5 (16) and hpa:0.55 (31)`. */
export function pointsOf({ between: [first, second] }: Reached): string {
  const points = first.policy === second.policy ? [first] : [first, second];
  return points.map(({ policy, violation_rows }) => `${policy} (${violation_rows})`).join(' and ');
}

const head = ['family', 'cost/oracle', '95 %', 'over yardstick', '95 %', 'lies between (violating steps)'] as const;

/** One table for each level. */
export function levelTable(level: LevelReport): { readonly head: readonly string[]; readonly rows: string[][] } {
  return { head, rows: level.families.map((family) => familyRow(family, level.yardstick)) };
}

function familyRow(family: FamilyAtLevel, yardstick: string | undefined): string[] {
  const name = family.family === yardstick ? `${family.family} (yardstick)` : family.family;
  if (family.kind === 'missed') {
    const { policy, violation_rows } = family.closest;
    const cost = family.cost_over_oracle.toFixed(3);
    return [name, 'missed', '—', '—', '—', `closest: ${policy} (${violation_rows}) at ${cost}`];
  }
  const { over_yardstick: over } = family;
  return [
    name,
    family.cost_over_oracle.toFixed(3),
    span(family.interval, (value) => value.toFixed(3)),
    over ? over.ratio.toFixed(3) : '—',
    over ? span(over.interval, (value) => value.toFixed(3)) : '—',
    pointsOf(family),
  ];
}

export function levelTitle({ violation_share, allowed_rows }: LevelReport, rows: number): string {
  return `${percent(violation_share)} of the time in violation (${allowed_rows} of ${rows} steps)`;
}

/** What a family costs beside the yardstick at one level, in a sentence. */
export function verdict(level: LevelReport, name: string): string {
  const at = `At ${percent(level.violation_share)}`;
  const own = level.families.find(({ family }) => family === name);
  if (own === undefined) return `${at} ${name} did not take part.`;
  const { yardstick } = level;
  if (own.kind === 'missed') {
    const { policy, violation_rows } = own.closest;
    const least = `its least is ${violation_rows} violating steps (${policy})`;
    const other =
      yardstick === undefined
        ? 'as do HPA, static and recent-max'
        : `${yardstick} reaches it${costOf(level, yardstick)}`;
    return `${at} ${name} misses the level: ${least}; ${other}.`;
  }
  const cost = `${name} costs ${times(own.cost_over_oracle)} the oracle`;
  if (yardstick === undefined) return `${at} ${cost}; HPA, static and recent-max all miss the level.`;
  const over = own.over_yardstick;
  if (over === undefined) return `${at} ${cost}.`;
  const change = `${(100 * Math.abs(1 - over.ratio)).toFixed(1)} % ${over.ratio <= 1 ? 'less' : 'more'} than ${yardstick}`;
  return `${at} ${cost}, ${change} (95 %: ${span(over.interval, (ratio) => signed(ratio - 1))}).`;
}

function costOf({ families }: LevelReport, name: string): string {
  const family = families.find((one) => one.family === name);
  return family?.kind === 'reached' ? ` at ${times(family.cost_over_oracle)}` : '';
}

function signed(change: number): string {
  return `${change < 0 ? '−' : '+'}${(100 * Math.abs(change)).toFixed(1)} %`;
}

export function verdicts(frontier: FrontierReport): readonly string[] {
  return frontier.levels.map((level) => verdict(level, 'forescale'));
}
