import assert from 'node:assert/strict';
import type { SeenOccurrence } from '../../../src/domain/calendar.ts';
import { rememberSeen } from '../../../src/pipeline/calendar/seen-memory.ts';

const day = 86_400_000;
const nowMs = 2000 * day;

function seen(startDay: number, mean = 1, name = 'sale'): SeenOccurrence {
  return {
    name,
    type: 'promotion',
    startMs: startDay * day,
    endMs: startDay * day + 1,
    mean,
    parts: [mean],
    after: [],
  };
}

describe('rememberSeen', () => {
  it('keeps last year, which no history reaches, and sorts it before this one', () => {
    const joined = rememberSeen([seen(1600)], [seen(1990), seen(1983)], nowMs);
    assert.deepEqual(
      joined.map(({ startMs }) => startMs / day),
      [1600, 1983, 1990],
    );
  });

  it('takes the newer view of one occurrence', () => {
    assert.deepEqual(rememberSeen([seen(1990, 1)], [seen(1990, 2)], nowMs), [seen(1990, 2)]);
    assert.equal(rememberSeen([seen(1990)], [seen(1990, 1, 'fair')], nowMs).length, 2);
  });

  it('forgets after three years, and all but the last 30 of an event of every day', () => {
    assert.deepEqual(rememberSeen([seen(800)], [], nowMs), []);
    const daily = Array.from({ length: 100 }, (_, i) => seen(1890 + i));
    const joined = rememberSeen([...daily, seen(1500, 1, 'fair')], [], nowMs);
    assert.equal(joined.length, 31);
    assert.equal(joined.at(-1)!.startMs, 1989 * day);
  });
});
