import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CalendarEvent, EventType, SeenOccurrence } from '../../../src/domain/calendar.ts';
import { learnUplifts } from '../../../src/pipeline/calendar/learn-uplifts.ts';
import { normalAt } from '../../../src/simulate/random.ts';

const hour = 3_600_000;
const week = 168 * hour;

function event(name: string, type: EventType = 'flash-sale', uplift?: number): CalendarEvent {
  return { name, type, startMs: 0, endMs: hour, ...(uplift !== undefined && { uplift }) };
}

/** Occurrences of an event with these mean logarithms, a week apart. */
function seen(name: string, means: readonly number[], type: EventType = 'flash-sale'): readonly SeenOccurrence[] {
  return means.map((mean, i) => ({
    name,
    type,
    startMs: i * week,
    endMs: i * week + hour,
    mean,
    parts: [mean],
    after: [],
  }));
}

/** What is learned of the first event of the first workload. */
function first(...workloads: readonly { events: readonly CalendarEvent[]; seen?: readonly SeenOccurrence[] }[]) {
  const learned = learnUplifts(workloads.map(({ events, seen: own = [] }) => ({ events, seen: own })));
  return learned[0]![workloads[0]!.events[0]!.name]!;
}

const near = (actual: number, expected: number, within = 0.01) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} instead of ${expected}`);

describe('learnUplifts', () => {
  it('takes a figure at its word while nothing was ever seen', () => {
    const { mean, variance, source, occurrences } = first({ events: [event('sale', 'promotion', 3)] });
    assert.deepEqual(
      { mean, variance, source, occurrences },
      { mean: Math.log(3), variance: 0, source: 'declared', occurrences: 0 },
    );
  });

  it('assumes half as much load again for an event that nobody sized, and nothing for holidays and maintenance', () => {
    const means = (['promotion', 'launch', 'other', 'holiday', 'maintenance'] as const).map((type) => {
      const { mean, source } = first({ events: [event('x', type)] });
      assert.equal(source, 'assumed');
      return Math.exp(mean);
    });
    assert.deepEqual(means, [1.5, 1.5, 1.5, 1, 1]);
  });

  it('learns 4 occurrences by the equations: posterior mean and variance of a normal with a normal prior', () => {
    const values = [0.9, 1.0, 0.8, 0.9];
    const { mean, variance, source, occurrences } = first({ events: [event('sale')], seen: seen('sale', values) });
    assert.deepEqual([source, occurrences], ['learned', 4]);
    // SS = 0.02 on 3 degrees; fleet: (2·0.12² + 0.02) / 5 = 0.00976; event: (4·0.00976 + 0.02) / 7 = 0.00843.
    const within = (4 * 0.00976 + 0.02) / 7;
    // The type is this event alone: mean 0.9, spread 0.3.
    const precision = 4 / within + 1 / 0.09;
    near(mean, 0.9, 1e-9);
    near(variance, 1 / precision + within, 1e-9);
  });

  it('counts a figure as two occurrences: 2 seen of ln 2 beside a declared 4 are near the middle', () => {
    const { mean, source } = first({
      events: [event('sale', 'flash-sale', 4)],
      seen: seen('sale', [Math.log(2), Math.log(2)]),
    });
    assert.equal(source, 'learned');
    near(mean, (Math.log(2) + Math.log(4)) / 2, 0.03);
    const more = first({
      events: [event('sale', 'flash-sale', 4)],
      seen: seen(
        'sale',
        Array.from({ length: 18 }, () => Math.log(2)),
      ),
    });
    near(more.mean, (18 * Math.log(2) + 2 * Math.log(4)) / 20, 0.02);
  });

  it('allows for what is not known of a figure once it was measured how far occurrences lie apart', () => {
    const other = { events: [event('other')], seen: seen('other', [0.5, 1.1, 0.7]) };
    assert.ok(first({ events: [event('sale', 'flash-sale', 3)] }, other).variance > 0.01);
  });

  it('expects an event that was not seen to be like its type, wider than one that was', () => {
    const fleet = [0.6, 0.7, 0.8].map((mean, i) => ({
      events: [event(`sale ${i}`)],
      seen: seen(`sale ${i}`, [mean, mean + 0.02, mean - 0.02]),
    }));
    const unseen = first({ events: [event('new sale')] }, ...fleet);
    assert.equal(unseen.source, 'type');
    assert.equal(unseen.occurrences, 9);
    near(unseen.mean, 0.7, 0.01);
    const one = first({ events: [event('new sale')], seen: seen('new sale', [0.7]) }, ...fleet);
    assert.ok(unseen.variance > one.variance);
  });

  it('draws an event that was seen once towards its type, and one that was seen ten times hardly', () => {
    const fleet = Array.from({ length: 8 }, (_, i) => ({
      events: [event(`sale ${i}`)],
      seen: seen(`sale ${i}`, [0.65, 0.7, 0.75]),
    }));
    const meanAfter = (count: number) =>
      first(
        {
          events: [event('big')],
          seen: seen(
            'big',
            Array.from({ length: count }, () => 1.5),
          ),
        },
        ...fleet,
      ).mean;
    assert.ok(meanAfter(1) > 0.7 && meanAfter(1) < 1.5);
    assert.ok(1.5 - meanAfter(10) < 0.2 * (1.5 - meanAfter(1)), `${meanAfter(1)} ${meanAfter(10)}`);
  });

  it('expects a type that was never seen at the upper quartile of the fleet', () => {
    const fleet = [0.4, 0.6, 0.8, 1.0].map((mean, i) => ({
      events: [event(`sale ${i}`)],
      seen: seen(`sale ${i}`, [mean, mean]),
    }));
    const { mean, source, occurrences } = first({ events: [event('product', 'launch')] }, ...fleet);
    assert.deepEqual([source, occurrences], ['fleet', 8]);
    assert.ok(mean > 0.8 && mean < 0.95, `${mean}`);
  });

  it('lets holidays say nothing about sales, nor sales about holidays', () => {
    const holidays = { events: [event('Easter', 'holiday')], seen: seen('Easter', [-0.6, -0.5], 'holiday') };
    assert.equal(first({ events: [event('sale')] }, holidays).source, 'assumed');
    const sales = { events: [event('sale')], seen: seen('sale', [0.9, 1]) };
    const christmas = first({ events: [event('Christmas', 'holiday')] }, sales, holidays);
    assert.equal(christmas.source, 'type');
    near(christmas.mean, -0.55, 1e-9);
  });

  it('has an uplift for every event of every calendar, whatever was seen', () => {
    const value = fc.double({ min: -4, max: 4, noNaN: true });
    const types = fc.constantFrom('promotion', 'holiday', 'other', 'maintenance' as const);
    const calendar = fc.record({
      type: types,
      declared: fc.option(fc.double({ min: 0.01, max: 1000, noNaN: true })),
      means: fc.array(value, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(calendar, { minLength: 1, maxLength: 6 }), (calendars) => {
        const workloads = calendars.map(({ type, declared, means }) => ({
          events: [event('e', type as EventType, declared ?? undefined)],
          seen: seen('e', means, type as EventType),
        }));
        for (const [i, uplifts] of learnUplifts(workloads).entries()) {
          const { mean, variance, occurrences } = uplifts['e']!;
          assert.ok(Number.isFinite(mean) && variance >= 0 && Number.isFinite(variance));
          if (calendars[i]!.means.length > 0) assert.equal(occurrences, calendars[i]!.means.length);
          const values = calendars.flatMap((each) => [
            ...each.means,
            ...(each.declared ? [Math.log(each.declared)] : []),
          ]);
          assert.ok(mean <= Math.max(Math.log(1.5), ...values) + 3 && mean >= Math.min(0, ...values) - 1e-9);
        }
      }),
    );
  });

  for (const deviation of [0.1, 0.2]) {
    it(`holds 90 and 99 % of the next occurrences that deviate by ${deviation}, after four of each of five events`, () => {
      const scores = [1.2816, 2.3263];
      const below = [0, 0];
      const fleets = 600;
      for (let fleet = 0; fleet < fleets; fleet++) {
        const draw = (i: number, stream: number) => normalAt(fleet, i, stream);
        const means = [0, 1, 2, 3, 4].map((i) => 0.8 + 0.3 * draw(i, 1));
        const learned = learnUplifts(
          means.map((mean, i) => ({
            events: [event('e')],
            seen: seen(
              'e',
              [0, 1, 2, 3].map((k) => mean + deviation * draw(10 * i + k, 2)),
            ),
          })),
        );
        means.forEach((mean, i) => {
          const { mean: expected, variance, degrees } = learned[i]!['e']!;
          const next = mean + deviation * draw(i, 3);
          scores.forEach((z, at) => {
            const score = z + (z ** 3 + z) / (4 * degrees);
            if (next <= expected + score * Math.sqrt(variance)) below[at]! += 1;
          });
        });
      }
      const [at90, at99] = below.map((count) => (100 * count) / (5 * fleets));
      // Noise: 0.55 and 0.18 points for 3,000 outcomes.
      assert.ok(Math.abs(at90! - 90) < 2, `${at90} %`);
      assert.ok(Math.abs(at99! - 99) < 0.8, `${at99} %`);
    });
  }
});
