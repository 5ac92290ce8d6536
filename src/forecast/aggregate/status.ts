import type { Change } from '../../domain/change.ts';
import type { BlockStatus, ForecastStatus, RecentScores } from '../../domain/forecast.ts';
import { CONTENDERS } from './gate.ts';
import { LEVELS, MEDIAN } from './mixed-levels.ts';
import type { Parts } from './parts.ts';

/** How an aggregate stands, as plain data. */
export function statusOf(parts: Parts, lastAlarm: Change | undefined, stateBytes: number): ForecastStatus {
  const { gate, past, settings, plan } = parts;
  const { stepMs } = settings;
  const since = gate.actingSince();
  const lastChange = gate.lastChange();
  return {
    atMs: (past.newest + 1) * stepMs,
    acting: CONTENDERS[gate.acting()]!,
    actingSinceMs: (Number.isNaN(since) ? settings.firstStep : since + 1) * stepMs,
    verdict: gate.verdict(),
    blocks: Array.from({ length: plan.blocks }, (_, block) => blockStatus(parts, block)),
    ...(lastChange && { lastChange }),
    ...(lastAlarm && { lastAlarm }),
    stateBytes,
  };
}

function blockStatus(parts: Parts, block: number): BlockStatus {
  const { plan, recent } = parts;
  const own = plan.horizons.filter((_, i) => plan.blockOf[i] === block);
  const before = plan.horizons.findLast((h) => h < own[0]!) ?? 0;
  return {
    fromSteps: before + 1,
    throughSteps: own.at(-1)!,
    weights: weightsOf(parts, block, MEDIAN),
    tailWeights: weightsOf(parts, block, LEVELS - 1),
    recent: Object.fromEntries(CONTENDERS.map((name, c) => [name, recent.scores(block, c)])) as {
      [name in (typeof CONTENDERS)[number]]: RecentScores;
    },
  };
}

/** An expert is awake in a block where it has a forecast for one of its horizons. */
function weightsOf({ panel, mixture, plan }: Parts, block: number, level: number): BlockStatus['weights'] {
  const { names, medians } = panel;
  const isAwake = (k: number) =>
    plan.blockOf.some((b, i) => b === block && !Number.isNaN(medians[i * names.length + k]!));
  const weights = mixture.weights(block, level, isAwake);
  return Object.fromEntries(names.flatMap((name, k) => (isAwake(k) ? [[name, weights[k]!] as const] : [])));
}
