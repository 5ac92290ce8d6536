import type { CalendarEvent } from '../../domain/calendar.ts';
import type { ForecasterName } from '../../domain/forecast.ts';
import { createForescale, type Forescale } from '../../simulate/policies/forescale.ts';
import { shippedFleet } from '../shipped-fleet.ts';
import { withOwnFleet } from '../training/own-fleet.ts';
import { createTrainer } from '../training/trainer.ts';
import { defaultSettings, specNamed } from './defaults.ts';

export interface ForescaleOptions {
  readonly workloads: readonly string[];
  readonly seed: number;
  readonly refitEveryMs: number;
  /** Known future changes of the load, the same for all workloads. */
  readonly events?: readonly CalendarEvent[];
  /** Models of the first fit, where it has to be quick; refits consider all. */
  readonly firstCandidates?: readonly ForecasterName[];
  readonly signal: AbortSignal;
  /** Problems and progress of training. */
  readonly say: (text: string) => void;
}

/** forescale with its documented defaults and the trainer of production; closing ends the trainer's threads. */
export function openForescale(options: ForescaleOptions): Forescale & AsyncDisposable {
  const settings = defaultSettings(options.workloads);
  const { workers, fitTimeoutMs, backend, candidates, experts } = settings.forecast;
  const warn = (message: string) => options.say(`${message}\n`);
  const log = (level: 'info' | 'warn', message: string) => {
    if (level === 'warn') warn(message);
  };
  const trainer = createTrainer({ workers, timeoutMs: fitTimeoutMs, backend, log });
  const forescale = createForescale({
    trainer: withOwnFleet(trainer, () => shippedFleet(warn), warn),
    forecast: { seed: options.seed, candidates, experts },
    ...(options.firstCandidates && { firstCandidates: options.firstCandidates }),
    refitEveryMs: options.refitEveryMs,
    signal: options.signal,
    history: settings.history,
    decide: settings.decide,
    allocator: settings.allocator,
    budgets: settings.budgets,
    specOf: (card) => ({ ...specNamed(settings, card.name), events: options.events ?? [] }),
  });
  return { ...forescale, [Symbol.asyncDispose]: () => trainer.close() };
}
