/**
 * Which numeric backend trains: `wasm` is always there, `tensorflow` (the native addon of tfjs-node) only where it was
 * installed or built. A mismatched addon ends the process without an exception, so it is first tried in a child
 * process, which also measures both: small networks are usually faster on wasm.
 *
 * It does not load TensorFlow itself: the main thread never trains, and the library would cost it 20 MB.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BackendName } from './backend.ts';

export interface BackendChoice {
  readonly backend: BackendName;
  /** For the log: what was found and measured. */
  readonly message: string;
}

const PROBE_TIMEOUT_MS = 30_000;
/** The native backend has to be this much faster, so that noise does not change which one trains. */
const LEAST_ADVANTAGE = 1.25;
/** `1` would let oneDNN reorder sums; `3` silences the library. Native code sees only what the main thread sets. */
const NATIVE_ENVIRONMENT = { TF_ENABLE_ONEDNN_OPTS: '0', TF_CPP_MIN_LOG_LEVEL: '3' } as const;

const require = createRequire(import.meta.url);

/**
 * To be called in the main thread, before any thread that trains is opened.
 *
 * @param wanted - `auto` measures; `tensorflow` falls back to wasm, and says so, when the addon does not load
 */
export async function chooseBackend(wanted: 'auto' | BackendName): Promise<BackendChoice> {
  if (wanted === 'wasm') return { backend: 'wasm', message: 'wasm, as configured' };
  if (!existsSync(nativeAddon()))
    return { backend: 'wasm', message: 'wasm: the native addon is not installed (npm run native)' };
  const measured = await probe();
  if (typeof measured === 'string')
    return { backend: 'wasm', message: `wasm: the native addon does not work: ${measured}` };
  const times = `${measured.tensorflowMs.toFixed(0)} ms a step by tensorflow, ${measured.wasmMs.toFixed(0)} ms by wasm`;
  Object.assign(process.env, NATIVE_ENVIRONMENT);
  if (wanted === 'tensorflow') return { backend: 'tensorflow', message: `tensorflow, as configured (${times})` };
  const faster = measured.tensorflowMs * LEAST_ADVANTAGE < measured.wasmMs;
  return faster
    ? { backend: 'tensorflow', message: `tensorflow: ${times}` }
    : { backend: 'wasm', message: `wasm: ${times}` };
}

function nativeAddon(): string {
  return join(dirname(require.resolve('@tensorflow/tfjs-node/package.json')), 'lib/napi-v8/tfjs_binding.node');
}

async function probe(): Promise<{ tensorflowMs: number; wasmMs: number } | string> {
  const script = fileURLToPath(new URL('./probe.ts', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script], {
      timeout: PROBE_TIMEOUT_MS,
      env: { ...process.env, ...NATIVE_ENVIRONMENT },
    });
    return JSON.parse(stdout.slice(stdout.lastIndexOf('{'))) as { tensorflowMs: number; wasmMs: number };
  } catch (error) {
    const { code, signal, stderr } = error as { code?: unknown; signal?: unknown; stderr?: string };
    const last = stderr?.trim().split('\n').at(-1) ?? '';
    return `ended with ${signal ?? code ?? 'an unreadable answer'}${last ? `, ${last}` : ''}`;
  }
}
