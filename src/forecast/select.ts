/**
 * Which forecaster acts on one series. Learned ones (arima, lstm, hybrid) act only while they beat both yardsticks,
 * seasonal naive and Holt-Winters, on the newest part of that series; otherwise the better yardstick acts.
 * Hysteresis: who acts now keeps acting until it is clearly worse, so that noise does not change models every night.
 */
import type { ForecasterName } from '../domain/forecast.ts';
import { compareLosses } from './compare.ts';
import type { Judged } from './scores.ts';

/** A newcomer has to save this share of the yardstick's loss, and a forecaster in charge may be worse by it. */
const MARGIN = 0.02;
/** Diebold-Mariano statistic a newcomer needs, about one chance in six when both are equal. */
const LEAST_STATISTIC = 1;
const YARDSTICKS: readonly ForecasterName[] = ['seasonal-naive', 'holt-winters'];

export interface Choice {
  readonly acting: ForecasterName;
  readonly verdict: string;
}

/** @param judged - every forecaster with a usable score; seasonal naive among them unless the series cannot be scored */
export function chooseActing(
  judged: readonly Judged[],
  candidates: readonly ForecasterName[],
  previous?: ForecasterName,
): Choice {
  const yardsticks = judged.filter((j) => YARDSTICKS.includes(j.score.model));
  const [first, ...rest] = yardsticks;
  if (!first) return { acting: 'seasonal-naive', verdict: 'seasonal-naive acts: nothing could be scored' };
  const yardstick = rest.reduce((best, next) => preferred(best, next, previous), first);
  const learned = judged.filter((j) => candidates.includes(j.score.model) && !YARDSTICKS.includes(j.score.model));
  const eligible = learned.filter((j) => yardsticks.every((base) => mayAct(j, base, previous)));
  const [winner, ...others] = eligible;
  if (!winner) return { acting: yardstick.score.model, verdict: yardstickVerdict(yardstick, learned) };
  const acting = others.reduce((best, next) => preferred(best, next, previous), winner);
  return { acting: acting.score.model, verdict: learnedVerdict(acting, yardstick, previous) };
}

function mayAct(learned: Judged, base: Judged, previous?: ForecasterName): boolean {
  const { gain, statistic } = compareLosses(learned.losses, base.losses, learned.overlap);
  if (learned.score.model === previous) return gain > -MARGIN;
  return gain > MARGIN && statistic > LEAST_STATISTIC;
}

/** The smaller loss; who acts now is given the margin. */
function preferred(a: Judged, b: Judged, previous?: ForecasterName): Judged {
  const { gain } = compareLosses(b.losses, a.losses, a.overlap);
  const needed = a.score.model === previous ? MARGIN : b.score.model === previous ? -MARGIN : 0;
  return gain > needed ? b : a;
}

function learnedVerdict(acting: Judged, yardstick: Judged, previous?: ForecasterName): string {
  const { model, origins } = acting.score;
  const { gain } = compareLosses(acting.losses, yardstick.losses, acting.overlap);
  if (gain > 0) return `${model} acts: beats ${yardstick.score.model} by ${percent(gain)} over ${origins} origins`;
  const kept = previous === model ? 'stays' : 'acts';
  return `${model} ${kept}: within ${percent(MARGIN)} of ${yardstick.score.model} over ${origins} origins`;
}

function yardstickVerdict(yardstick: Judged, learned: readonly Judged[]): string {
  const { model, origins } = yardstick.score;
  const [first, ...rest] = learned;
  if (!first) return `${model} acts: the better yardstick over ${origins} origins`;
  const best = rest.reduce((a, b) => preferred(a, b), first);
  const { gain } = compareLosses(best.losses, yardstick.losses, best.overlap);
  const distance = gain > 0 ? `better by ${percent(gain)}, not enough to act` : `worse by ${percent(-gain)}`;
  return `${model} acts: ${best.score.model} is ${distance} over ${origins} origins`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
