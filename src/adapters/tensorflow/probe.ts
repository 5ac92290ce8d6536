/** Runs in a child process of `chooseBackend`: proves that the native addon works and prints the time of a training step on both. */
import type { LstmTask } from '../../domain/engines.ts';
import { type BackendName, loadBackend } from './backend.ts';
import { createLstmEngine } from './engine.ts';

const ROUNDS = 5;

const task: LstmTask = {
  inputs: Float32Array.from({ length: 600 * 10 }, (_, i) => Math.sin(i)),
  targets: Float32Array.from({ length: 600 * 8 }, (_, i) => Math.cos(i)),
  features: 10,
  outputs: 8,
  units: 16,
  windowSteps: 48,
  burnInSteps: 8,
  batch: 32,
  iterations: 1,
  learningRate: 1e-3,
  seed: 1,
};

async function medianMs(name: BackendName): Promise<number> {
  await loadBackend(name);
  const engine = createLstmEngine();
  const times: number[] = [];
  for (let i = 0; i <= ROUNDS; i++) {
    const start = performance.now();
    await engine.train(task);
    if (i > 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}

const tensorflowMs = await medianMs('tensorflow');
const wasmMs = await medianMs('wasm');
process.stdout.write(`${JSON.stringify({ tensorflowMs, wasmMs })}\n`);
process.exit(0);
