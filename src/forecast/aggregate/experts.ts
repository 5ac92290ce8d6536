/** The experts of one aggregate, started together and saved together. */
import type { Expert, ExpertSettings, StartExpert } from '../experts/expert.ts';
import type { Remembers } from '../experts/remembers.ts';
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
  /** Of the experts that have one. */
  readonly memory: Remembers['memory'];
  /** What the others save. */
  saveOthers(): Parameters;
  /** Starts the others anew from what they saved. */
  wake(saved: Parameters): void;
}

export function startPanel(experts: readonly NamedExpert[], settings: ExpertSettings, saved?: Parameters): Panel {
  const names = experts.map((expert) => expert.name);
  const started = ({ name, start }: NamedExpert, from?: Parameters) => start(settings, from && savedOf(from, name));
  const running: Expert[] = experts.map((expert) => started(expert, saved));
  const K = experts.length;
  const H = settings.horizons.length;
  const medians = new Float32Array(H * K).fill(Number.NaN);
  const row = new Float64Array(H);
  const others = [...running.keys()].filter((k) => !running[k]!.memory);
  const saveOf = (k: number) => prefixed(`expert.${names[k]}.`, running[k]!.save());
  return {
    names,
    medians,
    memory: running.flatMap((expert) => expert.memory ?? []),
    saveOthers: () => Object.assign({}, ...others.map(saveOf)),
    wake(from) {
      for (const k of others) running[k] = started(experts[k]!, from);
    },
    observe() {
      for (let k = 0; k < K; k++) running[k]!.observe();
    },
    predict() {
      for (let k = 0; k < K; k++) {
        running[k]!.predict(row);
        for (let i = 0; i < H; i++) medians[i * K + k] = Number.isFinite(row[i]!) ? row[i]! : Number.NaN;
      }
    },
    save: () => Object.assign({}, ...running.map((_, k) => saveOf(k))),
  };
}

/** What was saved of an expert; undefined when it is new here. */
function savedOf(saved: Parameters, name: string): Parameters | undefined {
  const own = underPrefix(`expert.${name}.`, saved);
  return Object.keys(own).length > 0 ? own : undefined;
}
