import type { FeatureSet } from './feature-set.ts';

/** What the calendar of events says of one step, as known in advance. */
export interface EventAtStep {
  /** A declared event is on. */
  readonly active: boolean;
  /** Natural log of the load it is expected to multiply by; 0 when none is declared. */
  readonly logUplift: number;
  readonly holiday: boolean;
}

/** Past and coming steps alike: a calendar is known ahead. */
export interface CalendarView {
  eventAt(step: number): EventAtStep;
}

/** Sine and cosine of the target's place in each season, on the wall clock, of orders 1 … `harmonics`. */
export function seasonWaves(seasons: readonly number[], harmonics: number): FeatureSet {
  const orders = Array.from({ length: harmonics }, (_, k) => k + 1);
  return {
    names: seasons.flatMap((m) => orders.flatMap((k) => [`cos ${k}/${m}`, `sin ${k}/${m}`])),
    write(past, { target }, out, offset) {
      for (const season of seasons) {
        const angle = (2 * Math.PI * past.slot(target, season)) / season;
        for (let k = 1; k <= harmonics; k++) {
          out[offset++] = Math.cos(k * angle);
          out[offset++] = Math.sin(k * angle);
        }
      }
    },
  };
}

/**
 * Events and holidays at the target, against those at the origin: the load at the origin holds its own event already.
 * Only declared uplifts; what they really were is learned around them.
 */
export function eventFlags(calendar: CalendarView): FeatureSet {
  return {
    names: ['event', 'declared uplift', 'holiday', 'holiday at origin'],
    write(_past, { origin, target }, out, offset) {
      const then = calendar.eventAt(target);
      const now = calendar.eventAt(origin);
      out[offset] = Number(then.active) - Number(now.active);
      out[offset + 1] = then.logUplift - now.logUplift;
      out[offset + 2] = Number(then.holiday);
      out[offset + 3] = Number(now.holiday);
    },
  };
}
