/** What one member says of one series: from its end, and from every origin that it is judged on. */
import type { ForecastFrom, Frame, LocalExpert, Past } from './expert.ts';
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

/** A member that sleeps on the shortened past is not judged, and therefore is not used: `judged` stays NaN. */
export function askLocal(expert: LocalExpert, past: Past, frame: Frame, origins: Origins): Said {
  const { judged: steps, backs, held } = origins;
  const final = new Float64Array(frame.horizon).fill(Number.NaN);
  const judged = new Float64Array(backs.length * steps).fill(Number.NaN);
  const whole = expert.fit(past, frame);
  if (whole.kind === 'asleep') return { name: expert.name, final, judged };
  whole.forecast(past.values, final);
  if (backs.length === 0) return { name: expert.name, final, judged };
  const shortened = expert.fit(before(past, held), frame);
  if (shortened.kind === 'fitted') judgeFrom(shortened.forecast, past.values, origins, judged);
  return { name: expert.name, final, judged };
}

function judgeFrom(forecast: ForecastFrom, values: Float64Array, { judged, backs }: Origins, out: Float64Array): void {
  for (const [i, back] of backs.entries()) {
    forecast(values.subarray(0, values.length - back), out.subarray(i * judged, (i + 1) * judged));
  }
}
