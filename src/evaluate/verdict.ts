/** What the gate decided and whether it was right to, in words. */
import type { ForecasterName } from '../domain/forecast.ts';
import type { Interval } from './bootstrap.ts';
import { type Gain, gainOver } from './gain.ts';
import { ACTING, type ModelName, type SeriesScores } from './score-series.ts';

export interface Verdict {
  readonly model: ModelName;
  /** Share of the origins of all series at which the gate let it act. */
  readonly actingShare: number;
  /** Against the better yardstick; for a yardstick, against the best learned model. Absent when there is nothing to compare with. */
  readonly against?: Gain;
  /** As in `acts: beats Holt-Winters by 18 % ± 4 %`. */
  readonly words: string;
}

const yardsticks = ['seasonal-naive', 'holt-winters'] as const;
const titles: { readonly [model in ModelName | 'aggregate']: string } = {
  'seasonal-naive': 'seasonal naive',
  'holt-winters': 'Holt-Winters',
  arima: 'ARIMA',
  lstm: 'LSTM',
  hybrid: 'the hybrid',
  aggregate: 'the aggregate',
  acting: 'what acted',
};

/** What a model is called in a sentence. */
export function titleOf(model: ModelName): string {
  return titles[model];
}

/** @param actingShares - share of origins at which the gate let each model act */
export function judgeModel(
  series: readonly SeriesScores[],
  model: ModelName,
  models: readonly ModelName[],
  actingShares: ReadonlyMap<ForecasterName, number>,
  seed: number,
): Verdict {
  const isYardstick = (name: ModelName) => (yardsticks as readonly ModelName[]).includes(name);
  const rivals = models.filter((name) => name !== model && name !== ACTING);
  const wanted = rivals.filter((name) => (isYardstick(model) ? true : isYardstick(name)));
  const against = strongest(series, model, wanted, seed);
  const actingShare = model === ACTING ? 1 : (actingShares.get(model) ?? 0);
  const words = `${role(model, actingShare, isYardstick(model))}${against ? `: ${describeGain(against)}` : ''}`;
  return { model, actingShare, ...(against && { against }), words };
}

/** The rival that is hardest to beat. */
function strongest(
  series: readonly SeriesScores[],
  model: ModelName,
  rivals: readonly ModelName[],
  seed: number,
): Gain | undefined {
  const gains = rivals.flatMap((rival) => gainOver(series, model, rival, seed) ?? []);
  return gains.reduce<Gain | undefined>((least, gain) => (least && least.gain <= gain.gain ? least : gain), undefined);
}

function role(model: ModelName, actingShare: number, isYardstick: boolean): string {
  if (model === ACTING) return 'what acted';
  if (actingShare >= 1) return 'acts';
  if (actingShare > 0) return `acts at ${Math.max(1, Math.round(100 * actingShare))} % of the origins`;
  return isYardstick ? 'yardstick' : 'in shadow';
}

/** `beats Holt-Winters by 18 % ± 4 %`. A difference whose 95 % interval holds 0 is said to be none. */
export function describeGain({ over, gain, interval }: Gain): string {
  if (gain === 0 && (!interval || interval.low === interval.high)) return `equals ${titles[over]}`;
  const size = gain < 0 && interval ? { low: -interval.high, high: -interval.low } : interval;
  const by = describeShare(Math.abs(gain), size);
  if (interval && interval.low <= 0 && interval.high >= 0) {
    return `no clear difference from ${titles[over]} (${gain < 0 ? 'worse' : 'better'} by ${by})`;
  }
  const verb = gain > 0 ? 'beats' : 'loses to';
  return `${verb} ${titles[over]} by ${by}${interval ? '' : ', too few days to say how surely'}`;
}

/** An interval that reaches more than twice as far to one side as to the other is no "±". */
const MOST_SKEW = 2;

/** `18 % ± 4 %`, or `14 % (3 to 37 %)` where the interval leans to one side. */
export function describeShare(share: number, interval: Interval | undefined): string {
  const digits = Math.abs(share) < 0.0995 ? 1 : 0;
  const percent = (value: number) => (100 * value).toFixed(digits);
  if (!interval) return `${percent(share)} %`;
  const [below, above] = [share - interval.low, interval.high - share];
  if (Math.max(below, above) > MOST_SKEW * Math.min(below, above)) {
    return `${percent(share)} % (${percent(interval.low)} to ${percent(interval.high)} %)`;
  }
  return `${percent(share)} % ± ${percent((interval.high - interval.low) / 2)} %`;
}
