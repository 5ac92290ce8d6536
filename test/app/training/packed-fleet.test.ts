import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { packFleet, unpackFleet } from '../../../src/app/training/packed-fleet.ts';
import type { FleetRequest } from '../../../src/domain/fleet.ts';
import type { Mark } from '../../../src/domain/forecast.ts';
import { seriesOf } from '../../forecast/made-series.ts';

const series = seriesOf([1, 2, Number.NaN, 4]);
const fleetOf = (...marks: readonly (readonly Mark[])[]): FleetRequest => ({
  experts: ['boosted-trees'],
  histories: marks.map((each, i) => ({ id: `${i}`, series, marks: each })),
  seasonLengths: [24],
  horizonSteps: 4,
  seed: 1,
});

describe('a packed fleet', () => {
  it('comes out as it went in, with each of the three marks in its place', () => {
    const fleet = fleetOf(['ok', 'censored', 'excluded', 'ok'], ['censored', 'ok', 'ok', 'censored']);
    assert.deepEqual(unpackFleet(packFleet(fleet)), fleet);
  });

  it('takes a byte for each mark, and none for a history without a doubt', () => {
    const { histories } = packFleet(fleetOf(['ok', 'ok', 'excluded', 'ok'], ['ok', 'ok', 'ok', 'ok']));
    assert.deepEqual(
      histories.map(({ marks }) => marks),
      [Uint8Array.of(0, 0, 2, 0), undefined],
    );
    assert.equal(unpackFleet({ ...fleetOf(), histories }).histories[1]!.marks, undefined);
  });
});
