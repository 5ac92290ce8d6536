/**
 * One method inside the aggregate. All of them see the same series through `Past`, on the transformed scale z, and answer
 * the same question: the median at each tracked horizon. What surrounds the median (scales, quantiles, weights) belongs to
 * the aggregate, so that a comparison compares methods and nothing else.
 */
import type { CalendarView } from '../features/calendar.ts';
import type { Lead } from '../features/leads.ts';
import type { Parameters } from '../parameters.ts';
import type { Past } from './past.ts';
import type { Remembers } from './remembers.ts';

export interface ExpertSettings {
  readonly stepMs: number;
  /** In steps, ascending, for example a day and a week. */
  readonly seasons: readonly number[];
  /** Tracked horizons in steps, ascending: step 1 is the one that is running now. */
  readonly horizons: readonly number[];
  readonly past: Past;
  /** Events and holidays, past and coming; none when absent. */
  readonly calendar?: CalendarView;
  /** Workloads whose load comes before this one's; none when absent. */
  readonly leads?: readonly Lead[];
}

export interface Expert {
  /** Takes note of the newest step, which `past` already holds, and learns from it where it learns online. */
  observe(): void;
  /**
   * Writes the median of each tracked horizon. NaN where the expert has nothing to say: it sleeps there, and its weight
   * and regret stand still.
   */
  predict(out: Float64Array): void;
  /** Everything that is needed to go on exactly from here; small. */
  save(): Parameters;
  /** As in `Remembers`. Without it, an expert is started anew from what it saved to take up another series. */
  readonly memory?: Remembers['memory'];
}

/** Starts an expert, afresh or from what `save` gave for the same settings. */
export type StartExpert = (settings: ExpertSettings, saved?: Parameters) => Expert;
