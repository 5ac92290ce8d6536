/** A forecaster that was fitted on the slow clock, as an expert: it filters every sample and is read at the tracked horizons. */
import type { SingleName } from '../candidates.ts';
import type { StartExpert } from '../experts/expert.ts';
import { type Parameters, savedNumber } from '../parameters.ts';
import { startPoint } from '../start-point.ts';

/**
 * @param parameters - its own parameters only; what was saved takes their place
 * @param awakeFromStep - sleeps before it: a forecast of what it was fitted on is not honest
 */
export function pointExpert(
  kind: SingleName,
  parameters: Parameters,
  awakeFromStep = Number.NEGATIVE_INFINITY,
): StartExpert {
  return ({ past, horizons }, saved) => {
    const awakeFrom = (saved && savedNumber(saved, 'awakeFromStep')) ?? awakeFromStep;
    const point = startPoint(kind, saved ?? parameters, past.newest + 1);
    const ahead = new Float64Array(point.predictAt ? 0 : horizons.at(-1)!);
    return {
      observe: () => point.observe(past.at(past.newest)),
      predict(out) {
        if (past.newest + 1 < awakeFrom) {
          out.fill(Number.NaN);
          return;
        }
        if (point.predictAt) {
          point.predictAt(horizons, out);
          return;
        }
        point.predict(ahead);
        for (let i = 0; i < horizons.length; i++) out[i] = ahead[horizons[i]! - 1]!;
      },
      save: () => ({ ...point.save(), awakeFromStep: awakeFrom }),
    };
  };
}
