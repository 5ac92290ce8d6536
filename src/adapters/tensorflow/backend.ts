/** The numeric backend of this thread; which one was chosen in the main thread (choose-backend.ts). */
import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';

export type BackendName = 'wasm' | 'tensorflow';

const require = createRequire(import.meta.url);

/**
 * Loads a backend into this thread.
 * @throws Error when it cannot be used; `setBackend` alone answers false and quietly computes elsewhere
 */
export async function loadBackend(name: BackendName): Promise<void> {
  const before = processListeners();
  if (name === 'tensorflow') loadNative();
  else require('@tensorflow/tfjs-backend-wasm');
  const ready = await tf.setBackend(name);
  removeNewListeners(before);
  if (!ready || tf.getBackend() !== name) throw new Error(`the ${name} backend did not start`);
  const product = tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync());
  if (!product.every((value) => value === 3)) throw new Error(`the ${name} backend computes wrongly`);
}

/** tfjs-node 4.22.0 still calls a function that Node 23 removed. */
function loadNative(): void {
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === undefined || value === null;
  require('@tensorflow/tfjs-node');
}

const NOISY_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
type Listener = (...args: unknown[]) => void;

/** The wasm glue adds process-wide handlers that rethrow; they are none of its business. */
function processListeners(): ReadonlyMap<string, readonly unknown[]> {
  return new Map(NOISY_EVENTS.map((event) => [event, process.rawListeners(event)]));
}

function removeNewListeners(before: ReadonlyMap<string, readonly unknown[]>): void {
  for (const event of NOISY_EVENTS) {
    for (const listener of process.rawListeners(event)) {
      if (!before.get(event)?.includes(listener)) process.removeListener(event, listener as Listener);
    }
  }
}
