/** The experts of one aggregate, started together and saved together. */
import type { Expert, ExpertSettings, StartExpert } from '../experts/expert.ts';
import { type Parameters, prefixed, underPrefix } from '../parameters.ts';

export interface NamedExpert {
  readonly name: string;
  readonly start: StartExpert;
}

export interface Panel {
  readonly names: readonly string[];
  observe(): void;
  /** Medians by horizon (row) and expert (column), on z; NaN where an expert sleeps. */
  readonly medians: Float32Array;
  predict(): void;
  save(): Parameters;
}

export function startPanel(experts: readonly NamedExpert[], settings: ExpertSettings, saved?: Parameters): Panel {
  const names = experts.map((expert) => expert.name);
  const running: readonly Expert[] = experts.map(({ name, start }) => start(settings, saved && savedOf(saved, name)));
  const K = experts.length;
  const H = settings.horizons.length;
  const medians = new Float32Array(H * K).fill(Number.NaN);
  const row = new Float64Array(H);
  return {
    names,
    medians,
    observe() {
      for (let k = 0; k < K; k++) running[k]!.observe();
    },
    predict() {
      for (let k = 0; k < K; k++) {
        running[k]!.predict(row);
        for (let i = 0; i < H; i++) medians[i * K + k] = Number.isFinite(row[i]!) ? row[i]! : Number.NaN;
      }
    },
    save: () => Object.assign({}, ...running.map((expert, k) => prefixed(`expert.${names[k]}.`, expert.save()))),
  };
}

/** What was saved of an expert; undefined when it is new here. */
function savedOf(saved: Parameters, name: string): Parameters | undefined {
  const own = underPrefix(`expert.${name}.`, saved);
  return Object.keys(own).length > 0 ? own : undefined;
}
