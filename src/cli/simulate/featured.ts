/** Which policies of many are drawn over time. */
import { type FrontierReport, familyOf, type LevelReport } from '../../simulate/frontier/compare.ts';
import type { PolicyReport } from '../../simulate/report.ts';

const MOST_FEATURED = 4;
/** The level whose policies are drawn. */
const FEATURED_SHARE = 0.001;

/** Positions in the reports, at most four: of a frontier those that stand at 0.1 %, else the first of the list. */
export function featuredPolicies(
  reports: readonly PolicyReport[],
  frontier: FrontierReport | undefined,
): readonly number[] {
  const names = frontier ? standingAt(frontier) : [];
  const drawn = [...names, ...reports.map(({ policy }) => policy).filter((name) => familyOf(name) !== 'oracle')];
  const positions = [...new Set(drawn)].map((name) => reports.findIndex(({ policy }) => policy === name));
  return positions.slice(0, frontier ? Math.max(2, names.length) : MOST_FEATURED);
}

/** forescale and the yardstick, or what comes closest of the HPAs where there is none. */
function standingAt({ levels }: FrontierReport): readonly string[] {
  const level = levels.find(({ violation_share }) => violation_share === FEATURED_SHARE) ?? levels[0]!;
  const rival = level.yardstick ?? 'hpa';
  return [...new Set(['forescale', rival, 'hpa'])].flatMap((family) => standing(level, family) ?? []);
}

function standing({ families }: LevelReport, name: string): string | undefined {
  const family = families.find((one) => one.family === name);
  if (family === undefined) return undefined;
  return family.kind === 'reached' ? family.between[0].policy : family.closest.policy;
}

/** Reports of the policies that the tables of a frontier name; all of them without a frontier. */
export function namedReports(
  reports: readonly PolicyReport[],
  frontier: FrontierReport | undefined,
): readonly PolicyReport[] {
  if (frontier === undefined) return reports;
  const names = new Set(
    frontier.levels
      .flatMap(({ families }) =>
        families.flatMap((family) => (family.kind === 'reached' ? family.between : [family.closest])),
      )
      .map(({ policy }) => policy),
  );
  return reports.filter(({ policy }) => names.has(policy));
}
