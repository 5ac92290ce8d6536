/** A young workload with two aggregates: one that knows its own history alone, and one that began with another's. */
import type { FleetModel } from '../../domain/fleet.ts';
import type { FittedModel, ForecastStatus, Mark, OnlineForecaster } from '../../domain/forecast.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import { startAggregateForecaster } from '../aggregate/forecaster.ts';
import { numberIn } from '../parameters.ts';
import type { BorrowedModel } from './borrowed-model.ts';
import { startComparison } from './comparison.ts';

const BORROWED = 'aggregate on borrowed history';

/**
 * As `startAggregateForecaster`. What stands in `own` is that of the own aggregate exactly, whatever the other does.
 */
export function startBorrower(
  own: FittedModel,
  { facts, record, model }: BorrowedModel,
  history: TimeSeries,
  markAt: (index: number) => Mark,
  fleet?: FleetModel,
): OnlineForecaster {
  const { startMs, stepMs, values } = history;
  const throughMs = numberIn(own.parameters, 'trainedThroughMs');
  const known = Math.max(0, Math.min(values.length, Math.round((throughMs - startMs) / stepMs)));
  const seen = { ...history, values: values.subarray(0, known) };
  const alone = startAggregateForecaster(own, seen, markAt, fleet);
  const second = startAggregateForecaster(model, seen, markAt, fleet);
  const comparison = startComparison(alone, second, stepMs, record);
  let step = Math.round(startMs / stepMs) + known;
  const acting = () => (comparison.isBorrowed() ? second : alone);

  const forecaster: OnlineForecaster = {
    get model() {
      return comparison.isBorrowed() ? BORROWED : alone.model;
    },
    observe(value, mark = 'ok') {
      comparison.judge(step, mark === 'ok' ? value : Number.NaN);
      alone.observe(value, mark);
      second.observe(value, mark);
      step += 1;
      comparison.ask(step);
    },
    forecast(horizonSteps, levels) {
      const forecast = acting().forecast(horizonSteps, levels);
      return comparison.isBorrowed() ? { ...forecast, model: BORROWED } : forecast;
    },
    status() {
      const borrowed = {
        ...facts,
        acting: comparison.isBorrowed(),
        lossRatio: comparison.lossRatio(),
        record: comparison.save(),
      };
      return { ...joined(alone.status!(), second.status!(), borrowed.acting), borrowed };
    },
  };
  for (let i = known; i < values.length; i++) forecaster.observe(values[i]!, markAt(i));
  return forecaster;
}

/** Scores and weights are of what acts; promotions, changes and the verdict of the own aggregate, which earned them. */
function joined(own: ForecastStatus, other: ForecastStatus, isBorrowed: boolean): ForecastStatus {
  const stateBytes = own.stateBytes + other.stateBytes;
  if (!isBorrowed) return { ...own, stateBytes };
  const { acting, actingSinceMs, blocks } = other;
  return { ...own, acting, actingSinceMs, blocks, stateBytes };
}
