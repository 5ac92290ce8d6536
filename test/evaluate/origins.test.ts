import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type OriginWishes, planOrigins } from '../../src/evaluate/origins.ts';

function planned(length: number, horizon: number, season: number, wishes: OriginWishes = {}) {
  const plan = planOrigins(length, horizon, season, wishes);
  assert.equal(plan.kind, 'planned');
  return (plan as Extract<typeof plan, { kind: 'planned' }>).origins;
}

describe('planOrigins', () => {
  it('asked for 3 origins 48 steps apart of 960 steps: the last has its 48 steps behind it', () => {
    assert.deepEqual(planned(960, 48, 24, { count: 3, stride: 48 }).known, [816, 864, 912]);
  });

  it('unasked judges the newest quarter: of 14 days of minutes the last 3.5', () => {
    const { known } = planned(20_160, 30, 1_440);
    assert.equal(known.at(-1), 20_130);
    assert.ok(known[0]! > 0.74 * 20_160 && known[0]! < 0.78 * 20_160, `${known[0]}`);
    assert.ok(known.length > 150 && known.length <= 200, `${known.length}`);
  });

  it('unasked origins meet every hour: 200 origins on a season of 24 start in all 24 slots', () => {
    const { known } = planned(8_000, 12, 24);
    assert.equal(new Set(known.map((n) => n % 24)).size, 24);
  });

  it('fits four times unless asked', () => {
    assert.equal(planned(2_000, 10, 24, { count: 100, stride: 1 }).refitEvery, 25);
    assert.equal(planned(2_000, 10, 24, { count: 100, stride: 1, refitEvery: 7 }).refitEvery, 7);
  });

  it('a series that is too short says how long it has to be', () => {
    // 2 × 48 steps to learn from, 2 × 24 between the origins, 48 behind the last
    assert.deepEqual(planOrigins(191, 48, 24, { count: 3, stride: 24 }), {
      kind: 'too-short',
      expected: 'at least 192 steps for 3 origins 24 steps apart',
      found: '191',
    });
    assert.equal(planOrigins(192, 48, 24, { count: 3, stride: 24 }).kind, 'planned');
  });

  it('every plan is ascending, leaves something to learn from, and ends inside the series (property)', () => {
    const positive = (max: number) => fc.integer({ min: 1, max });
    const wishes = fc.record(
      { count: positive(300), stride: positive(50), refitEvery: positive(50) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(positive(5_000), positive(60), positive(200), wishes, (length, horizon, season, wish) => {
        const plan = planOrigins(length, horizon, season, wish);
        if (plan.kind === 'too-short') return;
        const { known } = plan.origins;
        assert.ok(known.every((n, i) => i === 0 || n > known[i - 1]!));
        assert.ok(known[0]! >= 2 * horizon && known.at(-1)! + horizon <= length);
        assert.equal(known.length, wish.count ?? known.length);
      }),
    );
  });
});
