import type { Mark } from '../../../src/domain/forecast.ts';
import type { Expert, ExpertSettings, StartExpert } from '../../../src/forecast/experts/expert.ts';
import { startDayShape } from '../../../src/forecast/experts/level-shape.ts';
import { type PastKeeper, startPast } from '../../../src/forecast/experts/start-past.ts';

export interface Setting {
  readonly stepMs: number;
  readonly seasons: readonly number[];
  readonly horizons: readonly number[];
}

/** One expert on one series, fed the way the aggregate feeds it: gaps stood in for by the shape of the day. */
export interface Followed {
  readonly past: PastKeeper;
  readonly expert: Expert;
  push(z: number, mark?: Mark): void;
  predict(): Float64Array;
  save(): {
    readonly past: ReturnType<Expert['save']>;
    readonly shape: ReturnType<Expert['save']>;
    readonly expert: ReturnType<Expert['save']>;
  };
}

export function follow(start: StartExpert, setting: Setting, saved?: ReturnType<Followed['save']>): Followed {
  const past = startPast({ ...setting, firstStep: 1000 }, saved?.past);
  const settings: ExpertSettings = { ...setting, past };
  const shape = startDayShape(settings, saved?.shape);
  const expert = start(settings, saved?.expert);
  return {
    past,
    expert,
    push(z, mark = 'ok') {
      past.push(z, mark, Number.isFinite(z) ? 0 : shape.expected(past.newest + 1));
      shape.observe();
      expert.observe();
    },
    predict() {
      const out = new Float64Array(setting.horizons.length).fill(-999);
      expert.predict(out);
      return out;
    },
    save: () => ({ past: past.save(), shape: shape.save(), expert: expert.save() }),
  };
}
