import type { GateCause } from '../../domain/forecast.ts';
import { yardstickNames } from '../../domain/forecast.ts';
import { ENOUGH_WEALTH } from './betting.ts';
import type { MeanLosses } from './hourly-losses.ts';

/** @param measure - evidence, statistic or ratio, by cause */
export function reasonOf(cause: GateCause, measure: number): string {
  switch (cause) {
    case 'beats-both':
      return `beats both yardsticks: evidence ${measure.toFixed(0)} to 1, ${ENOUGH_WEALTH} to 1 needed`;
    case 'loses':
      return `loses against a yardstick: evidence ${measure.toFixed(0)} to 1`;
    case 'window':
      return `worse than a yardstick over the last week, statistic ${measure.toFixed(2)}`;
    case 'worse-today':
      return `${measure.toFixed(1)} times the loss of a yardstick over the last day`;
  }
}

/** @param compared - the aggregate's loss and a yardstick's, one per yardstick */
export function verdictOf(acting: string, compared: readonly MeanLosses[]): string {
  const parts = yardstickNames.map((name, i) => {
    const { a, b, hours } = compared[i]!;
    if (hours === 0) return `not yet compared with ${name}`;
    if (b === 0) return `${a === 0 ? 'as exact as' : 'worse than'} ${name} over ${hours} h`;
    return `${a <= b ? 'better' : 'worse'} than ${name} by ${Math.abs(100 * (1 - a / b)).toFixed(1)} % over ${hours} h`;
  });
  return `${acting} acts: the aggregate is ${parts.join(', ')}`;
}
