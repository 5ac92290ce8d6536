/** Training in this thread, on wasm: equal bytes on any machine. */
import process from 'node:process';
import { createArimaEngine } from '../../../src/adapters/arima/engine.ts';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { createLstmEngine } from '../../../src/adapters/tensorflow/engine.ts';
import { createQuantileEngine } from '../../../src/adapters/tensorflow/quantile-engine.ts';
import { shippedFleet } from '../../../src/app/shipped-fleet.ts';
import { withOwnFleet } from '../../../src/app/training/own-fleet.ts';
import type { Trainer } from '../../../src/domain/forecast.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { learnFleet } from '../../../src/forecast/shared/learn-fleet.ts';

function fail(message: string): never {
  throw new Error(message);
}

/** An expert that cannot be learned tonight goes on as it was, as in the daemon. */
function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** As in simulations and back-tests: each series is a fleet of its own. */
export async function trainerHere(): Promise<Trainer> {
  await loadBackend('wasm');
  const engines = { arima: createArimaEngine(), lstm: createLstmEngine() };
  const quantiles = createQuantileEngine();
  const trainer = {
    fit: (request: Parameters<Trainer['fit']>[0]) => fitSeries(request, engines),
    fitFleet: (request: Parameters<typeof learnFleet>[0]) => learnFleet(request, quantiles),
  };
  return withOwnFleet(
    {
      ...trainer,
      // What a fit stood on is what it was given.
      fit: async (request) => ({ ...(await trainer.fit(request)), ...(request.fleet && { fleet: request.fleet }) }),
    },
    () => shippedFleet(fail),
    tell,
  );
}
