/** Entry of a training thread: composes the engines with the forecast stage and learns from what it is sent. */
import { constants, getPriority, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { createArimaEngine } from '../../adapters/arima/engine.ts';
import { loadBackend } from '../../adapters/tensorflow/backend.ts';
import { createLstmEngine } from '../../adapters/tensorflow/engine.ts';
import { createQuantileEngine } from '../../adapters/tensorflow/quantile-engine.ts';
import type { LstmEngine, QuantileEngine } from '../../domain/engines.ts';
import { learnFleet } from '../../forecast/shared/learn-fleet.ts';
import { fitAndReplay } from '../../pipeline/fit.ts';
import type { TrainingAnswer, TrainingTask, WorkerSettings } from './messages.ts';
import { unpackFleet } from './packed-fleet.ts';

function lazyLstmEngine(load: () => Promise<void>): LstmEngine {
  const engine = createLstmEngine();
  return {
    async train(task) {
      await load();
      return engine.train(task);
    },
  };
}

function lazyQuantileEngine(load: () => Promise<void>): QuantileEngine {
  const engine = createQuantileEngine();
  return {
    trainLstm: async (task) => {
      await load();
      return engine.trainLstm(task);
    },
    trainMixer: async (task) => {
      await load();
      return engine.trainMixer(task);
    },
  };
}

const { backend, isBehindOthers } = workerData as WorkerSettings;
// Linux knows priorities of threads; elsewhere this would be that of the process, the loop and all.
if (isBehindOthers && platform() === 'linux') {
  const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = constants.priority;
  // Behind the process, which may itself run behind others: nobody is allowed to step forward.
  try {
    setPriority(Math.min(PRIORITY_LOW, getPriority() + PRIORITY_BELOW_NORMAL));
  } catch {
    // Some sandboxes forbid it; at the same priority it learns as well.
  }
}

let loading: Promise<void> | undefined;
/** The backend is loaded by the first network that is trained; a failure is that candidate's failure, not the worker's. */
const load = (): Promise<void> => {
  loading ??= loadBackend(backend);
  return loading;
};
const engines = { arima: createArimaEngine(), lstm: lazyLstmEngine(load) };
const quantiles = lazyQuantileEngine(load);

async function answerTo(task: TrainingTask): Promise<TrainingAnswer> {
  try {
    if (task.kind === 'fleet') {
      return { kind: 'learned', learned: await learnFleet(unpackFleet(task.request), quantiles) };
    }
    const { request } = task;
    const clock = request.timed ? () => performance.now() : undefined;
    return { kind: 'fitted', fitted: await fitAndReplay(request, engines, clock) };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort!.on('message', async (task: TrainingTask) => {
  parentPort!.postMessage(await answerTo(task));
});
