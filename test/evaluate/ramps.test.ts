import assert from 'node:assert/strict';
import { usualRamps } from '../../src/evaluate/ramps.ts';
import { seasonParts, usableSeason } from '../../src/evaluate/season-parts.ts';
import { HOUR_MS, wave } from './support.ts';

describe('usualRamps', () => {
  /** Load opens at 8:00 and closes at 18:00. */
  const office = {
    startMs: 0,
    stepMs: HOUR_MS,
    values: Float64Array.from({ length: 24 * 7 }, (_, t) => (t % 24 >= 8 && t % 24 < 18 ? 100 : 5)),
  };

  it('an office day rises around 8:00, falls around 18:00 and is flat else', () => {
    const ramps = usualRamps(office, 24)!;
    const kinds = Array.from({ length: 24 }, (_, hour) => ramps.kindAt(hour * HOUR_MS));
    assert.deepEqual(
      [7, 8].map((hour) => kinds[hour]),
      [0, 0],
    );
    assert.deepEqual(
      [17, 18].map((hour) => kinds[hour]),
      [1, 1],
    );
    assert.equal(kinds.filter((kind) => kind === 2).length, 20);
  });

  it('knows the slot of a later day, and of a history that does not start at midnight', () => {
    const late = { ...office, startMs: 5 * HOUR_MS, values: office.values.slice(5) };
    const ramps = usualRamps(late, 24)!;
    assert.equal(ramps.kindAt((24 * 30 + 8) * HOUR_MS), 0);
    assert.equal(ramps.kindAt((24 * 30 + 18) * HOUR_MS), 1);
  });

  it('missing hours do not make a ramp', () => {
    const values = office.values.map((value, t) => (t === 60 || t === 61 ? Number.NaN : value));
    const ramps = usualRamps({ ...office, values }, 24)!;
    assert.equal(ramps.kindAt(60 * HOUR_MS), 2);
  });

  it('a flat series, one without season and one shorter than two seasons have no ramps', () => {
    assert.equal(usualRamps({ ...office, values: new Float64Array(96).fill(3) }, 24), undefined);
    assert.equal(usualRamps(office, 1), undefined);
    assert.equal(usualRamps({ ...office, values: office.values.slice(0, 47) }, 24), undefined);
  });

  it('about a fifth of the slots of a wave are ramps', () => {
    const ramps = usualRamps(wave(14), 24)!;
    const steep = Array.from({ length: 24 }, (_, hour) => ramps.kindAt(hour * HOUR_MS)).filter((kind) => kind !== 2);
    assert.ok(steep.length >= 4 && steep.length <= 6, `${steep.length}`);
  });
});

describe('seasonParts', () => {
  it('of a day of minutes are its 24 hours in UTC', () => {
    const parts = seasonParts(60_000, 1_440);
    assert.deepEqual([parts.count, parts.hours], [24, true]);
    assert.equal(parts.partAt(Date.UTC(2024, 5, 1, 13, 59)), 13);
    assert.equal(parts.partAt(-60_000), 23);
  });

  it('of a day are the hours that the clock on the wall shows: 5 h 30 min ahead, 20:00 UTC is hour 1', () => {
    const parts = seasonParts(60_000, 1_440, (ms) => ms + 5.5 * HOUR_MS);
    assert.equal(parts.partAt(Date.UTC(2024, 5, 1, 20)), 1);
    const days = seasonParts(24 * HOUR_MS, 7, () => assert.fail('a week goes by no clock'));
    assert.equal(days.partAt(0), 0);
  });

  it('of a week of days are its 7 days, which are no hours', () => {
    const parts = seasonParts(24 * HOUR_MS, 7);
    assert.deepEqual([parts.count, parts.hours], [7, false]);
  });

  it('without a season there is one part', () => {
    assert.equal(seasonParts(60_000, 1).partAt(123_456_789), 0);
  });

  it('the usable season is the shortest that fits twice', () => {
    assert.equal(usableSeason(1_000, [24, 168]), 24);
    assert.equal(usableSeason(47, [24, 168]), 1);
    assert.equal(usableSeason(47, []), 1);
  });
});
