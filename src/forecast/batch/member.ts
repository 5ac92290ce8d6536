/** What one member says of one series: from its end, and from every origin that it is judged on. */
import type { Fitted, ForecastFrom, Frame, LocalExpert, Past } from './expert.ts';
import type { Origins } from './origins.ts';

export interface Said {
  readonly name: string;
  /** `horizon` steps from the end; NaN where it has nothing to say. */
  readonly final: Float64Array;
  /** `judged` steps from each origin, row-major; NaN where it has nothing to say. */
  readonly judged: Float64Array;
}

/** The part of a past that is known `back` steps before its end. */
export function before({ values, filled }: Past, back: number): Past {
  const known = values.length - back;
  return { values: values.subarray(0, known), ...(filled && { filled: filled.subarray(0, known) }) };
}

/**
 * A member that sleeps on the shortened past is not judged, and therefore is not used: `judged` stays NaN.
 *
 * @param whole - the member as it learned from all of the past
 */
export function askLocal(expert: LocalExpert, whole: Fitted, past: Past, frame: Frame, origins: Origins): Said {
  const final = new Float64Array(frame.horizon).fill(Number.NaN);
  const judged = new Float64Array(origins.backs.length * origins.judged).fill(Number.NaN);
  if (whole.kind === 'asleep') return { name: expert.name, final, judged };
  whole.forecast(past.values, final);
  let from = 0;
  for (const { held, backs } of origins.stages) {
    const shortened = expert.fit(before(past, held), frame);
    if (shortened.kind === 'fitted') {
      judged.set(forecastsFrom(shortened.forecast, past.values, backs, origins.judged), from);
    }
    from += backs.length * origins.judged;
  }
  return { name: expert.name, final, judged };
}

/** `steps` steps from each point `backs` before the end, row-major. */
export function forecastsFrom(
  forecast: ForecastFrom,
  values: Float64Array,
  backs: readonly number[],
  steps: number,
): Float64Array {
  const rows = new Float64Array(backs.length * steps);
  for (const [i, back] of backs.entries()) {
    forecast(values.subarray(0, values.length - back), rows.subarray(i * steps, (i + 1) * steps));
  }
  return rows;
}
