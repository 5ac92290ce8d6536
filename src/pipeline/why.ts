/** The reasons for the number that a decision starts from, before any policy. */
import type { Demand } from '../domain/capacity.ts';
import type { WorkloadFacts } from '../domain/facts.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Assessment } from './assess.ts';
import type { EventEffect } from './events.ts';

/** Four significant digits, for people. */
function short(value: number): string {
  return String(+value.toPrecision(4));
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

function loadText({ load }: Demand, { capacity }: Assessment): string {
  return capacity?.driver === 'cpu' ? `${short(load)}m CPU` : `${short(load)} requests/s`;
}

/** The number itself: by forecast, by reaction, or nothing to change. */
function chosen(assessment: Assessment, from: number): Reason {
  const { demand, reactive, byForecast = 0, byReaction = 0, needed } = assessment;
  if (needed === from) return { code: 'steady', message: `${from} replicas fit the load` };
  if (demand && byForecast >= byReaction) {
    const message = `${loadText(demand, assessment)} at ${clock(demand.atMs)} UTC (${short(100 * demand.quantile)} % quantile of ${demand.model}) need ${byForecast} replicas`;
    return { code: 'forecast-peak', message };
  }
  return {
    code: 'reactive-floor',
    message: `${loadText(reactive!, assessment)} in the last step need ${byReaction} replicas`,
  };
}

function unknown({ capacity }: WorkloadFacts): Reason {
  if (!capacity || capacity.source === 'none')
    return { code: 'no-capacity', message: 'neither CPU per request nor a CPU request is known' };
  return { code: 'missing-data', message: `no usable sample of ${capacity.driver}` };
}

/** "the uplift of 2.3", and where that is known from. */
function upliftText({ source, uplift, occurrences, declared }: EventEffect): string {
  const times = occurrences === 1 ? '1 occurrence' : `${occurrences} occurrences`;
  switch (source) {
    case 'declared':
      return `with the configured uplift of ${short(uplift)}`;
    case 'learned': {
      const beside = declared === undefined ? '' : ` and the configured ${short(declared)}`;
      return `with the uplift of ${short(uplift)} learned from ${times}${beside}`;
    }
    case 'type':
      return `with the uplift of ${short(uplift)} of other events of its type (${times})`;
    case 'fleet':
      return `with the uplift of ${short(uplift)} of other events, at their upper quartile (${times})`;
    case 'assumed':
      return `with an assumed uplift of ${short(uplift)}: none is configured and no earlier time was seen`;
  }
}

function eventReason(event: EventEffect): Reason {
  return {
    code: 'event',
    message: `"${event.name}" from ${new Date(event.startMs).toISOString()} ${upliftText(event)}`,
  };
}

/** Said when even the mean of the forecast needs more than there is before a replica of the median start-up is ready. */
function outOfReach(facts: WorkloadFacts, { byMeanEarly = 0 }: Assessment): readonly Reason[] {
  const have = facts.state?.desiredReplicas;
  if (have === undefined || byMeanEarly <= have) return [];
  const seconds = Math.round(facts.startUp.p50Ms / 1000);
  return [
    {
      code: 'out-of-reach',
      message: `${byMeanEarly} replicas are needed within ${seconds} s, the start-up time; ${have} are there`,
    },
  ];
}

export function reasonsWhy(facts: WorkloadFacts, assessment: Assessment, from: number): readonly Reason[] {
  if (assessment.needed === undefined) return [unknown(facts)];
  const noModel: readonly Reason[] = facts.forecaster
    ? []
    : [{ code: 'no-model', message: 'no fitted model yet; the load of the last step decides' }];
  return [
    chosen(assessment, from),
    ...noModel,
    ...assessment.events.map(eventReason),
    ...outOfReach(facts, assessment),
  ];
}
