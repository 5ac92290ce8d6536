/** Countries and regions that there are tables for. */
import { holidayPlace } from '../holidays.ts';
import { allLevels } from '../levels.ts';
import { formatFound } from '../problems.ts';
import { once } from './calendar.ts';
import type { Check, CheckProblem } from './check.ts';
import { itemsOf } from './spans.ts';

/** As many codes as a line can hold. */
const MOST_CODES = 20;

export const holidaysAreKnown: Check = (config) =>
  once(
    allLevels(config).flatMap((level) =>
      itemsOf(level, 'holidays').flatMap(({ item: { country, region }, path }): readonly CheckProblem[] => {
        if (country === undefined) return [];
        const place = holidayPlace({ country, region, kinds: [] });
        if (place.kind === 'known') return [];
        const { of, codes, meant } = place;
        const list = codes.length === 0 ? 'which has none' : codes.slice(0, MOST_CODES).join(', ');
        const more = codes.length > MOST_CODES ? ', …' : '';
        const expected =
          of === 'country' ? 'the code of a country such as DE' : `a region of ${country} (${list}${more})`;
        const found = formatFound(of === 'country' ? country : region);
        return [{ path: [...path, of], expected, found, ...(meant !== undefined && { meant }) }];
      }),
    ),
  );
