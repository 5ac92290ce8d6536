/** Settings of a workload as they stand in the file: under `defaults`, under a namespace, and at a workload itself. */
import { z } from 'zod';
import { eventTypes } from '../domain/calendar.ts';
import * as field from './fields.ts';
import { holidayKinds } from './holidays.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const MOST_REPLICAS = 100_000;

const uplift = field.numberFrom(0.01, 1000).optional();

const repeat = z.strictObject({
  every: field
    .oneOf(['day', 'week', 'month', 'year'])
    .describe('On the wall clock: 20:00 stays 20:00 in summer and winter.'),
  interval: field.whole(1, 1000).describe('2 for every second day, week, month or year.').prefault(1),
  days: z
    .array(field.dayChoice)
    .describe(
      'Of the week: [tuesday, thursday]. Of the month or, in the month of start, of the year: [15], [last day], [first monday]. The day of start when absent.',
    )
    .prefault([]),
  until: field.moment.optional().describe('None starts later.'),
  count: field.whole(1, 10_000).optional().describe('Occurrences in all; not together with until.'),
  except: z.array(field.date).describe('Dates on which it does not take place.').prefault([]),
});

const event = z
  .strictObject({
    name: field.text('a name for the event').describe('Shown in reasons; what is learned is learned for this name.'),
    type: field
      .oneOf(eventTypes)
      .describe('Until an event of this name was seen it is expected to be like others of its type.')
      .prefault('other'),
    start: field.moment.describe(
      'On the clock of the time zone, such as 2026-11-27T08:00, or with an offset of its own.',
    ),
    end: field.moment.describe('First moment after the event.'),
    timeZone: field.timeZone
      .optional()
      .describe('Time zone of start, end and repeat; that of the workload when absent.'),
    uplift: uplift.describe(
      'Factor on the ordinary load that you expect; it counts as two occurrences. Learned alone when absent.',
    ),
    repeat: repeat.optional().describe('Recurs by the calendar.'),
    every: field
      .duration(60 * MINUTE)
      .optional()
      .describe('Recurs after this fixed span: 7d is the same hour in UTC every week, whatever summer time does.'),
  })
  .describe('A known future change of the load.');

const holidays = z
  .strictObject({
    country: field.text('the code of a country such as DE').describe('ISO 3166 code.'),
    region: field
      .text('the code of a region such as BY')
      .optional()
      .describe('Part of the country, such as BY for Bavaria, or a part of that, such as LA-NO.'),
    kinds: z.array(field.oneOf(holidayKinds)).describe('Which days count.').prefault(['public']),
    timeZone: field.timeZone
      .optional()
      .describe('Time zone in which the days begin; that of the workload when absent.'),
    uplift: uplift.describe('Factor on the ordinary load that you expect, such as 0.6. Learned alone when absent.'),
  })
  .describe('Public holidays, from a table.');

/** Said in two places: under the defaults, which fill in, and at nearer levels, which do not. */
const describe = {
  cpu: 'CPU used: cadvisor, or your own.',
  memory: 'Memory used: cadvisor, or your own.',
  signals: 'Which query template observes which signal; "none" switches one off.',
  least: 'Never plan fewer replicas.',
  replicas: 'Limits of the plan.',
};

const template = field.text('the name of a template, or none');
const signals = z.strictObject({
  requests: template
    .optional()
    .describe('Requests per second: ingress-nginx, istio, http, http-histogram, http-by-app, or your own.'),
  latency: template
    .optional()
    .describe("Latency at the objective's quantile: ingress-nginx, istio, http, http-by-app, or your own."),
  cpu: template.optional().describe(describe.cpu),
  memory: template.optional().describe(describe.memory),
  errors: template
    .optional()
    .describe(
      'Share of the requests answered with a server error: ingress-nginx, istio, http, http-by-app, or your own. Above 1 %, and twice the share of the last week, the load is only a lower bound of the demand.',
    ),
  throttling: template
    .optional()
    .describe(
      'Share of the time in which containers were held back at their CPU limit: cadvisor, or your own. Above 25 % the load is only a lower bound of the demand.',
    ),
});

const replicas = z.strictObject({
  min: field.whole(0, MOST_REPLICAS).optional().describe(describe.least),
  max: field
    .whole(1, MOST_REPLICAS)
    .optional()
    .describe('Never plan more replicas. There is no default: too low a guess would shrink a workload.'),
});

