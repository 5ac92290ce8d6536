import { createArimaEngine } from '../../adapters/arima/engine.ts';
import type { Trainer } from '../../domain/forecast.ts';
import { fitSeries } from '../../forecast/fit.ts';
import { createForescale, type Forescale } from '../../simulate/policies/forescale.ts';
import { defaultSettings, specNamed } from './defaults.ts';

const DAY_MS = 86_400_000;

function devTrainer(): Trainer {
  const engines = { arima: createArimaEngine(), lstm: { train: () => Promise.reject(new Error('no lstm')) } };
  return {
    fit: async (r) => {
      const t0 = Date.now();
      const f = await fitSeries(r, engines);
      if (process.env['DEV']) console.error('fit', r.history.values.length, Date.now() - t0, 'ms', f.acting, f.verdict);
      return f;
    },
  };
}

export function openForescale(seed: number, signal: AbortSignal): Forescale & AsyncDisposable {
  const settings = defaultSettings(['workload']);
  const forescale = createForescale({
    trainer: devTrainer(),
    forecast: { seed, candidates: settings.forecast.candidates },
    refitEveryMs: DAY_MS,
    signal,
    history: settings.history,
    decide: settings.decide,
    allocator: settings.allocator,
    budgets: settings.budgets,
    specOf: (card) => specNamed(settings, card.name),
  });
  return { ...forescale, async [Symbol.asyncDispose]() {} };
}
