import assert from 'node:assert/strict';
import { isChosen, nameChoice, nameDay, parseDate, parseDayChoice } from '../../src/config/days.ts';

const dayOf = (date: string) => Date.parse(`${date}T00:00Z`) / 86_400_000;

describe('parseDayChoice', () => {
  const table: readonly (readonly [string | number, object])[] = [
    ['thursday', { kind: 'weekday', weekday: 4 }],
    ['Thu', { kind: 'weekday', weekday: 4 }],
    ['sun', { kind: 'weekday', weekday: 0 }],
    [15, { kind: 'day-of-month', day: 15 }],
    ['1', { kind: 'day-of-month', day: 1 }],
    ['last day', { kind: 'day-of-month', day: -1 }],
    ['first monday', { kind: 'nth-weekday', weekday: 1, nth: 1 }],
    ['Fourth  Thursday', { kind: 'nth-weekday', weekday: 4, nth: 4 }],
    ['last fri', { kind: 'nth-weekday', weekday: 5, nth: -1 }],
  ];
  for (const [text, choice] of table) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseDayChoice(text), choice));
  }

  for (const text of [
    '',
    't',
    'thur',
    'first day',
    'fifth monday',
    'monday first',
    '0',
    '32',
    1.5,
    -1,
    'last',
    'constructor monday',
  ]) {
    it(`does not guess at ${JSON.stringify(text)}`, () => assert.equal(parseDayChoice(text), undefined));
  }
});

describe('nameChoice', () => {
  for (const name of ['thursday', 'sunday', 'first monday', 'fourth friday', 'last saturday', 'last day', 1, 31]) {
    it(`reads back as ${JSON.stringify(name)}`, () => assert.equal(nameChoice(parseDayChoice(name)!), name));
  }
});

describe('isChosen', () => {
  const chosen = (text: string | number, date: string) => isChosen(parseDayChoice(text)!, dayOf(date));

  it('knows the weekday, the day of the month and their order in it', () => {
    assert.equal(chosen('thursday', '2026-12-03'), true);
    assert.equal(chosen('friday', '2026-12-03'), false);
    assert.equal(chosen('first thursday', '2026-12-03'), true);
    assert.equal(chosen('second thursday', '2026-12-03'), false);
    assert.equal(chosen('second thursday', '2026-12-10'), true);
    assert.equal(chosen('last thursday', '2026-12-31'), true);
    assert.equal(chosen('last thursday', '2026-12-24'), false);
    assert.equal(chosen(31, '2026-12-31'), true);
    assert.equal(chosen('last day', '2028-02-29'), true);
    assert.equal(chosen('last day', '2028-02-28'), false);
  });
});

describe('parseDate', () => {
  it('counts the days since 1970', () => {
    assert.equal(parseDate('1970-01-02'), 1);
    assert.equal(parseDate('2028-02-29'), dayOf('2028-02-29'));
  });

  for (const text of ['2026-02-29', '2026-13-01', '24.12.2026', '2026-12-24T00:00', '']) {
    it(`does not guess at "${text}"`, () => assert.equal(parseDate(text), undefined));
  }

  it('is named with its weekday', () => assert.equal(nameDay(dayOf('2026-12-24')), 'Thursday 2026-12-24'));
});
