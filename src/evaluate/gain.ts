/** How much better one model is than another over all series, with an interval. */
import { type Block, bootstrapGain, gainOf, type Interval } from './bootstrap.ts';
import type { ModelName, ModelScores, SeriesScores } from './score-series.ts';

export interface Gain {
  readonly over: ModelName;
  /** `1 − loss/loss of the other` on the scaled pinball loss at the gate's levels; negative when worse. */
  readonly gain: number;
  /** 95 %, by resampling days; undefined when there are fewer than four. */
  readonly interval?: Interval;
  /** Days, of all series, that it rests on. */
  readonly blocks: number;
}

/** Only origins count at which both made a forecast. @returns undefined when there is none */
export function gainOver(
  series: readonly SeriesScores[],
  model: ModelName,
  over: ModelName,
  seed: number,
): Gain | undefined {
  const blocks = series.flatMap((scores) => blocksOf(scores, model, over));
  if (blocks.length === 0) return undefined;
  const total = (of: (block: Block) => number) => blocks.reduce((sum, block) => sum + of(block), 0);
  const interval = bootstrapGain(blocks, seed);
  const gain = gainOf(
    total(({ own }) => own),
    total(({ other }) => other),
  );
  return { over, gain, ...(interval && { interval }), blocks: blocks.length };
}

function blocksOf({ models, days }: SeriesScores, model: ModelName, over: ModelName): readonly Block[] {
  const own = lossesOf(models, model);
  const other = lossesOf(models, over);
  if (!own || !other) return [];
  const byDay = new Map<number, { own: number; other: number }>();
  for (const [i, day] of days.entries()) {
    if (!Number.isFinite(own[i]! + other[i]!)) continue;
    const block = byDay.get(day) ?? { own: 0, other: 0 };
    block.own += own[i]!;
    block.other += other[i]!;
    byDay.set(day, block);
  }
  return [...byDay.values()];
}

function lossesOf(models: readonly ModelScores[], name: ModelName): Float64Array | undefined {
  return models.find(({ model }) => model === name)?.losses;
}
