/** A fitted aggregate as the forecaster that the loop follows. */
import type { FleetModel } from '../../domain/fleet.ts';
import type { FittedModel, Mark, OnlineForecaster } from '../../domain/forecast.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import { shareDesk } from './desk.ts';
import { restoreAggregate } from './running.ts';

/**
 * Restores the state and observes only what came after it. Steps between the state and the history count as missing.
 * When the history ends before the state, what is already known is not observed twice.
 *
 * @param history - of the step that the state is of
 */
export function startAggregateForecaster(
  fitted: FittedModel,
  history: TimeSeries,
  markAt: (index: number) => Mark,
  fleet?: FleetModel,
): OnlineForecaster {
  const { startMs, stepMs, values } = history;
  const running = shareDesk(restoreAggregate(fitted.parameters, fleet), fleet);
  const firstStep = Math.round(startMs / stepMs);
  let step = firstStep;

  const forecaster: OnlineForecaster = {
    model: fitted.kind,
    observe(value, mark = 'ok') {
      const own = running();
      while (own.next() < step) own.observe(Number.NaN, 'ok');
      if (own.next() === step) own.observe(value, mark);
      step += 1;
    },
    forecast(horizonSteps, levels) {
      const own = running();
      const ahead = own.next() - step;
      // A grid need not begin at the epoch: 1,700,000,000 s is no full hour.
      const base = { startMs: startMs + (step - firstStep) * stepMs, stepMs };
      if (ahead <= 0) return { ...base, ...own.forecast(horizonSteps, levels) };
      const { mean, quantiles, ...rest } = own.forecast(horizonSteps, levels);
      const shift = (row: Float64Array) => row.map((_, i) => row[Math.max(0, i - ahead)]!);
      return { ...base, ...rest, mean: shift(mean), quantiles: quantiles.map(shift) };
    },
    status: () => running().status(),
  };
  for (let i = 0; i < values.length; i++) {
    // Marks cost more than a step that is already known.
    if (running().next() > step) step += 1;
    else forecaster.observe(values[i]!, markAt(i));
  }
  return forecaster;
}