const shape = {
  objective: field.objective.describe(
    'What is kept: "p95 latency 250ms", "wait p95 100ms" (queueing only) or "utilisation 70%" (CPU used over requested).',
  ),
  replicas: replicas.describe(describe.replicas),
  priority: field.whole(0, 1000).describe('Larger is served first when a budget binds.'),
  costWeight: field.positive.describe(
    'Relative price of a replica: where a budget binds, cheaper ones are bought first.',
  ),
  pool: field.givenName.describe('Budget that it draws from.'),
  violationShare: field
    .share(0, 50, true)
    .describe(
      'Aim: share of time in which ready replicas may be fewer than the objective needs. Smaller plans for a higher quantile.',
    ),
  startUp: field
    .duration(0, DAY)
    .optional()
    .describe('Time until a new replica is ready; how far ahead to act. Measured from the pods when absent.'),
  perReplica: field.positive
    .optional()
    .describe('Requests per second that one busy replica serves. Learned when absent.'),
  hpaMode: field
    .oneOf(['floor', 'floor-and-target'])
    .describe(
      "floor: raise the HPA's minReplicas under a lease. floor-and-target: raise its CPU target under the same lease too.",
    ),
  requestsMode: field
    .oneOf(['recommend', 'apply'])
    .describe('recommend: other CPU and memory requests stand in the plan. apply: the pod template is changed too.'),
  timeZone: field.timeZone
    .optional()
    .describe('Clock that the people who make the load live by: of days and weeks in it, and of its calendar.'),
  events: z.array(event).describe('Known future changes of the load.'),
  holidays: z.array(holidays).describe('Public holidays that change the load.'),
  signals: signals.describe(describe.signals),
  seasons: z
    .array(field.duration(MINUTE, 366 * DAY), { error: 'a list of durations' })
    .describe('Lengths of the repeating patterns in the load, ascending, each a multiple of step.'),
};

/** Under `defaults`: what holds where nothing nearer says otherwise. */
export const workloadDefaults = z.strictObject({
  ...shape,
  objective: shape.objective.prefault('utilisation 70%'),
  replicas: shape.replicas
    .extend({ min: field.whole(0, MOST_REPLICAS).describe(describe.least).prefault(1) })
    .describe(describe.replicas)
    .prefault({}),
  priority: shape.priority.prefault(100),
  costWeight: shape.costWeight.prefault(1),
  pool: shape.pool.prefault('default'),
  violationShare: shape.violationShare.prefault('0.1%'),
  hpaMode: shape.hpaMode.prefault('floor'),
  requestsMode: shape.requestsMode.prefault('recommend'),
  events: shape.events.prefault([]),
  holidays: shape.holidays.prefault([]),
  signals: signals
    .extend({
      cpu: template.describe(describe.cpu).prefault('cadvisor'),
      memory: template.describe(describe.memory).prefault('cadvisor'),
    })
    .describe(describe.signals)
    .prefault({}),
  seasons: shape.seasons.prefault(['1d', '7d']),
});

/** Nearer than the defaults, so nothing is filled in. */
export const workloadFields = z.strictObject({
  objective: shape.objective.optional(),
  replicas: shape.replicas.optional(),
  priority: shape.priority.optional(),
  costWeight: shape.costWeight.optional(),
  pool: shape.pool.optional(),
  violationShare: shape.violationShare.optional(),
  startUp: shape.startUp,
  perReplica: shape.perReplica,
  hpaMode: shape.hpaMode.optional(),
  requestsMode: shape.requestsMode.optional(),
  timeZone: shape.timeZone,
  events: shape.events.optional(),
  holidays: shape.holidays.optional(),
  signals: shape.signals.optional(),
  seasons: shape.seasons.optional(),
});

/** What only one workload can have, in the file and as an annotation. */
export const ownFields = workloadFields.extend({
  like: field.donor
    .optional()
    .describe(
      'A workload whose history stands for the past that this one does not have yet, at the level of this one: its name before it was renamed, the other colour of a pair, the same service in another region. Its own history takes over where it forecasts better, and after two weeks.',
    ),
});

export const workload = ownFields.extend({
  namespace: field.kubernetesName.describe('Namespace of the workload.'),
  name: field.kubernetesName.describe('Name of the Deployment or StatefulSet.'),
  kind: field.oneOf(['Deployment', 'StatefulSet']).describe('What scales.').prefault('Deployment'),
});

export type WorkloadFields = z.output<typeof workloadFields>;
export type OwnFields = z.output<typeof ownFields>;
