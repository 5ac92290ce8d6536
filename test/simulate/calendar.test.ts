import assert from 'node:assert/strict';
import type { CalendarEvent } from '../../src/domain/calendar.ts';
import type { Round } from '../../src/domain/facts.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { createForescale } from '../../src/simulate/policies/forescale.ts';
import { oracle } from '../../src/simulate/policies/oracle.ts';
import type { CausalPolicy } from '../../src/simulate/policy.ts';
import { normalAt } from '../../src/simulate/random.ts';
import { specOf } from '../pipeline/facts.ts';
import { calendarLoad, surge } from './calendar-load.ts';
import { fixed, minuteMs, rowsOf, run, type Scenario } from './scenario.ts';

const hour = 60 * minuteMs;
const day = 24 * hour;
const UTC = { zone: 'UTC', transitions: [{ fromMs: 0, offsetMs: 0 }] };

/** Every Thursday from 12:00 to 14:00, about 2.5 times the load; the fifth one is planned for. Simulated time begins on a Thursday. */
const sale: CalendarEvent = {
  name: 'sale',
  type: 'flash-sale',
  startMs: 12 * hour,
  endMs: 14 * hour,
  repeat: { kind: 'rule', unit: 'week', interval: 1, days: [], except: [], clock: UTC },
};
/** Once, on the evening of the 29th day, of a type that was never seen. */
const launch: CalendarEvent = {
  name: 'launch',
  type: 'launch',
  startMs: 28 * day + 18 * hour,
  endMs: 28 * day + 20 * hour,
};
/** Three Tuesdays, each with half of the load. */
const holidays: CalendarEvent = {
  name: 'holiday',
  type: 'holiday',
  startMs: 5 * day,
  endMs: 6 * day,
  repeat: { kind: 'dates', spans: [5, 19, 33].map((at) => ({ startMs: at * day, endMs: (at + 1) * day })) },
};

function factorAt(atMs: number): number {
  const week = Math.floor(atMs / (7 * day));
  const size = Math.exp(Math.log(2.5) + 0.08 * normalAt(7, week, 9));
  const sold = 1 + (size - 1) * surge(atMs - week * 7 * day - sale.startMs, 2 * hour, 20);
  const launched = 1 + 1.2 * surge(atMs - launch.startMs, 2 * hour, 20);
  return sold * launched * ([5, 19, 33].includes(Math.floor(atMs / day)) ? 0.5 : 1);
}

const rates = calendarLoad({ startMs: 0, days: 34, zone: 'UTC', seed: 3, factorAt });
const scenario: Scenario = { rates, startUp: fixed(3), warmUpSteps: 28 * 1440 };

const spec = specOf('shop', {
  maxReplicas: 1000,
  priority: 100,
  violationShare: 0.001,
});

const engines = {
  arima: { fit: () => ({ kind: 'rejected', message: 'not in this test' }) as const },
  lstm: { train: () => Promise.reject(new Error('not in this test')) },
};

function policy(name: string, events: readonly CalendarEvent[], onRound?: (round: Round) => void): CausalPolicy {
  const forescale = createForescale({
    trainer: { fit: (request) => fitSeries(request, engines) },
    forecast: { seed: 1, candidates: ['seasonal-naive', 'holt-winters'], experts: [] },
    refitEveryMs: 7 * day,
    history: { windowMs: 21 * day, maxGapShare: 0.2, staleAfterMs: 300_000 },
    decide: { tolerance: 0.02, holdMs: 600_000, maxStepUpFactor: 4, maxStepDownShare: 0.5, freeze: [] },
    allocator: 'auto',
    budgets: [],
    specOf: () => ({ ...spec, events }),
  });
  return forescale.make(name, onRound ? { onRound } : {});
}

describe('a calendar on generated load', () => {
  const said = new Map<string, string>();
  let rows: readonly ReturnType<typeof rowsOf>[];

  before(async () => {
    const note = ({ atMs, outcomes }: Round) => {
      for (const { code, message } of outcomes[0]!.decision.reasons) {
        const key = `${message.split('"')[1]} ${Math.floor(atMs / day)}`;
        if (code === 'event' && !said.has(key)) said.set(key, message);
      }
    };
    const simulation = await run(scenario, [
      policy('without', []),
      policy('with', [sale, launch, holidays], note),
      oracle,
    ]);
    rows = [0, 1, 2].map((at) => rowsOf(simulation, at));
  });

  /** Minutes short and replica-hours in a span, without and with the calendar and of the oracle. */
  function over(fromMs: number, untilMs: number) {
    return rows.map(({ ready, desired }) => {
      const [from, until] = [fromMs / minuteMs, untilMs / minuteMs];
      const short = ready.slice(from, until).filter((count, i) => count * 10 < rates[from + i]!).length;
      const hours = desired.slice(from, until).reduce((sum, count) => sum + count, 0) / 60;
      return { short, hours };
    });
  }

  it('meets a sale that was seen four times, for less than 1.4 times what the oracle pays for it', () => {
    const [without, withIt, best] = over(28 * day + 11 * hour + 50 * minuteMs, 28 * day + 15 * hour);
    assert.ok(without!.short >= 3, `${without!.short} min short without`);
    assert.equal(withIt!.short, 0);
    assert.ok(withIt!.hours < 1.4 * best!.hours, `${withIt!.hours} of ${best!.hours}`);
    assert.match(said.get('sale 28')!, /with the uplift of 2\.\d+ learned from [45] occurrences/);
  });

  it('meets most of a launch, of a type that was never seen, by what sales were like', () => {
    const [without, withIt] = over(launch.startMs - 10 * minuteMs, launch.endMs + hour);
    assert.ok(withIt!.short <= without!.short / 3, `${withIt!.short} min short with, ${without!.short} without`);
    assert.match(said.get('launch 28')!, /of other events, at their upper quartile \(\d occurrences\)/);
  });

  it('saves half of what the night of a holiday costs too much until its lower load is noticed', () => {
    const [without, withIt, best] = over(33 * day, 33 * day + 6 * hour);
    assert.ok(
      withIt!.hours - best!.hours < 0.6 * (without!.hours - best!.hours),
      `${withIt!.hours} of ${without!.hours}`,
    );
    const [before, all] = over(33 * day, 34 * day - minuteMs);
    assert.equal(all!.short, 0);
    assert.ok(all!.hours < before!.hours);
    assert.match(said.get('holiday 33')!, /with the uplift of 0\.\d+ learned from 2 occurrences/);
  });

  it('costs no more than planning without it, over the six days', () => {
    const [without, withIt] = over(28 * day, 34 * day - minuteMs);
    assert.ok(withIt!.short < without!.short);
    assert.ok(withIt!.hours < 1.01 * without!.hours, `${withIt!.hours} of ${without!.hours}`);
  });
});
